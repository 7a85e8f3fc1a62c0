"""Looking pages through: the picture beside what was read, by keyboard alone; Enter accepts what is shown."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from app.extensions import db
from app.features.printing.queries import grouped
from app.features.scans.forms import AnswersForm, ReasonForm
from app.features.scans.manage_routes import _space, bp, tray_words
from app.features.scans.models import PageState
from app.features.scans.queries.files import (
    decisions_of,
    last_of,
    next_in_tray,
    next_to_review,
    not_taken,
    waiting,
    waiting_all,
)
from app.features.scans.queries.people import people_behind
from app.features.scans.queries.reviews import reviewed
from app.features.scans.rules import MAY_BE_ADMITTED, WAITING
from app.features.scans.shown import answer_words, answers_sent, empty_places, shown_page
from app.features.scans.use_cases import (
    admit_page,
    ballots_rest,
    decide_page,
    page_to_review,
    rests_now,
    set_page_aside,
    undo_decision,
)
from app.kernel.errors import NotFound
from app.kernel.looks import Look
from app.kernel.messages import msg
from app.kernel.permissions import Permission
from app.web import slots
from app.web.access import requires, viewer
from app.web.filters import translate
from app.web.looks import looked_at
from app.web.stored import private_picture
from app.web.transaction import attempt, commits

PAGE = Look(
    "scan_page",
    msg("%(role)s looked at the scan of a form that you filled in"),
    msg("Checking what was typed from your form"),
)


@bp.get("/<uuid:process_id>/review")
@requires(Permission.INTAKE)
def review(process_id: UUID) -> ResponseReturnValue:
    """The next page that waits for this clerk; `?after=` leaves one for later."""
    session, clerk = db.session(), viewer().require_signed_in()
    space = _space(process_id)
    later = request.args.get("after", type=UUID)
    after = page_to_review(session, viewer(), later) if later else None
    rest = ballots_rest(session, process_id)
    found = next_to_review(session, process_id, clerk, ballots=rest is None, after=after)
    if found is not None:
        return redirect(url_for(".page", page_id=found.id))
    return render_template(
        "scans/done.html",
        process=space,
        rest=rest,
        waiting=waiting(session, process_id),
        in_tray=next_in_tray(session, process_id, ballots=not rest),
        not_taken=not_taken(session, process_id),
        last=last_of(session, process_id, clerk),
    )


@bp.route("/page/<uuid:page_id>", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def page(page_id: UUID) -> ResponseReturnValue:
    """One page. What the clerk sends is what they see; the next page follows."""
    form, status = AnswersForm(), 200
    if request.method == "GET" and (rest := rests_now(db.session(), viewer(), page_id)) is not None:
        flash(translate(rest.why), "info")
        return redirect(url_for(".file", file_id=rest.file_id))
    if request.method == "POST":
        found = page_to_review(db.session(), viewer(), page_id)
        command = answers_sent(found, request.form)
        form.ask_about_empty(empty_places(found, request.form), again=request.form.get("nothing") == "yes")
        sent = form.send(lambda: decide_page(db.session(), viewer(), command))
        if sent.done:
            flash(_accepted(sent.result.state), "good")
            return redirect(url_for(".review", process_id=sent.result.process_id), 303)
        status = sent.status
    return _page(page_id, form, ReasonForm(formdata=None), status)


def _accepted(state: PageState) -> str:
    if state is PageState.SECOND:
        return _("Kept. Somebody else looks at this page, too.")
    if state is PageState.DIFFERENT:
        return _("Kept. Two people saw different things on this page, so a third looks at it.")
    return _("Accepted.")


def _page(page_id: UUID, form: AnswersForm, reason: ReasonForm, status: int) -> ResponseReturnValue:
    session, clerk = db.session(), viewer().require_signed_in()
    found = page_to_review(session, viewer(), page_id)
    looked_at(PAGE, people_behind(session, found.taken_by))
    decisions = decisions_of(session, page_id)
    mine = next((one for one in decisions if one.person_id == clerk), None)
    waits = found.state in WAITING and mine is None
    sent = request.form if any(name == "version" or name[:2] in ("f-", "t-") for name in request.form) else None
    template = render_template(
        "scans/page.html",
        process=_space(found.process_id),
        page=found,
        shown=shown_page(session, found, sent) if found.readings else None,
        errors=form.by_name,
        form=form,
        reason_form=reason,
        waits=waits,
        mine=mine is not None and found.taken_by is None,
        seen=[]
        if found.taken_by
        else _seen(found.state, [answer_words(session, found, one.answers) for one in decisions], waits),
        may_admit=found.state in (PageState.IN_TRAY, PageState.SET_ASIDE) and found.tray in MAY_BE_ADMITTED and found.readings,
        may_set_aside=found.state is not PageState.SET_ASIDE and found.taken_by is None,
        tray=tray_words()[found.tray.value],
        code=grouped(found.code) if found.code else "",
        last=last_of(session, found.process_id, clerk),
        counts=waiting(session, found.process_id),
    )
    return template, status


def _seen(state: PageState, answers: list[list[tuple[str, str]]], waits: bool) -> list[list[tuple[str, str]]]:
    """What others saw: hidden from the second person, shown when two differ and when all is decided."""
    return [] if waits and state is not PageState.DIFFERENT else answers


@bp.get("/page/<uuid:page_id>.jpg")
@requires(Permission.INTAKE)
def picture(page_id: UUID) -> ResponseReturnValue:
    """The straightened page. It is kept in no cache: the next person at this computer must not find it."""
    found = page_to_review(db.session(), viewer(), page_id)
    if not found.image_key:
        raise NotFound
    looked_at(PAGE, people_behind(db.session(), found.taken_by))
    return private_picture(found.image_key)


@bp.post("/page/<uuid:page_id>/undo")
@requires(Permission.INTAKE)
@commits
def undo(page_id: UUID) -> ResponseReturnValue:
    """Take back one's own answer, and look at the page again."""
    attempt(lambda: undo_decision(db.session(), viewer(), page_id), _("Your answer is taken back. Look at the page again."))
    return redirect(url_for(".page", page_id=page_id), 303)


