"""Proposals that did not come by a screen: on paper, at the desk, by phone. They count exactly as a click does."""

import uuid

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.proposals import rules
from app.features.proposals.commands import Contact, TakeInProposal
from app.features.proposals.follow_links import follow_code, slip_token
from app.features.proposals.models import GuestContact, Proposal, ProposalState
from app.features.proposals.use_cases.drafting import add_with_reference
from app.features.proposals.use_cases.gate import process_of, require_open
from app.features.proposals.use_cases.place import put_place
from app.features.proposals.use_cases.publishing import keep_contact, release, tell_author
from app.features.spaces import queries as spaces
from app.features.spaces.queries import Action, Process
from app.kernel import audit, clock
from app.kernel.errors import Conflict, Invalid, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Channel, Permission
from app.kernel.references import token_hash

SAID = (
    *("title", "text", "language", "category_id", "channel", "hands_id", "author_id", "author_name", "name_hidden"),
    *("place_kind", "place_label", "geojson", "lon", "lat", "area_id"),
)
"""What a sheet says, as it is kept; how to reach the person is kept apart."""
BY_HANDS = frozenset({Channel.PAPER, Channel.PHONE, Channel.DESK})


def take_in_proposal(session: Session, actor: Actor, command: TakeInProposal) -> tuple[Proposal, str]:
    """Enter somebody else's proposal. Voice and hands are stored apart; returns the proposal and the secret of its
    follow-up link, which is printed on the slip and stored as a hash only. The same form sent twice is taken in once, and both
    clicks get the same answer.

    Raises NotFound, Forbidden unless the actor takes in for this process, PhaseClosed when the phase was not open at
    the moment of arrival, Invalid with what is wrong or missing, Refused for a place that cannot be, Conflict for a form
    that was taken in before with other words.
    """
    if command.form_id is not None and session.get(Proposal, command.form_id) is not None:
        return _taken_in_before(session, actor, command, command.form_id)
    proposal_id = command.form_id or uuid.uuid4()
    token = slip_token(proposal_id)  # a repeated click meets the same secret
    proposal, process = _checked(session, actor, command, proposal_id)
    proposal.follow_token_hash = token_hash(token)
    proposal.follow_code_hash = token_hash(follow_code(proposal_id))
    release(proposal, process)
    try:
        add_with_reference(session, proposal)
    except IntegrityError:  # the other click of a double click was faster by a moment
        return _taken_in_before(session, actor, command, proposal_id)
    contact = keep_contact(session, proposal, command.contact) if command.contact is not None else None
    audit.record(
        session,
        actor,
        "proposal.taken_in",
        proposal,
        process_id=process.id,
        voice_id=command.author_id,
        channel=command.channel,
    )
    tell_author(session, proposal, contact)
    session.flush()
    return proposal, token


def check_take_in(session: Session, actor: Actor, command: TakeInProposal) -> None:
    """Refuse now what `take_in_proposal` would refuse later, for sheets that wait for a second reading. Nothing is kept.

    Raises what `take_in_proposal` raises, but Conflict.
    """
    _checked(session, actor, command, command.form_id or uuid.uuid4())


def _checked(session: Session, actor: Actor, command: TakeInProposal, proposal_id: uuid.UUID) -> tuple[Proposal, Process]:
    """The proposal as no session knows it yet, with its place, complete; and its process. Raises what is wrong."""
    process = process_of(session, command.process_id)
    actor.require(Permission.INTAKE, process.id)
    if command.channel not in BY_HANDS:
        raise Invalid({"channel": msg("Say whether it came on paper, at the desk or by phone.")})
    received_at = command.received_at or clock.now()
    if received_at > clock.now():
        raise Invalid({"received_at": msg("This day is still to come. Write when the sheet arrived.")})
    require_open(process, Action.PROPOSE, received_at)
    errors = rules.too_long(command.title, command.text, command.author_name)
    categories = spaces.categories_of(session, process)
    if command.category_id is not None and command.category_id not in {category.id for category in categories}:
        errors["category_id"] = msg("Choose one of the categories of this process.")
    proposal = _written(actor, command, proposal_id)
    try:
        put_place(session, actor, process, proposal, command.where)
    except Refused as refusal:
        if not errors:
            raise
        errors["where"] = refusal.message
    asks = bool(categories) and command.channel is not Channel.PAPER  # nobody can be asked what a sheet leaves out
    errors |= {k: v for k, v in rules.missing(proposal, needs_category=asks).items() if k not in errors}
    if errors:
        raise Invalid(errors)
    return proposal, process


def _written(actor: Actor, command: TakeInProposal, proposal_id: uuid.UUID) -> Proposal:
    """The sheet as a draft that no session knows yet, without its place."""
    return Proposal(
        id=proposal_id,
        process_id=command.process_id,
        category_id=command.category_id,
        title=command.title,
        text=command.text,
        language=command.language,
        state=ProposalState.DRAFT,
        author_id=command.author_id,
        author_name="" if command.author_id else command.author_name,
        name_hidden=command.name_hidden,
        hands_id=command.hands_id or actor.person_id,
        channel=command.channel,
    )


def _taken_in_before(session: Session, actor: Actor, command: TakeInProposal, proposal_id: uuid.UUID) -> tuple[Proposal, str]:
    """What the first click of the same form made; anything else than its own is another sheet, and is not lost silently."""
    actor.require(Permission.INTAKE, command.process_id)
    proposal = session.get(Proposal, proposal_id)
    if proposal is None or not _is_kept(session, actor, command, proposal):
        raise Conflict(
            msg("This form was already taken in with other words. Send it again to take it in as a proposal of its own.")
        )
    return proposal, slip_token(proposal_id)


def _is_kept(session: Session, actor: Actor, command: TakeInProposal, proposal: Proposal) -> bool:
    """Whether everything that `command` says is what stands there, place and address of the person too."""
    if proposal.process_id != command.process_id:
        return False
    process = process_of(session, command.process_id)
    wanted = _written(actor, command, proposal.id)
    try:
        put_place(session, actor, process, wanted, command.where)
    except Refused:
        return False
    kept = session.get(GuestContact, proposal.id)
    return _reachable(command.contact) == _reachable(kept) and all(
        getattr(wanted, name) == getattr(proposal, name) for name in SAID
    )


def _reachable(contact: Contact | GuestContact | None) -> tuple[str, ...]:
    """How to reach the person; nothing when there is no way."""
    parts = (contact.email or "", contact.phone or "", contact.postal or "") if contact is not None else ("", "", "")
    return (*parts, contact.locale) if contact is not None and any(parts) else ()
