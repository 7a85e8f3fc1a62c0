"""Erasing everything that is kept about oneself: what will happen, asking, confirming, waiting, and changing one's mind."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.extensions import db
from app.features.erasure.forms import AskForm
from app.features.erasure.queries import (
    Erasure,
    ErasureState,
    by_token,
    erasure_of,
    is_lapsed,
    may_cancel,
    preview_erasure,
)
from app.features.erasure.rules import GRACE
from app.features.erasure.use_cases import ask_for_erasure, cancel_erasure, confirm_erasure
from app.kernel import clock, retention
from app.kernel.errors import Refused
from app.kernel.messages import msg
from app.kernel.references import token_hash
from app.web import navigation, slots
from app.web.access import public, signed_in, viewer
from app.web.transaction import attempt, commits

bp = Blueprint("erasure", __name__, template_folder="templates", url_prefix="/my-data")
navigation.footer("erasure.kept", msg("What is removed by itself"), icon="clock", order=21)


@bp.route("/erase", methods=["GET", "POST"])
@signed_in
@commits
def ask() -> ResponseReturnValue:
    """What would go, what would stay and why; and the button that sends the letter with the link."""
    session, actor = db.session(), viewer()
    person_id = actor.require_signed_in()
    form = AskForm()
    status = 200
    if form.validate_on_submit():
        try:
            ask_for_erasure(session, actor, form.to_command())
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
            db.session.rollback()
        else:
            return redirect(url_for(".state"))
    elif form.is_submitted():
        status = 422
    found = erasure_of(db.session(), person_id)
    if found is not None and found.state is ErasureState.WAITING and status == 200:
        return redirect(url_for(".state"))
    preview = preview_erasure(db.session(), person_id)
    return render_template("erasure/ask.html", form=form, preview=preview), status


@bp.route("/erase/confirm/<token>", methods=["GET", "POST"])
@public
@commits
def confirm(token: str) -> ResponseReturnValue:
    """The link in the letter: what will happen once more, and the button."""
    session = db.session()
    found = by_token(session, token_hash(token))
    if found is None or found.person_id is None or is_lapsed(found, clock.now()):
        return render_template("erasure/link_over.html"), 410
    person_id, at_once = found.person_id, found.at_once
    own = viewer().person_id == person_id
    if found.state is not ErasureState.ASKED:
        return redirect(url_for(".state" if own else ".confirmed"))
    refused, status = None, 200
    form = AskForm()
    if form.is_submitted():
        try:
            confirm_erasure(session, viewer(), token)
        except Refused as refusal:
            db.session.rollback()
            refused, status = refusal.message, refusal.status
        else:
            return redirect(url_for(".begun" if at_once else ".state" if own else ".confirmed"))
    preview = preview_erasure(db.session(), person_id)
    return render_template("erasure/confirm.html", preview=preview, at_once=at_once, days=GRACE.days, refused=refused), status


@bp.get("/erase/state")
@signed_in
def state() -> str:
    """How far it is, and how to stop it."""
    found = erasure_of(db.session(), viewer().require_signed_in())
    return render_template("erasure/state.html", erasure=found, may_cancel=found is not None and may_cancel(found))


@bp.post("/erase/cancel")
@signed_in
@commits
def cancel() -> ResponseReturnValue:
    """Change one's mind."""
    session, actor = db.session(), viewer()
    attempt(lambda: cancel_erasure(session, actor), _("Nothing is erased. Your account stays as it is."))
    return redirect(url_for("consents.my_data"))


@bp.get("/erase/confirmed")
@public
def confirmed() -> str:
    """After the link was confirmed where nobody is signed in, such as in a mail program's own browser. Names nobody."""
    return render_template("erasure/confirmed.html", days=GRACE.days)


@bp.get("/erase/begun")
@public
def begun() -> str:
    """After it has begun: for whoever was just signed out."""
    return render_template("erasure/begun.html")


@bp.get("/kept")
@public
def kept() -> str:
    """For everybody: what is removed by itself, after how long, and why."""
    rules = [(rule, retention.days_of(rule)) for rule in retention.rules() if rule.public]
    return render_template("erasure/kept.html", rules=rules)


def _section(_subject: object) -> Markup:
    """On My data: the way to erase everything, or how far it is."""
    person_id = viewer().person_id
    if person_id is None:
        return Markup("")
    found: Erasure | None = erasure_of(db.session(), person_id)
    return slots.partial("erasure/_section.html", erasure=found)


slots.register("my_data.after", 90, _section)
