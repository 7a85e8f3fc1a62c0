"""Supporting a proposal and taking it back. The database keeps one per person; the number changes with the row."""

import uuid

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.proposals.models import Proposal, ProposalState, Support
from app.features.proposals.queries import visible_proposal
from app.features.proposals.use_cases.gate import process_of, require_open
from app.features.spaces.queries import Action
from app.kernel import clock
from app.kernel.errors import NotFound
from app.kernel.permissions import Actor


def support_proposal(session: Session, actor: Actor, proposal_id: uuid.UUID) -> bool:
    """Back a proposal publicly while the phase is open for it. Returns False when this person backed it already.

    Raises SignInRequired, NotFound, PhaseClosed.
    """
    person_id = actor.require_signed_in()
    proposal = open_proposal(session, actor, proposal_id, Action.SUPPORT)
    try:
        with session.begin_nested():
            session.add(Support(proposal_id=proposal.id, person_id=person_id, channel=actor.channel))
            session.flush()
    except IntegrityError:
        return False
    _count(session, proposal, +1)
    return True


def withdraw_support(session: Session, actor: Actor, proposal_id: uuid.UUID) -> bool:
    """Take one's support back while the phase is open. Returns False when there was none.

    Raises SignInRequired, NotFound, PhaseClosed.
    """
    person_id = actor.require_signed_in()
    proposal = open_proposal(session, actor, proposal_id, Action.SUPPORT)
    gone = session.execute(
        delete(Support)
        .where(Support.proposal_id == proposal.id, Support.person_id == person_id)
        .returning(Support.id)
        .execution_options(synchronize_session=False)
    ).all()
    if gone:
        _count(session, proposal, -1)
    return bool(gone)


def open_proposal(session: Session, actor: Actor, proposal_id: uuid.UUID, action: Action) -> Proposal:
    """A published proposal whose process is open for `action` now. Raises NotFound and PhaseClosed."""
    proposal = visible_proposal(session, actor, proposal_id)
    if proposal.state is not ProposalState.PUBLISHED:
        raise NotFound
    require_open(process_of(session, proposal.process_id), action, clock.now())
    return proposal


def _count(session: Session, proposal: Proposal, change: int) -> None:
    """The database adds: two requests at once lose nothing."""
    session.execute(
        update(Proposal)
        .where(Proposal.id == proposal.id)
        .values(supports_count=Proposal.supports_count + change)
        .execution_options(synchronize_session=False)
    )
    session.refresh(proposal, ["supports_count"])
