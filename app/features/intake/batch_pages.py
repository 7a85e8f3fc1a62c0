"""A clerk's pages for batches: which there are, opening one, its steps and its slips."""

import uuid
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.consents.queries import AgreementState, DataAgreement, agreement, papers_of_sheets, register
from app.features.intake import rules
from app.features.intake.batch_words import KIND_WORDS, SHEET_WORDS, STATE_WORDS, STEPS, Step
from app.features.intake.forms import BatchForm, ReasonForm, StepForm
from app.features.intake.manage_routes import _midnight, _mine, bp
from app.features.intake.queries.batches import (
    READS,
    TAKES_SHEETS,
    IntakeBatch,
    IntakeSheet,
    SheetKind,
    batch_of_clerk,
    batches_begun,
    batches_of_clerk,
    last_of,
    names_of,
    next_to_read,
    numbers_of,
    numbers_of_all,
    proposals_of,
    readings_since,
    sheet_of,
    sheets_of,
    sheets_since,
)
from app.features.intake.queries.scanned import copies_for, from_scans
from app.features.intake.rules import reference_of
from app.features.intake.serials import shown_serial
from app.features.intake.use_cases import (
    MoveBatch,
    VoidSheet,
    close_batch,
    count_again,
    drop_batch,
    finish_entering,
    open_batch,
    reconcile_batch,
    reopen_batch,
    void_sheet,
)
from app.features.proposals.queries import ProposalState, may_see
from app.features.spaces.queries import Process, Publication, process, processes_in_order
from app.kernel import clock
from app.kernel.errors import NotFound
from app.kernel.paging import page_number
from app.kernel.permissions import Permission
from app.web.access import requires, viewer
from app.web.filters import local_text, translate
from app.web.paging import steps
from app.web.transaction import attempt, commits

MOST_BEGUN = 5
MOVES = {"finish": finish_entering, "reconcile": reconcile_batch, "close": close_batch, "reopen": reopen_batch}


@bp.get("/batches")
@requires(Permission.INTAKE)
def batches() -> str:
    """The batches that this clerk may work on, and today's work."""
    session, closed = db.session(), request.args.get("closed") == "yes"
    clerk = viewer().require_signed_in()
    page = batches_of_clerk(session, viewer(), closed=closed, number=page_number(request.args.get("page")))
    found = page.items
    return render_template(
        "intake/batches.html",
        batches=found,
        steps=steps(page, lambda at: url_for(".batches", closed="yes" if closed else None, page=at)),
        closed=closed,
        numbers=numbers_of_all(session, found),
        about=_about_all(found),
        states=STATE_WORDS,
        entered=sheets_since(session, clerk, _midnight()),
        read=readings_since(session, clerk, _midnight()),
    )


def about(batch: IntakeBatch) -> str:
    """What the sheets of a batch are, in the reader's language."""
    return _about_all([batch])[batch.id]


def _about_all(found: Sequence[IntakeBatch]) -> dict[uuid.UUID, str]:
    """The same of many batches, with as many questions as of one."""
    wanted = {batch.process_id for batch in found if batch.process_id and batch.kind is SheetKind.PROPOSAL}
    titles = {one.id: one.title for one in processes_in_order(db.session(), list(wanted))}
    asked = any(batch.kind is SheetKind.CONSENT for batch in found)
    purposes = {one.id: one.current.purpose for one, _count in register(db.session())} if asked else {}
    words = {}
    for batch in found:
        name = titles.get(batch.process_id) if batch.kind is SheetKind.PROPOSAL else purposes.get(batch.agreement_id)  # type: ignore[arg-type]
        kind = translate(KIND_WORDS[batch.kind])
        words[batch.id] = f"{kind}: {local_text(name)}" if name else kind
    return words


def version_of(batch: IntakeBatch) -> str:
    """The version of the question that its sheets carry, as it is printed on them; nothing for proposals."""
    found = agreement(db.session(), batch.agreement_id) if batch.agreement_id else None
    revision = next((one for one in found.revisions if one.id == batch.revision_id), None) if found is not None else None
    return f"{_('Version %(number)s', number=revision.number)} · \u2066{found.code}\u2069" if found and revision else ""


