"""Letters on paper: staff print what waits, post it, and say so."""

import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app.extensions import db
from app.features.notifications import queries, use_cases
from app.features.notifications.letters import address_hash
from app.features.notifications.paper import letters_pdf
from app.kernel import clock
from app.kernel.errors import NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web import navigation, slots
from app.web.access import requires, viewer
from app.web.filters import translate
from app.web.transaction import commits

bp = Blueprint("letters_manage", __name__, template_folder="templates", url_prefix="/staff/letters-to-post")
navigation.staff("letters_manage.index", msg("Letters to post"), icon="mailbox", order=44, needs=Permission.INTAKE)
SHOWN_AFTER_POSTING = timedelta(days=7)


def _mine() -> frozenset[uuid.UUID] | None:
    return viewer().processes_where(Permission.INTAKE)


@bp.get("")
@requires(Permission.INTAKE)
def index() -> str:
    """What waits for the printer, what waits for the post, and what was posted in the last days."""
    session = db.session()
    new, printed = queries.count_to_post(session, _mine())
    return render_template(
        "notifications/manage/index.html",
        new=queries.letters_to_post(session, _mine(), printed=False),
        new_count=new,
        printed=queries.letters_to_post(session, _mine(), printed=True),
        printed_count=printed,
        sent=queries.sent_since(session, _mine(), clock.now() - SHOWN_AFTER_POSTING),
        file_name=_file_name(),
    )


@bp.post("/print")
@requires(Permission.INTAKE)
@commits
def print_all() -> ResponseReturnValue:
    """One file with every letter that was chosen, or with all that are new; they then wait for the post.

    What is noted stands before the file leaves: one that is lost on its way is printed again, and none twice by itself.
    """
    ids = _chosen() or [one.id for one in queries.letters_to_post(db.session(), _mine(), printed=False)]
    try:
        letters = use_cases.mark_printed(db.session(), viewer(), ids, again=request.args.get("again") == "1")
    except Refused as refusal:
        return _back(refusal)
    response = make_response(letters_pdf(letters))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{_file_name()}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/sent")
@requires(Permission.INTAKE)
@commits
def sent() -> ResponseReturnValue:
    """They are in the post."""
    try:
        number = use_cases.mark_sent(db.session(), viewer(), _chosen())
    except Refused as refusal:
        return _back(refusal)
    flash(ngettext("%(num)s letter is noted as posted.", "%(num)s letters are noted as posted.", number), "good")
    return redirect(url_for(".index"))


@bp.post("/not-sent")
@requires(Permission.INTAKE)
@commits
def not_sent() -> ResponseReturnValue:
    """They are not, after all."""
    try:
        number = use_cases.take_back_sent(db.session(), viewer(), _chosen())
    except Refused as refusal:
        return _back(refusal)
    flash(ngettext("%(num)s letter waits again.", "%(num)s letters wait again.", number), "good")
    return redirect(url_for(".index"))


@bp.post("/<uuid:letter_id>/size")
@requires(Permission.INTAKE)
@commits
def size(letter_id: uuid.UUID) -> ResponseReturnValue:
    """In large letters, or in ordinary ones: this one, and those about the same proposal that follow."""
    try:
        use_cases.set_size(db.session(), viewer(), letter_id, large=request.form.get("large") == "1")
    except Refused as refusal:
        return _back(refusal)
    return redirect(url_for(".index"))


@bp.route("/<uuid:letter_id>/stop", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def stop(letter_id: uuid.UUID) -> ResponseReturnValue:
    """They want no more of them: asked once more, because letters that wait are deleted and nothing brings them back."""
    if request.method != "POST":
        letter = next(iter(queries.letters_in(db.session(), _mine(), [letter_id])), None)
        if letter is None:
            raise NotFound
        return render_template("notifications/manage/stop.html", letter=letter)
    try:
        use_cases.stop_letters(db.session(), viewer(), letter_id, address_hash)
    except Refused as refusal:
        return _back(refusal)
    flash(_("No more news goes to this address. Letters of that kind that waited are deleted."), "good")
    return redirect(url_for(".index"))


def _file_name() -> str:
    day = clock.now().astimezone(ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])).date().isoformat()
    return f"letters-{day}.pdf"


def _chosen() -> list[uuid.UUID]:
    found = []
    for text in request.form.getlist("letter"):
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _back(refusal: Refused) -> Response:
    db.session.rollback()
    flash(translate(refusal.message), "bad")
    return make_response(redirect(url_for(".index")))


def _tile(_subject: object) -> Markup:
    """On the staff overview: how many letters wait."""
    if not viewer().may(Permission.INTAKE):
        return Markup("")
    count = sum(queries.count_to_post(db.session(), _mine()))
    return slots.partial("notifications/manage/_tile.html", count=count) if count else Markup("")


slots.register("staff.home", 44, _tile)
