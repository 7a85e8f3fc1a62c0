"""What a clerk has taken in."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.proposals.queries import Proposal
from app.kernel.permissions import Channel

IN_PERSON = Proposal.channel.in_((Channel.PHONE, Channel.DESK))
"""What came on paper is counted by its sheets: whoever settled a sheet has not taken it in alone."""


def taken_in_since(session: Session, clerk_id: uuid.UUID, since: datetime, limit: int = 20) -> Sequence[Proposal]:
    """What these hands took in at the counter and by telephone since a moment, newest first."""
    return session.scalars(
        select(Proposal)
        .where(Proposal.hands_id == clerk_id, IN_PERSON, Proposal.created_at >= since)
        .order_by(Proposal.created_at.desc(), Proposal.id)
        .limit(limit)
    ).all()


def count_since(session: Session, clerk_id: uuid.UUID, since: datetime) -> int:
    """How many these hands took in at the counter and by telephone since a moment."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Proposal)
            .where(Proposal.hands_id == clerk_id, IN_PERSON, Proposal.created_at >= since)
        )
        or 0
    )


def taken_in(session: Session, clerk_id: uuid.UUID, proposal_id: uuid.UUID) -> Proposal | None:
    """One proposal these hands entered."""
    return session.scalars(select(Proposal).where(Proposal.id == proposal_id, Proposal.hands_id == clerk_id)).first()
