"""What other rooms decide about a proposal: moderators its state, officers the status of its answer."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.proposals import rules
from app.features.proposals.models import Proposal, ProposalState
from app.kernel import clock
from app.kernel.errors import NotFound
from app.kernel.permissions import Actor, Permission


def set_proposal_state(session: Session, actor: Actor, proposal_id: uuid.UUID, state: ProposalState) -> Proposal:
    """Lead a proposal to the state that a moderator decided on. The caller writes the audit entry: it knows the reason.

    Raises NotFound, Forbidden, and Conflict when the present state does not lead there.
    """
    proposal = _locked(session, proposal_id)
    actor.require(Permission.MODERATE, proposal.process_id)
    rules.require_step(proposal.state, state)
    proposal.state = state
    proposal.changed_at = clock.now()
    if state is ProposalState.PUBLISHED and proposal.published_at is None:
        proposal.published_at = clock.now()
    session.flush()
    return proposal


def note_answer(session: Session, actor: Actor, proposal_id: uuid.UUID, status: str | None) -> Proposal:
    """Remember the status of the official answer on the proposal, so that lists need no join. None: no answer any more.

    Raises NotFound and Forbidden. The caller writes the audit entry.
    """
    proposal = _locked(session, proposal_id)
    actor.require(Permission.ANSWER, proposal.process_id)
    proposal.answer_status = status
    session.flush()
    return proposal


def _locked(session: Session, proposal_id: uuid.UUID) -> Proposal:
    query = select(Proposal).where(Proposal.id == proposal_id).with_for_update().execution_options(populate_existing=True)
    proposal = session.scalars(query).one_or_none()
    if proposal is None:
        raise NotFound
    return proposal
