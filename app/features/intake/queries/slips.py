"""From the code on a slip, torn off a printed form or taken along from a public screen, to what became of it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.intake.models import IntakeSheet
from app.features.printing.queries import read_code
from app.features.proposals.queries import Proposal, by_follow_code
from app.kernel.references import token_hash


def proposal_of_slip(session: Session, text: str) -> Proposal | None:
    """The proposal that a form has become, or that was sent at a screen, by the code on its slip as somebody typed it; None for
    any other code."""
    code = read_code(text)
    if code is None:
        return None
    query = select(Proposal).join(IntakeSheet, IntakeSheet.proposal_id == Proposal.id)
    found = session.scalars(query.where(IntakeSheet.slip_hash == token_hash(code))).one_or_none()
    return found or by_follow_code(session, code)
