"""What becomes of paper: what a person's sheet said goes; a clerk's hands are no longer named."""

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.features.intake.models import IntakeBatch, IntakeSheet, SheetKind
from app.features.intake.rules import record_of
from app.features.printing.queries import FormKey, Kind
from app.features.proposals.queries import Proposal
from app.features.scans.use_cases import forget_pages
from app.kernel.erasing import Subject, anonymous, declare, nothing_of_people
from app.kernel.messages import msg

NOTHING: dict[str, Any] = {}
HANDS = (IntakeSheet.first_by, IntakeSheet.second_by, IntakeSheet.settled_by, IntakeSheet.void_by)


def _theirs(subject: Subject) -> ColumnElement[bool]:
    """Sheets that became an answer of theirs, or a proposal that is theirs. Comes before proposals lose their author."""
    claimed = select(Proposal.id).where(Proposal.author_id == subject.person_id)
    typed = or_(*(column != NOTHING for column in (IntakeSheet.first, IntakeSheet.second, IntakeSheet.settled)))
    return or_(IntakeSheet.person_id == subject.person_id, IntakeSheet.proposal_id.in_(claimed) & typed)


def _forget_scans(session: Session, subject: Subject) -> None:
    """The pages of their sheets, whoever of the two still knows whose they are."""
    claimed = select(Proposal.id).where(Proposal.author_id == subject.person_id)
    theirs = or_(IntakeSheet.person_id == subject.person_id, IntakeSheet.proposal_id.in_(claimed))
    rows = session.execute(
        select(IntakeSheet.id, IntakeSheet.serial, IntakeBatch.kind, IntakeBatch.process_id, IntakeBatch.agreement_id)
        .join(IntakeBatch, IntakeBatch.id == IntakeSheet.batch_id)
        .where(theirs)
    ).all()
    copies = []
    for row in rows:
        consent = row.kind is SheetKind.CONSENT
        subject_id = row.agreement_id if consent else row.process_id
        if subject_id is not None:
            copies.append((FormKey(Kind.CONSENT if consent else Kind.PROPOSAL, subject_id), row.serial))
    if rows:
        forget_pages(session, [record_of(row.id) for row in rows], copies)


_sheets = anonymous(
    "sheets",
    msg("What was typed from your paper forms"),
    IntakeSheet.person_id,
    emptied={IntakeSheet.first: NOTHING, IntakeSheet.second: NOTHING, IntakeSheet.settled: NOTHING},
    where=_theirs,
    why=msg("That there was a sheet belongs to the count of its batch. What it said, and whose it was, go."),
    order=15,
)


def _empty_sheets(session: Session, subject: Subject, most: int) -> int:
    _forget_scans(session, subject)
    return _sheets.run(session, subject, most)


declare(replace(_sheets, run=_empty_sheets))
anonymous(
    "sheets_typed",
    msg("Paper forms of others that you typed, read or settled as a clerk"),
    *HANDS,
    kept=(IntakeSheet.void_reason,),
    why=msg("They are somebody else's voice. That your hands typed them is no longer said."),
    order=46,
)
anonymous(
    "batches_signed",
    msg("Batches of paper that you opened or signed as a clerk"),
    IntakeBatch.opened_by,
    IntakeBatch.entered_by,
    IntakeBatch.reconciled_by,
    IntakeBatch.closed_by,
    kept=(IntakeBatch.count_reason, IntakeBatch.reopened_reason),
    why=msg("The count of the batch stays. Your name is no longer on it."),
    order=46,
)
nothing_of_people("the name of a place, and what is printed on paper", "intake_batch.station", "intake_sheet.serial")
