"""The public screen: a start page, the same pages in a large layout, and a reset that leaves nothing behind."""

from typing import Any

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, logout_user

from app.extensions import csrf, db
from app.features.accounts.use_cases import end_session
from app.features.kiosk import door
from app.features.kiosk.queries import open_processes
from app.features.kiosk.vault import vault
from app.kernel import clock
from app.kernel.errors import Forbidden
from app.kernel.messages import msg
from app.web.access import public, safe_next, viewer
from app.web.assets import SAME_FOR_ALL
from app.web.kiosk import (
    COOKIE,
    LOWER,
    TOKEN,
    UNTIL,
    VISIT,
    end_visit,
    is_enrolled,
    is_kiosk,
    is_lowered,
    is_of_an_earlier_visit,
    screen,
    start_cookie,
    stay,
    visit_is_over,
)
from app.web.locale import COOKIE as LANGUAGE_COOKIE
from app.web.qr import qr_svg
from app.web.transaction import commits

bp = Blueprint("kiosk", __name__, template_folder="templates", url_prefix="/kiosk")
NOBODYS = SAME_FOR_ALL | {"kiosk.reset"}
"""What is the same for every visitor, and what forgets by itself."""
OFF_TOO = frozenset({"kiosk.enrol", "kiosk.leave", "kiosk.handed", "choose_theme"})
"""What a screen that is switched off can still do: become one again, or an ordinary browser; and see that its visitor's words
have arrived on their phone."""


@bp.record_once
def _take_the_key(state: Any) -> None:
    vault.bind(str(state.app.config["SECRET_KEY"]))


@bp.before_app_request
def _end_a_visit() -> ResponseReturnValue | None:
    """Forget a visitor who has left, and do nothing that was asked in their name: the screen shows its start page.

    Without scripts nobody else notices the pause. A form of an earlier visit, sent once more by "back" or "reload", shows
    nobody what was typed in it.
    """
    if request.endpoint in SAME_FOR_ALL:
        return None
    shown = screen()
    if shown is not None and shown.off:
        return None if request.endpoint in OFF_TOO else _switched_off()
    door.note(shown)
    if request.endpoint in NOBODYS:
        return None
    if visit_is_over():
        return _forget(make_response(redirect(url_for("kiosk.start"), 303)))
    if is_of_an_earlier_visit():
        return redirect(url_for("kiosk.start"), 303)
    if why := door.not_offered(shown, request.endpoint or ""):
        return make_response(render_template("kiosk/not_offered.html", why=why), 403)
    return None


bp.after_app_request(door.bring_token)


def _switched_off() -> Response:
    """The token opens nothing: no page, no sign-in, nothing in its visitor's name. What they were about to send goes along to
    their own phone, if they wish."""
    carried, address = door.rescued() or (None, "")
    page = render_template("kiosk/off.html", carried=carried, address=address, qr=qr_svg(address) if carried else None)
    response = make_response(page, 403)
    return _forget(response)


@bp.get("")
@public
def start() -> ResponseReturnValue:
    """What can be done here now, in large letters. Opening this page makes the browser a kiosk."""
    here = screen()
    processes = open_processes(db.session(), viewer(), clock.now(), here.processes if here else frozenset())
    response = make_response(render_template("kiosk/start.html", processes=processes, enrolled=is_enrolled()))
    start_cookie(response)
    return response


@bp.post("/here")
@csrf.exempt  # says that somebody is at the screen, and does nothing else
@public
def here() -> ResponseReturnValue:
    """The page's script says that somebody is using it: whoever writes for long asks for no page meanwhile."""
    response = Response(status=204)
    if is_kiosk():
        stay(response)
    return response


@bp.post("/reset")
@csrf.exempt  # a page whose token has gone stale must forget its visitor all the same; elsewhere the token is asked for below
@public
@commits
def reset() -> ResponseReturnValue:
    """Forget the visitor: session, sign-in, language, theme, and what the browser stored. The screen stays a kiosk.

    The mark of a public screen is a cookie that other hosts' forms do not bring along (SameSite), so they sign nobody out.
    """
    if not is_kiosk():
        csrf.protect()
    response = redirect(url_for(".start"))
    return _forget(make_response(response))


@bp.post("/lower")
@csrf.exempt  # moves what is tapped on this screen and nothing else; a stale page must be able to
@public
def lower() -> ResponseReturnValue:
    """Controls go down into the lower half of the screen, or back, until the visit ends. A script says which of the two."""
    response = redirect(safe_next(request.form.get("back"), "/kiosk"), 303)
    if is_kiosk():
        wanted = request.form.get("lowered")
        response.set_cookie(
            LOWER,
            wanted if wanted in ("0", "1") else "0" if is_lowered() else "1",
            samesite="Lax",
            httponly=True,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return response


@bp.route("/leave", methods=["GET", "POST"])
@public
@commits
def leave() -> ResponseReturnValue:
    """For staff: make the browser an ordinary one again. An enrolled screen is switched off first, by an administrator."""
    if request.method == "GET":
        return render_template("kiosk/leave.html", enrolled=is_enrolled())
    if is_enrolled():
        raise Forbidden(msg("This screen belongs to the city. An administrator switches it off first, in the staff area."))
    response = _forget(make_response(redirect("/")))
    flash(_("This browser is an ordinary one again."), "good")  # afterwards: forgetting empties the session
    for name in (COOKIE, UNTIL, VISIT, TOKEN):
        response.delete_cookie(name)
    return response


def _forget(response: Response) -> Response:
    """End the visitor's sign-in here and in the database: a cookie that somebody copied opens nothing afterwards.

    The row is written in a short transaction of its own, for a pause may be noticed by a GET; what the request itself began
    to read or write ends before, so that it does not wait for itself where there is one writer at a time.
    """
    if current_user.is_authenticated:
        actor, session_id = current_user.actor, current_user.session_id
        db.session.rollback()
        with db.separate_transaction() as own:
            end_session(own, actor, session_id)
    logout_user()
    session.clear()
    for name in (LANGUAGE_COOKIE, "theme", LOWER):
        response.delete_cookie(name)
    end_visit(response)
    stay(response)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    response.headers["Cache-Control"] = "no-store"
    return response


from app.features.kiosk import enrolling, handing, printing  # noqa: E402  they need `bp`

__all__ = ["bp", "enrolling", "handing", "printing"]
