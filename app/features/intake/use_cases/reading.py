"""A second person types each sheet without seeing what the first one typed; where they differ, somebody settles it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.features.intake import rules
from app.features.intake.commands import ReadSheet, SettleSheet
from app.features.intake.models import BatchState, IntakeSheet, SheetKind, SheetState
from app.features.intake.use_cases.becoming import become, check_entry
from app.features.intake.use_cases.held import held_batch, held_sheet, note, require_clerk
from app.features.scans.queries import looked_through
from app.kernel import clock
from app.kernel.errors import Conflict, Forbidden, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor

OTHER_READING = msg(
    "You have read this sheet yourself. Take over what your colleague read if it is right; if not, somebody else decides."
)
NOT_READ = msg("This batch is not being read a second time now.")


def read_sheet(session: Session, actor: Actor, command: ReadSheet, secret: str = "") -> IntakeSheet:
    """Keep what a second reader typed: the sheet is read when both agree, and differs otherwise.

    The same form sent twice changes nothing. Raises Forbidden for the one who entered the sheet, Conflict when a colleague has
    just read it or the batch is not being read, and what would be refused of the proposal or the answer that it is to become.
    """
    batch = held_batch(session, actor, command.batch_id, rules.READS, NOT_READ)
    sheet = held_sheet(session, batch, command.sheet_id)
    clerk = require_clerk(actor, batch.process_id)
    if sheet.first_by == clerk or looked_through(session, clerk, [rules.record_of(sheet.id)]):
        raise Forbidden(msg("You have entered this sheet yourself. Another person reads it the second time."))
    if sheet.state is not SheetState.ENTERED:
        if sheet.second_by == clerk and not rules.differences(sheet.second, command.entry):
            return sheet
        raise Conflict(msg("A colleague has just read this sheet, or made it void. Go on with the next one."))
    check_entry(session, actor, batch, command.entry, sheet.id)
    sheet.second, sheet.second_by, sheet.second_at = command.entry, clerk, clock.now()
    sheet.state = rules.state_after_reading(sheet.first, command.entry)
    batch.state = BatchState.SECOND_READING
    differs = sheet.state is SheetState.DIFFERS
    note(session, actor, "intake_sheet.read", sheet, batch, differs=differs)
    if batch.at_once and not differs:
        become(session, actor, batch, sheet, secret)
    session.flush()
    return sheet


def settle_sheet(session: Session, actor: Actor, command: SettleSheet, secret: str = "") -> IntakeSheet:
    """Say what counts of a sheet that two people typed differently.

    Raises Conflict when it does not differ, or a colleague has settled it otherwise, Refused for one of the two who decides
    alone about a consent, and what would be refused of what it becomes.
    """
    batch = held_batch(session, actor, command.batch_id, rules.READS, NOT_READ)
    sheet = held_sheet(session, batch, command.sheet_id)
    if sheet.state is SheetState.SETTLED and not rules.differences(sheet.settled, command.entry):
        return sheet
    if sheet.state is not SheetState.DIFFERS:
        raise Conflict(msg("This sheet is settled already, or both readings agree."))
    if batch.kind is SheetKind.CONSENT:
        _require_another(session, actor, sheet, command.entry)
    check_entry(session, actor, batch, command.entry, sheet.id)
    sheet.settled, sheet.settled_by, sheet.settled_at = command.entry, actor.person_id, clock.now()
    sheet.state = SheetState.SETTLED
    note(session, actor, "intake_sheet.settled", sheet, batch, fields=rules.differences(sheet.first, sheet.second))
    if batch.at_once:
        become(session, actor, batch, sheet, secret)
    session.flush()
    return sheet


def _require_another(session: Session, actor: Actor, sheet: IntakeSheet, entry: Mapping[str, Any]) -> None:
    """What somebody allows is never decided by one person: who has read the sheet can only give way to the other reading."""
    clerk = actor.require_signed_in()
    if clerk == sheet.second_by:
        others = sheet.first
    elif clerk == sheet.first_by or looked_through(session, clerk, [rules.record_of(sheet.id)]):
        others = sheet.second
    else:
        return
    if rules.differences(others, entry):
        raise Refused(OTHER_READING)
