"""Asking for news of an implementation, and no longer."""

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.answers.models import ImplementationFollow
from app.features.answers.queries import visible_implementation
from app.kernel.permissions import Actor


def follow_implementation(session: Session, actor: Actor, reference: str) -> bool:
    """Get its news by mail. Returns False for somebody who does already. Raises SignInRequired, NotFound."""
    person_id = actor.require_signed_in()
    found = visible_implementation(session, actor, reference)
    try:
        with session.begin_nested():
            session.add(ImplementationFollow(implementation_id=found.id, person_id=person_id))
            session.flush()
    except IntegrityError:
        return False
    return True


def unfollow_implementation(session: Session, actor: Actor, reference: str) -> bool:
    """Get no more news. Returns False when there was nothing to end. Raises SignInRequired, NotFound."""
    person_id = actor.require_signed_in()
    found = visible_implementation(session, actor, reference)
    gone = session.execute(
        delete(ImplementationFollow)
        .where(ImplementationFollow.implementation_id == found.id, ImplementationFollow.person_id == person_id)
        .returning(ImplementationFollow.person_id)
        .execution_options(synchronize_session=False)
    ).all()
    return bool(gone)
