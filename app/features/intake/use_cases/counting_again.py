"""A sheet that was made void by mistake counts again; a batch that was begun by mistake and holds nothing goes away."""

import uuid

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.features.intake import rules
from app.features.intake.models import IntakeBatch, IntakeSheet, SheetState
from app.features.intake.queries.scanned import copies_for
from app.features.intake.serials import normal_serial
from app.features.intake.use_cases.entering import CLOSED, NOT_OPEN, counted_once
from app.features.intake.use_cases.held import held_batch, held_sheet, note
from app.features.scans.use_cases import take_pages
from app.kernel.errors import Conflict
from app.kernel.messages import msg
from app.kernel.permissions import Actor


def count_again(session: Session, actor: Actor, batch_id: uuid.UUID, sheet_id: uuid.UUID) -> IntakeSheet:
    """Let a sheet count that somebody has made void. It waits for its second reading, as one that was just typed.

    Doing it again changes nothing. Raises Forbidden for everybody but clerks of the process; Conflict once the batch is signed,
    for a sheet from which nothing was typed, and where its number lies in another sheet by now.
    """
    batch = held_batch(session, actor, batch_id, rules.TAKES_SHEETS | rules.READS, CLOSED)
    sheet = held_sheet(session, batch, sheet_id)
    if sheet.state is not SheetState.VOID:
        return sheet
    if not sheet.first:
        raise Conflict(msg("Nothing was typed from this sheet. Type it in: it gets a number of its own."))
    with counted_once(session, batch, sheet.serial):
        sheet.state, sheet.void_reason, sheet.void_by = SheetState.ENTERED, "", None
        sheet.second, sheet.second_by, sheet.second_at = {}, None, None
        sheet.settled, sheet.settled_by, sheet.settled_at = {}, None, None
    if sheet.serial:
        ids = [
            page.page_id
            for copy in copies_for(session, batch)
            if copy.code and normal_serial(copy.code) == sheet.serial
            for page in copy.pages
        ]
        take_pages(session, actor, ids, rules.record_of(sheet.id))
    note(session, actor, "intake_sheet.counts_again", sheet, batch)
    session.flush()
    return sheet


def drop_batch(session: Session, actor: Actor, batch_id: uuid.UUID) -> None:
    """Remove a batch in which no sheet was entered.

    Raises Forbidden for everybody but clerks of the process, Conflict for one with a sheet, or one that takes none any more.
    """
    batch = held_batch(session, actor, batch_id, rules.TAKES_SHEETS, NOT_OPEN)
    if session.scalar(select(exists().where(IntakeSheet.batch_id == batch.id))):
        raise Conflict(msg("A colleague has just entered a sheet in this batch, so it stays."))
    note(session, actor, "intake_batch.removed", batch, batch)
    session.delete(session.get_one(IntakeBatch, batch.id))
    session.flush()
