"""What every way of signing in ends with: a new token in this browser, and the next page."""

from flask import current_app, redirect, request, session, url_for
from flask_login import current_user
from werkzeug import Response

from app.extensions import db
from app.features.accounts import identity, queries, use_cases
from app.features.accounts.routes.places import device
from app.web.locale import COOKIE

# In the browser's own cookie: which letter was asked for here, and the second factor that is being set up. Neither is
# for the next person who signs in at this browser.
ASKED = "asked_for_letter"
FACTOR = "second_factor_in_making"


def enter(person: queries.Person, place: str, *, by_link: bool = False) -> Response:
    """Sign `person` in at this browser and go on to `place`; staff by way of their second factor."""
    row, token = use_cases.open_session(db.session(), person, device=device(), by_link=by_link)
    session.pop(ASKED, None)
    session.pop(FACTOR, None)
    identity.remember(row, token)
    response = redirect(next_step(place))
    if COOKIE not in request.cookies and person.locale in current_app.config["SETTINGS"].languages:
        show_language(response, person.locale)
    return response


def next_step(place: str) -> str:
    """`place`, for staff by way of the second factor."""
    if current_user.is_staff_member and not current_user.second_factor_passed:
        return url_for("accounts.second_factor", next=place)
    return place


def show_language(response: Response, locale: str) -> None:
    """Let pages come in the language of the account, as the language switch would."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(COOKIE, locale, max_age=365 * 86400, samesite="Lax", httponly=True, secure=secure)
