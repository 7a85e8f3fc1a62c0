"""Publishing a draft: once, complete, and while the phase is open."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.notifications.use_cases import notify
from app.features.proposals import mails, rules
from app.features.proposals.commands import Contact, PublishProposal
from app.features.proposals.follow_links import follow_code
from app.features.proposals.models import Follow, GuestContact, Proposal, ProposalState
from app.features.proposals.queries import postal_address
from app.features.proposals.use_cases.drafting import own_proposal
from app.features.proposals.use_cases.gate import process_of, require_may_propose
from app.features.spaces import queries as spaces
from app.features.spaces.queries import Process, Publication
from app.kernel import audit, clock
from app.kernel.automated import decides
from app.kernel.errors import Conflict
from app.kernel.messages import msg
from app.kernel.permissions import Actor
from app.kernel.references import token_hash


def publish_proposal(session: Session, actor: Actor, command: PublishProposal) -> Proposal:
    """Make a draft visible to everyone, or send it to the moderators where the process says so. A second click changes nothing.

    Raises NotFound for anybody but the writer, SignInRequired, PhaseClosed outside the phase, Invalid with what is missing.
    """
    proposal = own_proposal(session, actor, command.proposal_id, command.token, lock=True)
    if proposal.state in (ProposalState.PENDING, ProposalState.PUBLISHED):
        return proposal
    if proposal.state is not ProposalState.DRAFT:
        raise Conflict(msg("This proposal is not a draft any more."))
    process = process_of(session, proposal.process_id)
    require_may_propose(actor, process)
    rules.require_complete(proposal, needs_category=bool(spaces.categories_of(session, process)))
    release(proposal, process)
    if proposal.author_id is None:
        proposal.follow_code_hash = token_hash(follow_code(proposal.id))
    if command.follow and actor.person_id:
        _follow(session, proposal, actor)
    contact = None
    if command.contact is not None and proposal.author_id is None:
        contact = keep_contact(session, proposal, command.contact)
    audit.record(session, actor, "proposal.sent", proposal, process_id=process.id, before="draft", after=proposal.state.value)
    tell_author(session, proposal, contact)
    session.flush()
    return proposal


@decides("first_state")
def release(proposal: Proposal, process: Process) -> None:
    """Lead a finished proposal to its first public state: published, or waiting for a moderator."""
    now = clock.now()
    if process.publication is Publication.AFTER_APPROVAL:
        proposal.state = ProposalState.PENDING
    else:
        proposal.state = ProposalState.PUBLISHED
        proposal.published_at = now
    proposal.changed_at = now


def keep_contact(session: Session, proposal: Proposal, contact: Contact) -> GuestContact | None:
    """Keep how to reach a writer without an account, apart from the proposal; None when there is nothing to keep."""
    if not (contact.email or contact.phone or contact.postal):
        return None
    kept = GuestContact(
        proposal_id=proposal.id,
        email=contact.email or None,
        phone=contact.phone or None,
        postal=contact.postal or None,
        locale=contact.locale,
        large_print=contact.large_print,
    )
    session.add(kept)
    return kept


def tell_author(session: Session, proposal: Proposal, contact: GuestContact | None) -> None:
    """A letter with the reference and the address: to the author, or to the address that a guest left, on paper where it is one
    of the post."""
    letter = mails.PUBLISHED if proposal.state is ProposalState.PUBLISHED else mails.WAITING
    params = {"proposal_id": str(proposal.id), "reference": proposal.reference}
    if proposal.author_id is not None:
        notify(session, letter, person_id=proposal.author_id, params=params)
    elif contact is not None and contact.email:
        notify(session, letter, email=contact.email, locale=contact.locale, params=params)
    elif contact is not None and (postal := postal_address(proposal, contact)) is not None:
        notify(session, letter, postal=postal, params=params)


def _follow(session: Session, proposal: Proposal, actor: Actor) -> None:
    """The author asked for news. Asked twice is asked once."""
    known = select(Follow.id).where(Follow.proposal_id == proposal.id, Follow.person_id == actor.person_id)
    if session.scalar(known) is None and actor.person_id:
        session.add(Follow(proposal_id=proposal.id, person_id=actor.person_id))
