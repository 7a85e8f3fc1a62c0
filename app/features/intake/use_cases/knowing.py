"""Whoever has read a sheet knows the contact on it, and so cannot show with it whose proposal it is."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.intake.models import IntakeSheet
from app.features.intake.rules import record_of
from app.features.proposals.use_cases import contact_known_by
from app.features.scans.queries import looked_through


@contact_known_by
def has_read(session: Session, proposal_id: uuid.UUID, person_id: uuid.UUID) -> bool:
    """Whether this person typed, read or settled the sheet that the proposal was, or looked its scan through."""
    sheet = session.scalars(select(IntakeSheet).where(IntakeSheet.proposal_id == proposal_id)).first()
    if sheet is None:
        return False
    hands = (sheet.first_by, sheet.second_by, sheet.settled_by)
    return person_id in hands or bool(looked_through(session, person_id, [record_of(sheet.id)]))
