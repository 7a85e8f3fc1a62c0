"""Sheets are entered one after another by a first reader; the last one can be taken back, and any be made void."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.intake import rules, serials
from app.features.intake.commands import EnterSheet, RetypeSheet, UndoSheet, VoidSheet
from app.features.intake.models import IntakeBatch, IntakeSheet, SheetState
from app.features.intake.use_cases.becoming import check_entry
from app.features.intake.use_cases.held import held_batch, held_sheet, note, require_clerk, written_reason
from app.features.intake.use_cases.numbers import number_for, typed_number
from app.features.printing.queries import grouped
from app.features.scans.use_cases import give_back_pages
from app.kernel.errors import Conflict
from app.kernel.messages import msg
from app.kernel.permissions import Actor

SHEETS_MOST = rules.DECLARED_MOST + 100
CLOSED = msg("This batch is closed or signed. Reopen it with a reason.")
NOT_OPEN = msg("This batch takes no sheets any more. Reopen it with a reason, or open another one.")


def enter_sheet(session: Session, actor: Actor, command: EnterSheet) -> IntakeSheet:
    """Keep what a first reader typed from a sheet. The same form sent twice enters one sheet.

    Raises Forbidden for everybody but clerks of the process, Conflict when the batch takes no sheets any more, when the form
    was sent before with other words, or when the sheet's serial was entered already; Refused for a serial that is mistyped or
    of another form; and what would be refused of the proposal or the answer that it is to become.
    """
    batch = held_batch(session, actor, command.batch_id, rules.TAKES_SHEETS, NOT_OPEN)
    known = session.get(IntakeSheet, command.sheet_id)
    if known is not None:
        return _entered_before(actor, batch, known, command.entry)
    check_entry(session, actor, batch, command.entry, command.sheet_id)
    sheet = next_sheet(session, batch, command.sheet_id, number_for(session, batch, command.serial))
    sheet.first, sheet.first_by = command.entry, actor.person_id
    add_sheet(session, batch, sheet)
    note(session, actor, "intake_sheet.typed", sheet, batch)
    session.flush()
    return sheet


def undo_sheet(session: Session, actor: Actor, command: UndoSheet) -> dict[str, Any]:
    """Take back the sheet that the actor has entered last, and return what it said, to be typed again.

    Raises Conflict for any other sheet, and once the entering is finished.
    """
    batch = held_batch(session, actor, command.batch_id, rules.TAKES_SHEETS, NOT_OPEN)
    sheet = held_sheet(session, batch, command.sheet_id)
    last = session.scalar(
        select(func.max(IntakeSheet.number)).where(
            IntakeSheet.batch_id == batch.id, IntakeSheet.first_by == require_clerk(actor, batch.process_id)
        )
    )
    if sheet.number != last or sheet.state is not SheetState.ENTERED or sheet.first_by != actor.person_id:
        raise Conflict(msg("Only the sheet that you entered last can be taken back. Make another one void, with a reason."))
    entry = {**sheet.first, "serial": sheet.serial}
    note(session, actor, "intake_sheet.taken_back", sheet, batch)
    give_back_pages(session, actor, rules.record_of(sheet.id))
    session.delete(sheet)
    session.flush()
    return entry


def retype_sheet(session: Session, actor: Actor, command: RetypeSheet) -> IntakeSheet:
    """Put what is typed now in the place of the sheet that the actor has entered last. The same form sent twice does it once.

    Raises what `undo_sheet` and `enter_sheet` raise; the caller then rolls back, and the sheet stands as it was.
    """
    if session.get(IntakeSheet, command.entered.sheet_id) is None:
        undo_sheet(session, actor, UndoSheet(command.entered.batch_id, command.before))
    return enter_sheet(session, actor, command.entered)


def void_sheet(session: Session, actor: Actor, command: VoidSheet) -> IntakeSheet:
    """Say that a sheet does not count, and why. A sheet that cannot be entered (empty, not to be read) gets its number, too.

    Raises Refused without a reason, Conflict for one that has become something: that is withdrawn or taken back itself.
    """
    states = rules.TAKES_SHEETS | rules.READS
    batch = held_batch(session, actor, command.batch_id, states, CLOSED)
    reason = written_reason(command.reason, msg("Write why this sheet does not count."))
    known = session.get(IntakeSheet, command.sheet_id)
    if known is None:
        if batch.state not in rules.TAKES_SHEETS:
            raise Conflict(NOT_OPEN)
        sheet = next_sheet(session, batch, command.sheet_id, typed_number(command.serial))
        sheet.first_by = actor.person_id
        _make_void(actor, sheet, reason)
        add_sheet(session, batch, sheet)
    else:
        sheet = held_sheet(session, batch, command.sheet_id)
        if sheet.became_at is not None:
            raise Conflict(msg("This sheet has already become a proposal or an answer. Take that back instead."))
        if sheet.state is SheetState.VOID:
            return sheet
        _make_void(actor, sheet, reason)
        give_back_pages(session, actor, rules.record_of(sheet.id))
    note(session, actor, "intake_sheet.voided", sheet, batch, reason=reason)
    session.flush()
    return sheet


def _make_void(actor: Actor, sheet: IntakeSheet, reason: str) -> None:
    sheet.state, sheet.void_reason, sheet.void_by = SheetState.VOID, reason, actor.person_id


def _entered_before(actor: Actor, batch: IntakeBatch, known: IntakeSheet, entry: dict[str, Any]) -> IntakeSheet:
    if known.batch_id != batch.id or known.first_by != actor.person_id or rules.differences(known.first, entry):
        raise Conflict(msg("This form was already entered with other words. Send it again to enter it as a sheet of its own."))
    return known


def next_sheet(session: Session, batch: IntakeBatch, sheet_id: Any, serial: str) -> IntakeSheet:
    """A sheet with the next number of the batch, not added yet. Raises Conflict when the batch is full."""
    count, last = session.execute(
        select(func.count(), func.max(IntakeSheet.number)).where(IntakeSheet.batch_id == batch.id)
    ).one()
    if count >= SHEETS_MOST:
        raise Conflict(msg("This batch is full. Finish it, and open another one for the rest."))
    return IntakeSheet(id=sheet_id, batch_id=batch.id, number=(last or 0) + 1, serial=serials.normal_serial(serial))


def add_sheet(session: Session, batch: IntakeBatch, sheet: IntakeSheet) -> None:
    """Add the sheet. Raises Conflict, with where it lies, when one with its serial was entered already."""
    with counted_once(session, batch, "" if sheet.state is SheetState.VOID else sheet.serial):
        session.add(sheet)


@contextmanager
def counted_once(session: Session, batch: IntakeBatch, serial: str) -> Iterator[None]:
    """What is done inside lets a sheet with this serial count. Raises Conflict, with where it lies, when one does already."""
    refuse_twice(session, batch, serial)
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError:  # in another batch, at the same moment
        refuse_twice(session, batch, serial)
        raise Conflict(msg("This form was already used. Open the page again.")) from None


def refuse_twice(session: Session, batch: IntakeBatch, serial: str) -> None:
    """Raise Conflict, with where it lies, when a sheet with this serial counts already."""
    if not serial:
        return
    query = (
        select(IntakeSheet.number, IntakeBatch)
        .join(IntakeBatch, IntakeBatch.id == IntakeSheet.batch_id)
        .where(IntakeSheet.serial == serial, IntakeSheet.state != SheetState.VOID)
    )
    found = session.execute(query).first()
    if found is None:
        return
    number, other = found
    if other.process_id != batch.process_id:
        raise Conflict(
            msg("The sheet %(serial)s belongs to another process, where it was entered. Put it aside.", serial=grouped(serial)),
            field="serial",
        )
    raise Conflict(
        msg(
            "The sheet %(serial)s was entered already: sheet %(number)s of batch %(batch)s. A sheet counts once.",
            serial=grouped(serial),
            number=number,
            batch=other.reference,
        ),
        field="serial",
    )
