"""Sheets that were scanned and looked through become sheets of a batch: what was accepted is their first entry.

A second person reads them like any other; nobody who has looked a page of a sheet through reads it again. What is taken back
lies in the scans again.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.intake import rules
from app.features.intake.commands import GiveBackScans, TakeScans
from app.features.intake.models import IntakeBatch, IntakeSheet, SheetState
from app.features.intake.queries.scanned import ScannedCopy, copies_for
from app.features.intake.scanned import first_entry
from app.features.intake.use_cases.entering import NOT_OPEN, add_sheet, next_sheet
from app.features.intake.use_cases.held import held_batch, note
from app.features.maps.queries import StreetTable
from app.features.scans.queries import readers_of
from app.features.scans.use_cases import give_back_pages, take_pages
from app.kernel.errors import Conflict, NotFound
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor


@dataclass(frozen=True)
class Left:
    """A copy that stays in the scans, and why."""

    code: str
    why: Message


@dataclass(frozen=True)
class Taken:
    """What became of the copies that lay there."""

    sheets: tuple[IntakeSheet, ...]
    left: tuple[Left, ...]


def take_scans(session: Session, actor: Actor, command: TakeScans, streets: StreetTable) -> Taken:
    """Make a sheet of every copy whose pages are all accepted, or of those of one file. Taking again takes what came since.

    What cannot become a sheet is named and stays: a page is missing, its number is in a batch already, a colleague was faster.
    Raises Forbidden for everybody but clerks of the process, and Conflict when the batch takes no sheets any more.
    """
    batch = held_batch(session, actor, command.batch_id, rules.TAKES_SHEETS, NOT_OPEN)
    sheets, left = [], []
    for copy in copies_for(session, batch, command.file_id):
        why = copy.why
        if why is None:
            try:
                with session.begin_nested():
                    sheets.append(_sheet_of(session, actor, batch, copy, streets))
                continue
            except Conflict as refusal:  # a page or a number went to another batch a moment ago, or this one is full
                why = refusal.message
            except NotFound:
                why = msg("It was scanned in a process for which you do not take in paper.")
        left.append(Left(copy.code, why))
    return Taken(tuple(sheets), tuple(left))


def _sheet_of(session: Session, actor: Actor, batch: IntakeBatch, copy: ScannedCopy, streets: StreetTable) -> IntakeSheet:
    ids = [page.page_id for page in copy.pages]
    sheet = next_sheet(session, batch, uuid.uuid4(), copy.code)
    take_pages(session, actor, ids, rules.record_of(sheet.id))
    readers = readers_of(session, ids)
    sheet.first = first_entry(batch.kind, copy.pages, streets)
    sheet.first_by = next(iter(readers[ids[0]]), None)
    add_sheet(session, batch, sheet)
    note(session, actor, "intake_sheet.from_scan", sheet, batch, pages=len(ids))
    session.flush()
    return sheet


def give_back_scans(session: Session, actor: Actor, command: GiveBackScans) -> int:
    """Take the sheets that came from scans out of a batch again, as far as nobody has read them a second time.

    Returns how many; their pages lie in the scans as before. Raises what `take_scans` raises.
    """
    batch = held_batch(session, actor, command.batch_id, rules.TAKES_SHEETS, NOT_OPEN)
    sheets = session.scalars(
        select(IntakeSheet)
        .where(IntakeSheet.batch_id == batch.id, IntakeSheet.state == SheetState.ENTERED)
        .order_by(IntakeSheet.number)
        .with_for_update()
    ).all()
    count = 0
    for sheet in sheets:
        if give_back_pages(session, actor, rules.record_of(sheet.id)):
            note(session, actor, "intake_sheet.taken_back", sheet, batch)
            session.delete(sheet)
            count += 1
    session.flush()
    return count