def moderators_look_first(batch: IntakeBatch) -> bool:
    """Whether proposals of this batch wait for a moderator before they appear."""
    where = process(db.session(), batch.process_id) if batch.kind is SheetKind.PROPOSAL and batch.process_id else None
    return where is not None and where.publication is Publication.AFTER_APPROVAL


def _asked() -> list[DataAgreement]:
    return [
        found
        for found, _count in register(db.session())
        if found.state is AgreementState.IN_FORCE and found.asks and viewer().may(Permission.INTAKE, found.process_id)
    ]


def _choices(processes: list[Process], asked: list[DataAgreement]) -> list[tuple[str, str]]:
    words = {kind: translate(text) for kind, text in KIND_WORDS.items()}
    return [
        *((f"proposal:{one.id}", f"{words[SheetKind.PROPOSAL]}: {local_text(one.title)}") for one in processes),
        *((f"consent:{one.id}", f"{words[SheetKind.CONSENT]}: {local_text(one.current.purpose)}") for one in asked),
    ]


@bp.route("/batches/new", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def open_new() -> ResponseReturnValue:
    """Open a batch."""
    zone = current_app.config["BABEL_DEFAULT_TIMEZONE"]
    form = BatchForm(data={"day": clock.now().astimezone(ZoneInfo(zone)).date(), "what": request.args.get("what")})
    asked = _asked()
    form.what.choices = _choices([one for one in _mine().values() if not one.imported], asked)
    of_process = {str(one.id): one.process_id for one in asked}
    sent = form.send(lambda: open_batch(db.session(), viewer(), form.to_command(of_process, zone)))
    if sent.done:
        return redirect(url_for(".enter_sheet", batch_id=sent.result.id))
    return render_template("intake/batch_new.html", form=form, begun=_begun(form.what.data or "")), sent.status


def _begun(what: str) -> list[IntakeBatch]:
    """Batches of the same sheets that take more: a sheet that comes late may belong there."""
    kind, _colon, key = what.partition(":")
    try:
        return list(batches_begun(db.session(), viewer(), SheetKind(kind), uuid.UUID(key), MOST_BEGUN))
    except ValueError:
        return []


@bp.get("/batches/<uuid:batch_id>")
@requires(Permission.INTAKE)
def batch(batch_id: uuid.UUID) -> str:
    """One batch: its numbers, its sheets, who signed, and what comes next."""
    session = db.session()
    found = batch_of_clerk(session, viewer(), batch_id)
    sheets = sheets_of(session, found)
    proposals = proposals_of(session, sheets)
    missing = rules.missing_before_reconciling(sheet.state for sheet in sheets) if found.state in READS else None
    return render_template(
        "intake/batch.html",
        batch=found,
        step_keys={"finish": "f", "reconcile": "c", "close": "c", "reopen": "u"},
        about=about(found),
        sheets=sheets,
        proposals=proposals,
        seen={one.id for one in proposals.values() if may_see(viewer(), one)},
        waiting=sum(one.state is ProposalState.PENDING for one in proposals.values()),
        papers=_papers(session, found, sheets),
        text=version_of(found),
        numbers=numbers_of(session, found),
        names=names_of(session, [found]),
        states=STATE_WORDS,
        sheet_words=SHEET_WORDS,
        takes=found.state in TAKES_SHEETS,
        scanned=found.state in TAKES_SHEETS and bool(copies_for(session, found)),
        from_scans=found.state in TAKES_SHEETS and bool(from_scans(session, sheets)),
        reads=found.state in READS,
        to_read=next_to_read(session, found, viewer().require_signed_in()),
        last=last_of(session, found, viewer().require_signed_in()),
        missing=missing,
        shown_serial=shown_serial,
        steps=[
            (name, step) for name, step in STEPS.items() if found.state in step.states and not (name == "reconcile" and missing)
        ],
    )


def _papers(session: Session, batch: IntakeBatch, sheets: Sequence[IntakeSheet]) -> set[uuid.UUID]:
    """The sheets whose picture is kept with the answer that was typed from them."""
    if batch.agreement_id is None:
        return set()
    names = {reference_of(batch, sheet): sheet.id for sheet in sheets if sheet.person_id}
    return {names[name] for name in papers_of_sheets(session, batch.agreement_id, names)}


@bp.route("/batches/<uuid:batch_id>/<any(finish, reconcile, close, reopen):step>", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def move(batch_id: uuid.UUID, step: str) -> ResponseReturnValue:
    """A step of the batch, with what it means, and a reason where one is needed."""
    session = db.session()
    found = batch_of_clerk(session, viewer(), batch_id)
    form = StepForm(data={"reason": found.count_reason if step == "reconcile" else ""})
    words: Step = STEPS[step]
    if words.moderated is not None and moderators_look_first(found):
        words = words.moderated
    sent = form.send(
        lambda: MOVES[step](
            session, viewer(), MoveBatch(batch_id, form.reason.data or "", str(current_app.config["SECRET_KEY"]))
        )
    )
    if sent.done:
        flash(translate(words.done), "good")
        return redirect(url_for(".batch", batch_id=batch_id))
    found = batch_of_clerk(session, viewer(), batch_id)
    equation, _states = numbers_of(session, found)
    needs_reason = step == "reopen" or (step in ("finish", "reconcile") and not equation.balances)
    return render_template(
        "intake/batch_step.html",
        form=form,
        batch=found,
        step=words,
        equation=equation,
        needs_reason=needs_reason,
        step_name=step,
    ), sent.status


@bp.route("/batches/<uuid:batch_id>/void", methods=["GET", "POST"])
@requires(Permission.INTAKE)
@commits
def void(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Say why a sheet does not count: one that was entered (`?sheet=`), or one that cannot be entered."""
    session = db.session()
    found = batch_of_clerk(session, viewer(), batch_id)
    known = request.args.get("sheet", type=uuid.UUID)
    sheet = sheet_of(session, found, known) if known else None
    form = ReasonForm(data={"sheet_id": str(known) if known else None})
    sheet_id = known or form.form_id
    sent = form.send(
        lambda: void_sheet(session, viewer(), VoidSheet(batch_id, sheet_id, form.reason.data or "", form.serial.data or ""))
    )
    if sent.done:
        flash(_("Sheet %(number)s does not count.", number=sent.result.number), "good")
        return redirect(url_for(".batch" if known else ".enter_sheet", batch_id=batch_id))
    if sent.refused is not None:
        found = batch_of_clerk(session, viewer(), batch_id)
        sheet = sheet_of(session, found, known) if known else None
    return render_template("intake/sheet_void.html", form=form, batch=found, sheet=sheet), sent.status


@bp.post("/batches/<uuid:batch_id>/sheets/<uuid:sheet_id>/counts")
@requires(Permission.INTAKE)
@commits
def counts(batch_id: uuid.UUID, sheet_id: uuid.UUID) -> ResponseReturnValue:
    """A sheet was made void by mistake."""
    attempt(
        lambda: count_again(db.session(), viewer(), batch_id, sheet_id),
        _("It counts again. Somebody reads it a second time, as every sheet."),
    )
    return redirect(url_for(".batch", batch_id=batch_id), 303)


@bp.post("/batches/<uuid:batch_id>/remove")
@requires(Permission.INTAKE)
@commits
def remove(batch_id: uuid.UUID) -> ResponseReturnValue:
    """A batch was begun by mistake."""
    attempt(lambda: drop_batch(db.session(), viewer(), batch_id), _("The empty batch is removed."))
    return redirect(url_for(".batches"), 303)


def require_batch(batch_id: uuid.UUID, kind: SheetKind | None = None) -> IntakeBatch:
    """The batch, if it is this clerk's to work on. Raises NotFound."""
    found = batch_of_clerk(db.session(), viewer(), batch_id)
    if kind is not None and found.kind is not kind:
        raise NotFound
    return found
