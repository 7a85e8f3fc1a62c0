"""Taking one's own proposal back, changing one's mind, and hiding one's name even afterwards."""

from sqlalchemy.orm import Session

from app.features.proposals import rules
from app.features.proposals.commands import HideName, OwnProposal
from app.features.proposals.models import Proposal, ProposalState
from app.features.proposals.use_cases.drafting import own_proposal
from app.kernel import audit, clock
from app.kernel.errors import Conflict
from app.kernel.messages import msg
from app.kernel.permissions import Actor


def withdraw_proposal(session: Session, actor: Actor, command: OwnProposal) -> Proposal:
    """Take one's own proposal back: it is gone from every page, and can be brought back for some days. Throws a draft away.

    A second click changes nothing. Raises NotFound for anybody but the writer.
    """
    proposal = own_proposal(session, actor, command.proposal_id, command.token, lock=True)
    before = proposal.state
    if before is ProposalState.WITHDRAWN:
        return proposal
    proposal.withdrawn_from = before.value
    proposal.state = ProposalState.WITHDRAWN
    proposal.changed_at = clock.now()
    session.flush()
    if before is not ProposalState.DRAFT:
        _note(session, actor, proposal, "proposal.withdrawn", before)
    return proposal


def restore_proposal(session: Session, actor: Actor, command: OwnProposal) -> Proposal:
    """Undo a withdrawal: the proposal is again what it was before. A second click changes nothing.

    Raises NotFound for anybody but the writer, Conflict when it is too late.
    """
    proposal = own_proposal(session, actor, command.proposal_id, command.token, lock=True)
    if proposal.state is not ProposalState.WITHDRAWN:
        return proposal
    if not rules.may_undo(proposal, clock.now()) or proposal.withdrawn_from is None:
        raise Conflict(
            msg("This was withdrawn more than %(days)s days ago. Make a new proposal instead.", days=rules.UNDO_FOR.days)
        )
    proposal.state = ProposalState(proposal.withdrawn_from)
    proposal.withdrawn_from = None
    proposal.changed_at = clock.now()
    session.flush()
    if proposal.state is not ProposalState.DRAFT:
        _note(session, actor, proposal, "proposal.brought_back", ProposalState.WITHDRAWN)
    return proposal


def hide_name(session: Session, actor: Actor, command: HideName) -> Proposal:
    """Show the author's name with the proposal or not, from now on. Raises NotFound for anybody but the author."""
    proposal = own_proposal(session, actor, command.proposal_id, command.token, lock=True)
    if proposal.name_hidden is not command.hidden:
        proposal.name_hidden = command.hidden
        action = "proposal.name_hidden" if command.hidden else "proposal.name_shown"
        audit.record(session, actor, action, proposal, process_id=proposal.process_id)
        session.flush()
    return proposal


def _note(session: Session, actor: Actor, proposal: Proposal, action: str, before: ProposalState) -> None:
    audit.record(
        session, actor, action, proposal, process_id=proposal.process_id, before=before.value, after=proposal.state.value
    )
    session.flush()
