"""What nobody can come back to is deleted by a daily task: drafts thrown away, and drafts a browser has forgotten."""

from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, selectinload

from app.features.proposals import rules
from app.features.proposals.models import Proposal, ProposalState
from app.features.proposals.use_cases.photos import erase_files
from app.kernel import clock
from app.kernel.automated import decides
from app.kernel.errors import Forbidden
from app.kernel.permissions import Actor

GUEST_DRAFTS_KEPT = timedelta(days=30)
"""A draft without an account is bound to one browser, which forgets it sooner than this."""
AT_ONCE = 200


@decides("stale_drafts")
def delete_stale_drafts(session: Session, actor: Actor) -> int:
    """Delete drafts that were thrown away and can no longer be brought back, and drafts of guests that nobody touched
    for a month, with their photos. At most 200 at a time; returns how many. Raises Forbidden for anybody but the system.
    """
    if not actor.is_system:
        raise Forbidden
    now = clock.now()
    thrown_away = and_(
        Proposal.state == ProposalState.WITHDRAWN,
        Proposal.withdrawn_from == ProposalState.DRAFT.value,
        Proposal.changed_at < now - rules.UNDO_FOR,
    )
    left_behind = and_(
        Proposal.state == ProposalState.DRAFT,
        Proposal.author_id.is_(None),
        Proposal.changed_at < now - GUEST_DRAFTS_KEPT,
    )
    query = select(Proposal).where(or_(thrown_away, left_behind)).options(selectinload(Proposal.photos)).limit(AT_ONCE)
    stale = session.scalars(query).all()
    for proposal in stale:
        erase_files(session, list(proposal.photos))
        session.delete(proposal)
    session.flush()
    return len(stale)
