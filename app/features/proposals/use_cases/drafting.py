"""Drafts: begun, written down, thrown away and brought back. Only their writer sees them."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from app.features.proposals import rules
from app.features.proposals.commands import SaveDraft, StartDraft
from app.features.proposals.models import Proposal, ProposalState
from app.features.proposals.use_cases.gate import process_of, require_may_propose
from app.features.proposals.use_cases.place import put_place
from app.features.spaces import queries as spaces
from app.features.spaces.queries import Process
from app.kernel import clock
from app.kernel.automated import decides
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor
from app.kernel.references import new_reference, new_token, token_hash

TRIES = 12


@decides("limits")
def start_draft(session: Session, actor: Actor, command: StartDraft) -> tuple[Proposal, str | None]:
    """Begin a proposal while the phase is open for it. Returns the draft, and for a writer without an account the secret
    that makes it theirs: it is stored as a hash only, and becomes the follow-up link when the proposal is published.

    The same form sent twice is one draft. Raises NotFound, SignInRequired, PhaseClosed, Invalid, and Refused for a place
    that cannot be.
    """
    if command.proposal_id is not None and session.get(Proposal, command.proposal_id) is not None:
        return _save_again(session, actor, command, command.proposal_id), command.token
    process = process_of(session, command.process_id)
    require_may_propose(actor, process)
    if actor.person_id and _drafts_of(session, actor.person_id) >= rules.DRAFTS_MOST:
        raise Refused(msg("You have %(most)s drafts. Publish or delete one of them first.", most=rules.DRAFTS_MOST))
    token = None if actor.person_id else command.token or new_token()
    proposal = Proposal(
        id=command.proposal_id or uuid.uuid4(),
        process_id=process.id,
        author_id=actor.person_id,
        channel=actor.channel,
        language=command.language,
        state=ProposalState.DRAFT,
        title="",
        text="",
        changed_at=clock.now(),
        follow_token_hash=token_hash(token) if token else None,
    )
    _write(session, actor, process, proposal, command)
    try:
        add_with_reference(session, proposal)
    except IntegrityError:  # the other click of a double click was faster by a moment
        if command.proposal_id is None:
            raise
        return _save_again(session, actor, command, command.proposal_id), command.token
    return proposal, token


def _save_again(session: Session, actor: Actor, command: StartDraft, proposal_id: uuid.UUID) -> Proposal:
    return save_draft(
        session,
        actor,
        SaveDraft(
            proposal_id,
            title=command.title,
            text=command.text,
            category_id=command.category_id,
            where=command.where,
            author_name=command.author_name,
            name_hidden=command.name_hidden,
            token=command.token,
        ),
    )


def save_draft(session: Session, actor: Actor, command: SaveDraft) -> Proposal:
    """Write down a draft. May be done after the phase has ended: what was written is not lost, only not published.

    Raises NotFound for what is not the writer's, Conflict for what is published already or was changed in another window,
    Invalid, and Refused for a place that cannot be.
    """
    proposal = own_proposal(session, actor, command.proposal_id, command.token, lock=True)
    if proposal.state is not ProposalState.DRAFT:
        raise Conflict(msg("You have sent this proposal already, so it cannot be changed any more."))
    if command.seen is not None and proposal.changed_at is not None and proposal.changed_at > command.seen:
        raise Conflict(msg("You changed this draft in another window meanwhile. Send again to keep what you see here."))
    process = process_of(session, proposal.process_id)
    _write(session, actor, process, proposal, command)
    proposal.changed_at = clock.now()
    session.flush()
    return proposal


def own_proposal(
    session: Session, actor: Actor, proposal_id: uuid.UUID, token: str | None = None, *, lock: bool = False
) -> Proposal:
    """The actor's own proposal with its photos, in any state. Somebody else's is NotFound, like one that does not exist."""
    query = select(Proposal).where(Proposal.id == proposal_id).options(selectinload(Proposal.photos))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    proposal = session.scalars(query).one_or_none()
    if proposal is None or not rules.is_own(actor, proposal, token):
        raise NotFound
    return proposal


def add_with_reference(session: Session, proposal: Proposal) -> None:
    """Add a new proposal under a reference that nobody has yet; five letters leave room for 20 million."""
    for _ in range(TRIES):
        proposal.reference = new_reference("P")
        try:
            with session.begin_nested():
                session.add(proposal)
                session.flush()
            return
        except IntegrityError:
            if _reference_is_free(session, proposal.reference):
                raise
    raise Conflict(msg("We could not find a free reference. Try again."))


def _reference_is_free(session: Session, reference: str) -> bool:
    return session.scalar(select(func.count()).where(Proposal.reference == reference)) == 0


def _drafts_of(session: Session, person_id: uuid.UUID) -> int:
    query = select(func.count()).where(Proposal.author_id == person_id, Proposal.state == ProposalState.DRAFT)
    return session.scalar(query) or 0


def _write(session: Session, actor: Actor, process: Process, proposal: Proposal, command: StartDraft | SaveDraft) -> None:
    errors = rules.too_long(command.title, command.text, command.author_name)
    if command.category_id is not None and not _is_category(session, process, command.category_id):
        errors["category_id"] = msg("Choose one of the categories of this process.")
    if errors:
        raise Invalid(errors)
    proposal.title = command.title
    proposal.text = command.text
    proposal.category_id = command.category_id
    proposal.author_name = "" if proposal.author_id else command.author_name
    proposal.name_hidden = command.name_hidden
    put_place(session, actor, process, proposal, command.where)


def _is_category(session: Session, process: Process, category_id: uuid.UUID) -> bool:
    return any(category.id == category_id for category in spaces.categories_of(session, process))
