"""The page behind a link from a letter. Looking at it does nothing, so that programs which scan mail do not use it up."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.extensions import db
from app.features.accounts import passwords, queries, rules, use_cases
from app.features.accounts.forms import LinkForm
from app.features.accounts.models import LinkPurpose
from app.features.accounts.routes import bp
from app.features.accounts.routes.entering import ASKED, enter
from app.features.accounts.routes.places import clean_place
from app.kernel import clock
from app.kernel.errors import Refused, SignInRequired
from app.web.access import public, viewer
from app.web.filters import City, translate
from app.web.transaction import commits


@bp.get("/link/<token>")
@public
def link(token: str) -> ResponseReturnValue:
    """Say what the link will do, with a button that does it."""
    found = queries.open_link(db.session(), token, clock.now())
    if found is None:
        return render_template("accounts/link_gone.html", message=""), 410
    return render_template("accounts/link.html", link=found, form=LinkForm(), here=_asked_here(found))


@bp.post("/link/<token>")
@public
@commits
def use_link(token: str) -> ResponseReturnValue:
    """Use it: sign in, open the account, or confirm the new address."""
    form = LinkForm()
    if not form.validate_on_submit():
        found = queries.open_link(db.session(), token, clock.now())
        if found is None:
            return render_template("accounts/link_gone.html", message=""), 410
        return render_template("accounts/link.html", link=found, form=form, here=_asked_here(found)), 422
    password_hash = passwords.hashed(form.password.data) if form.password.data else None
    found = queries.open_link(db.session(), token, clock.now())
    here = found is not None and _asked_here(found)
    try:
        used = use_cases.use_link(db.session(), viewer(), token, here=here, password_hash=password_hash)
    except Refused as refusal:
        db.session.rollback()
        sign_in_first = url_for("accounts.sign_in", next=request.path) if isinstance(refusal, SignInRequired) else None
        blocked = isinstance(refusal, rules.Blocked)
        message = translate(rules.Blocked(City().contact).message if blocked else refusal.message)
        return render_template("accounts/link_gone.html", message=message, sign_in_first=sign_in_first), _status(refusal)
    if used.purpose is LinkPurpose.NEW_EMAIL:
        flash(_("Your new e-mail address is confirmed."), "good")
        return redirect(url_for("accounts.settings"))
    if used.purpose is LinkPurpose.SIGN_UP:
        flash(_("Your account is ready. You are signed in."), "good")
    place = url_for("accounts.password") if request.form.get("then") == "password" else clean_place(used.next_path)
    return enter(used.person, place, by_link=True)


def _asked_here(found: queries.SignInLink) -> bool:
    """Whether this very browser asked for the letter."""
    return bool(session.get(ASKED, {}).get("link") == str(found.id))


def _status(refusal: Refused) -> int:
    return 410 if type(refusal) is Refused else refusal.status
