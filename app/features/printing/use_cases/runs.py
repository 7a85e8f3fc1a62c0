"""Print runs with a register: ordered, drawn in the background file by file, issued, cancelled, and in the end deleted."""

import uuid
import zipfile
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.budgets.queries import pot as pot_by_id
from app.features.consents.queries import agreement as agreement_by_id
from app.features.printing import rules
from app.features.printing.commands import OrderPrint
from app.features.printing.layout.model import FormKey, FormLayout, Kind
from app.features.printing.models import PrintedForm, PrintRun, RunState
from app.features.printing.runs import Pieces
from app.features.spaces.queries import process as process_by_id
from app.kernel import audit, clock, outbox
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.files import files
from app.kernel.messages import msg
from app.kernel.permissions import SYSTEM, Actor
from app.kernel.texts import clean_line

PRINTING = "printing.run"
ERASE = "printing.erase_files"
LONGEST_STATION = 120


def order_print(session: Session, actor: Actor, command: OrderPrint, layout: FormLayout | None) -> PrintRun:
    """Have a print run drawn in the background. `layout` is the form as it is now (`form_now`), None where there is none.

    Raises NotFound for whoever may not print this form in this process, Refused for a number of copies out of range.
    """
    _require_order(session, actor, command.process_id, command.key)
    if layout is None:
        raise NotFound
    if not 1 <= command.number <= rules.MOST_COPIES:
        raise Refused(msg("Print between 1 and %(most)s copies at once.", most=rules.MOST_COPIES), field="number")
    form = _kept_form(session, command.process_id, layout)
    look = command.look
    run = PrintRun(
        id=uuid.uuid4(),
        process_id=command.process_id,
        form_id=form.id,
        variant=look.variant.value,
        language=look.language,
        paper=look.paper.value,
        number=command.number,
        test=command.test,
        ordered_by=actor.person_id,
        issued_to=_station(command.issued_to),
        issued_at=clock.now() if command.issued_to.strip() else None,
    )
    session.add(run)
    session.flush()
    outbox.post(session, PRINTING, run_id=str(run.id))
    audit.record(session, actor, "print_run.ordered", run, process_id=run.process_id, number=run.number, test=run.test)
    session.flush()
    return run


def issue_run(session: Session, actor: Actor, run_id: uuid.UUID, station: str) -> PrintRun:
    """Note which station or desk got the copies. Raises NotFound, Refused without a name."""
    run, words = run_to_change(session, actor, run_id), _station(station)
    if not words:
        raise Refused(msg("Say which station or desk gets these sheets."), field="issued_to")
    before, run.issued_to, run.issued_at = run.issued_to, words, clock.now()
    audit.record(session, actor, "print_run.handed_out", run, process_id=run.process_id, before=before, after=words)
    session.flush()
    return run


def cancel_run(session: Session, actor: Actor, run_id: uuid.UUID) -> PrintRun:
    """Stop a run that is drawn. Serials that were given to it stay used. Raises NotFound, Conflict when it is over."""
    run = run_to_change(session, actor, run_id)
    if run.state not in rules.UNDER_WAY:
        raise Conflict(msg("This print run is not being made any more."))
    run.state, run.finished_at = RunState.CANCELLED, clock.now()
    _erase(session, run)
    audit.record(session, actor, "print_run.cancelled", run, process_id=run.process_id, done=run.done)
    session.flush()
    return run


def draw_again(session: Session, actor: Actor, run_id: uuid.UUID) -> PrintRun:
    """Go on with a run that failed or that nobody is at. What is drawn stays. Raises NotFound, Conflict while it is drawn."""
    run = run_to_change(session, actor, run_id)
    if run.state is RunState.FAILED:
        run.state = RunState.WAITING
    if run.state not in rules.UNDER_WAY or not outbox.post_again(session, PRINTING, run_id=str(run.id)):
        raise Conflict(msg("This print run is done, or somebody is at it now. Look at the page again."))
    audit.record(session, actor, "print_run.drawn_again", run, process_id=run.process_id)
    session.flush()
    return run


def delete_run_files(session: Session, actor: Actor, run_id: uuid.UUID) -> PrintRun:
    """Delete the files of a run that is printed; the register keeps that it was. Raises NotFound, Conflict where none are."""
    run = run_to_change(session, actor, run_id)
    if run.state is not RunState.READY:
        raise Conflict(msg("There are no files of this print run to delete."))
    _delete(session, actor, run)
    return run


def delete_old_files(session: Session, before: datetime, most: int) -> int:
    """Delete the files of at most so many runs that were ready before a moment. Returns how many runs."""
    found = session.scalars(select(PrintRun).where(*_old(before)).order_by(PrintRun.finished_at, PrintRun.id).limit(most)).all()
    for run in found:
        _delete(session, SYSTEM, run)
    return len(found)


def count_old_files(session: Session, before: datetime) -> int:
    """How many runs were ready before a moment and have their files still."""
    return session.scalar(select(func.count()).select_from(PrintRun).where(*_old(before))) or 0


