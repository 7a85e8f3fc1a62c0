"""What this room keeps about a person: the sheets of theirs, and the paper that a clerk worked on."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.features.intake.models import IntakeBatch, IntakeSheet
from app.features.intake.rules import counted_entry
from app.features.proposals.queries import Proposal
from app.kernel.messages import msg
from app.kernel.personal_data import collection

HANDS = (IntakeSheet.first_by, IntakeSheet.second_by, IntakeSheet.settled_by, IntakeSheet.void_by)
SIGNED = (IntakeBatch.opened_by, IntakeBatch.entered_by, IntakeBatch.reconciled_by, IntakeBatch.closed_by)


@collection(
    "sheets",
    msg("Paper forms: yours, and those that you typed or read as a clerk"),
    tables=("intake_sheet",),
    columns={
        "batch": msg("The batch it came in"),
        "number": msg("Its number in the batch"),
        "serial": msg("What is printed on it"),
        "state": msg("entered, read, differs, settled or void"),
        "said": msg("What was typed from it, as long as it is kept; of your own sheets only"),
        "worked_on_by_you": msg("Whether your hands worked on it"),
        "created_at": msg("When it was entered (UTC)"),
    },
)
def _sheets(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    rows = session.execute(
        select(IntakeSheet, IntakeBatch.reference, Proposal.author_id)
        .join(IntakeBatch, IntakeBatch.id == IntakeSheet.batch_id)
        .outerjoin(Proposal, Proposal.id == IntakeSheet.proposal_id)
        .where(or_(IntakeSheet.person_id == person_id, Proposal.author_id == person_id, *(one == person_id for one in HANDS)))
        .order_by(IntakeSheet.created_at)
    )
    for sheet, reference, author_id in rows:
        mine = person_id in (sheet.person_id, author_id)
        yield {
            "batch": reference,
            "number": sheet.number,
            "serial": sheet.serial,
            "state": sheet.state.value,
            "said": dict(counted_entry(sheet.first, sheet.settled)) if mine else None,
            "worked_on_by_you": person_id in (sheet.first_by, sheet.second_by, sheet.settled_by, sheet.void_by),
            "created_at": sheet.created_at.isoformat(),
        }


@collection(
    "batches",
    msg("Batches of paper that you opened or signed as a clerk"),
    tables=("intake_batch",),
    columns={
        "reference": msg("The reference"),
        "station": msg("Where the sheets were handed in"),
        "day": msg("On which day"),
        "state": msg("open, entered, second_reading, reconciled, closed or reopened"),
        "created_at": msg("When it was opened (UTC)"),
    },
)
def _batches(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    found = session.scalars(
        select(IntakeBatch).where(or_(*(one == person_id for one in SIGNED))).order_by(IntakeBatch.created_at)
    )
    for batch in found:
        yield {
            "reference": batch.reference,
            "station": batch.station,
            "day": batch.day.isoformat(),
            "state": batch.state.value,
            "created_at": batch.created_at.isoformat(),
        }
