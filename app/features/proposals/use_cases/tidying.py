"""What nobody can come back to is deleted every night: drafts thrown away, and drafts a browser has forgotten."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, selectinload

from app.features.proposals.models import Proposal, ProposalState
from app.features.proposals.use_cases.photos import erase_files

GUEST_DRAFTS_KEPT = timedelta(days=30)
"""A draft without an account is bound to one browser, which forgets it sooner than this."""
AT_ONCE = 200


def thrown_away(before: datetime) -> ColumnElement[bool]:
    """Drafts that their author threw away before that moment."""
    return and_(
        Proposal.state == ProposalState.WITHDRAWN,
        Proposal.withdrawn_from == ProposalState.DRAFT.value,
        Proposal.changed_at < before,
    )


def left_behind(before: datetime) -> ColumnElement[bool]:
    """Drafts without an account that nobody has touched since that moment."""
    return and_(Proposal.state == ProposalState.DRAFT, Proposal.author_id.is_(None), Proposal.changed_at < before)


def count_drafts(session: Session, which: ColumnElement[bool]) -> int:
    """How many `delete_drafts` would delete in all."""
    return session.scalar(select(func.count()).select_from(Proposal).where(which)) or 0


def delete_drafts(session: Session, which: ColumnElement[bool], most: int = AT_ONCE) -> int:
    """Delete at most so many of these drafts, with their photos. Returns how many."""
    query = select(Proposal).where(which).options(selectinload(Proposal.photos)).limit(most)
    stale = session.scalars(query).all()
    for proposal in stale:
        erase_files(session, list(proposal.photos))
        session.delete(proposal)
    session.flush()
    return len(stale)