@bp.post("/page/<uuid:page_id>/aside")
@requires(Permission.INTAKE)
@commits
def aside(page_id: UUID) -> ResponseReturnValue:
    """Say that this page needs nothing more, and why."""
    reason = ReasonForm()
    sent = reason.send(lambda: set_page_aside(db.session(), viewer(), page_id, reason.reason.data))
    if not sent.done:
        return _page(page_id, AnswersForm(formdata=None), reason, sent.status)
    flash(_("The page is set aside."), "good")
    return redirect(url_for(".file", file_id=sent.result.file_id), 303)


@bp.post("/page/<uuid:page_id>/admit")
@requires(Permission.INTAKE)
@commits
def admit(page_id: UUID) -> ResponseReturnValue:
    """Let this page into the review, and say why."""
    reason = ReasonForm()
    sent = reason.send(lambda: admit_page(db.session(), viewer(), page_id, reason.reason.data))
    if not sent.done:
        return _page(page_id, AnswersForm(formdata=None), reason, sent.status)
    flash(_("The page waits to be looked through."), "good")
    return redirect(url_for(".page", page_id=page_id), 303)


def _sheet_pictures(sheet: Any) -> Markup:
    """Beside a sheet of a batch that came from the scans: its pages, and nothing of what was read on them."""
    pages = reviewed(db.session(), None, taken_by=f"intake:{sheet.id}")
    return slots.partial("scans/_sheet_pictures.html", pages=pages) if pages else Markup("")


def _tile(_subject: object) -> Markup:
    """On the staff overview: pages that wait for somebody; nothing where none does. Ballots rest until the vote is over."""
    if not viewer().may(Permission.INTAKE):
        return Markup("")
    found = waiting_all(db.session(), viewer().processes_where(Permission.INTAKE))
    if not found:
        return Markup("")
    review, trays = (sum(numbers) for numbers in zip(*found.values(), strict=True))
    only = next(iter(found)) if len(found) == 1 else None
    return slots.partial("scans/_tile.html", review=review, trays=trays, process_id=only)


slots.register("intake.sheet_picture", 10, _sheet_pictures)
slots.register("staff.home", 41, _tile)
