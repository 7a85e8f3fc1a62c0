"""Asking for news of a proposal, and no longer. Nobody follows silently."""

import uuid

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.proposals.models import Follow
from app.features.proposals.queries import visible_proposal
from app.kernel.permissions import Actor


def follow(session: Session, actor: Actor, proposal_id: uuid.UUID) -> bool:
    """Get news of a proposal by mail. Returns False for somebody who does already. Raises SignInRequired, NotFound."""
    person_id = actor.require_signed_in()
    proposal = visible_proposal(session, actor, proposal_id)
    try:
        with session.begin_nested():
            session.add(Follow(proposal_id=proposal.id, person_id=person_id))
            session.flush()
    except IntegrityError:
        return False
    return True


def unfollow(session: Session, actor: Actor, proposal_id: uuid.UUID) -> bool:
    """Get no more news, also of a proposal that is hidden meanwhile. Returns False when there was nothing to end.

    Raises SignInRequired.
    """
    person_id = actor.require_signed_in()
    gone = session.execute(
        delete(Follow)
        .where(Follow.proposal_id == proposal_id, Follow.person_id == person_id)
        .returning(Follow.id)
        .execution_options(synchronize_session=False)
    ).all()
    return bool(gone)