def kept_layout(session: Session, process_id: uuid.UUID, key: FormKey, short_revision: str) -> FormLayout | None:
    """The layout of a revision that was printed for this process, from the register; for an agreement, in any process."""
    found = session.scalars(
        select(PrintedForm.layout).where(
            or_(PrintedForm.process_id == process_id, PrintedForm.kind == Kind.CONSENT.value),
            PrintedForm.kind == key.kind.value,
            PrintedForm.subject == key.subject,
            PrintedForm.short_revision == short_revision,
        )
    ).first()
    return FormLayout.from_json(found) if found is not None else None


def archive_of(session: Session, actor: Actor, run_id: uuid.UUID) -> tuple[str, Iterator[bytes]]:
    """The name of a run's ZIP and its pieces, one file at a time. Raises NotFound for others and while it is not ready."""
    run, name = _ready(session, actor, run_id)
    return f"{_file_name(run, name)}.zip", _zipped(run.id, run.number, name)


def only_file_of(session: Session, actor: Actor, run_id: uuid.UUID) -> tuple[str, bytes]:
    """The name and the PDF of a run that is a single file. Raises NotFound for others, and while it is not ready."""
    run, name = _ready(session, actor, run_id)
    if not rules.is_one_file(run.number):
        raise NotFound
    return f"{_file_name(run, name)}.pdf", files.read(rules.part_key(run.id, 0))


def _ready(session: Session, actor: Actor, run_id: uuid.UUID) -> tuple[PrintRun, str]:
    run = session.get(PrintRun, run_id)
    if run is None:
        raise NotFound
    form = session.get_one(PrintedForm, run.form_id)
    if run.state is not RunState.READY or not may_order(actor, run.process_id, form.kind):
        raise NotFound
    return run, Kind(form.kind).name.lower()


def _file_name(run: PrintRun, name: str) -> str:
    return f"{name}-{run.variant}-{run.language}{'-test' if run.test else ''}"


def run_to_change(session: Session, actor: Actor, run_id: uuid.UUID) -> PrintRun:
    """The run, locked. Raises NotFound for whoever may not order its form."""
    run = session.get(PrintRun, run_id, with_for_update=True)
    if run is None or not may_order(actor, run.process_id, session.get_one(PrintedForm, run.form_id).kind):
        raise NotFound
    return run


def may_order(actor: Actor, process_id: uuid.UUID, kind: str) -> bool:
    """Whether somebody prints forms of this kind for this process."""
    return any(actor.may(permission, process_id) for permission in rules.MAY_ORDER.get(kind, ()))


def note_download(session: Session, actor: Actor, run_id: uuid.UUID) -> None:
    """Write down who got the files of a run with codes of slips, which open what their owners see. Raises NotFound."""
    run = session.get(PrintRun, run_id)
    kind = session.get_one(PrintedForm, run.form_id).kind if run is not None else ""
    if run is None or not may_order(actor, run.process_id, kind):
        raise NotFound
    if kind != Kind.BALLOT.value:
        audit.record(session, actor, "print_run.downloaded", run, process_id=run.process_id, number=run.number)
        session.flush()


def _zipped(run_id: uuid.UUID, number: int, name: str) -> Iterator[bytes]:
    out = Pieces()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for first, count in rules.parts_of(number):
            entry = zipfile.ZipInfo(f"{name}-{first + 1:06}-{first + count:06}.pdf", (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, files.read(rules.part_key(run_id, first)))
            yield out.taken()
    yield out.taken()


def _require_order(session: Session, actor: Actor, process_id: uuid.UUID, key: FormKey) -> None:
    if process_by_id(session, process_id) is None or not may_order(actor, process_id, key.kind.value):
        raise NotFound
    if key.kind is Kind.BALLOT:
        pot = pot_by_id(session, key.subject)
        belongs = pot is not None and pot.process_id == process_id
    elif key.kind is Kind.CONSENT:  # of this process, or of the whole city
        asked = agreement_by_id(session, key.subject)
        belongs = asked is not None and asked.process_id in (None, process_id)
    else:
        belongs = key.subject == process_id
    if not belongs:
        raise NotFound


def _kept_form(session: Session, process_id: uuid.UUID, layout: FormLayout) -> PrintedForm:
    """The row of this revision; two who print it first at the same moment make one."""
    found = select(PrintedForm).where(PrintedForm.revision == layout.version)
    if (row := session.scalars(found).one_or_none()) is not None:
        return row
    row = PrintedForm(
        id=uuid.uuid4(),
        process_id=process_id,
        kind=layout.key.kind.value,
        subject=layout.key.subject,
        revision=layout.version,
        short_revision=layout.short_version,
        layout=layout.as_json(),
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return session.scalars(found).one()
    return row


def _station(text: str) -> str:
    words = clean_line(text)
    if len(words) > LONGEST_STATION:
        raise Refused(
            msg("This has %(length)s characters; at most %(most)s fit. Shorten it.", length=len(words), most=LONGEST_STATION),
            field="issued_to",
        )
    return words


def _old(before: datetime) -> tuple[ColumnElement[bool], ...]:
    return PrintRun.state == RunState.READY, PrintRun.finished_at < before


def _delete(session: Session, actor: Actor, run: PrintRun) -> None:
    run.state = RunState.DELETED
    _erase(session, run)
    audit.record(session, actor, "print_run.files_deleted", run, process_id=run.process_id)
    session.flush()


def _erase(session: Session, run: PrintRun) -> None:
    outbox.post(session, ERASE, keys=[rules.part_key(run.id, first) for first, _count in rules.parts_of(run.number)])
