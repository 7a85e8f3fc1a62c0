"""Who has read a sheet, and so knows the contact on it and cannot show with that whose proposal it is; and whose a sheet is."""

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.intake.models import IntakeSheet
from app.features.intake.rules import record_of, sheet_of_record
from app.features.proposals.queries import Proposal
from app.features.proposals.use_cases import contact_known_by
from app.features.scans.queries import looked_through, people_known_by


@contact_known_by
def has_read(session: Session, proposal_id: uuid.UUID, person_id: uuid.UUID) -> bool:
    """Whether this person typed, read or settled the sheet that the proposal was, or looked its scan through."""
    sheet = session.scalars(select(IntakeSheet).where(IntakeSheet.proposal_id == proposal_id)).first()
    if sheet is None:
        return False
    hands = (sheet.first_by, sheet.second_by, sheet.settled_by)
    return person_id in hands or bool(looked_through(session, person_id, [record_of(sheet.id)]))


@people_known_by
def whose_sheet(session: Session, record: str) -> Iterable[uuid.UUID]:
    """Whose answer the sheet has become, or whose account its proposal was put to."""
    sheet_id = sheet_of_record(record)
    if sheet_id is None:
        return ()
    query = select(IntakeSheet.person_id, Proposal.author_id).outerjoin(Proposal, Proposal.id == IntakeSheet.proposal_id)
    row = session.execute(query.where(IntakeSheet.id == sheet_id)).first()
    return [one for one in row if one is not None] if row is not None else ()
