"""A proposal that came on paper, at the desk or by phone is put to the account of whoever wrote it: once, and they are told."""

import hmac
import uuid
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.accounts.queries import Person, person_by_email
from app.features.notifications.use_cases import notify
from app.features.proposals import mails
from app.features.proposals.commands import ClaimAtDesk, ClaimProposal
from app.features.proposals.models import GuestContact, Proposal, ProposalState
from app.features.proposals.queries import followers, proposal_by_reference
from app.features.proposals.queries.own import by_follow_token
from app.features.proposals.rules import is_postal, is_reachable
from app.features.proposals.use_cases.taking_in import BY_HANDS
from app.kernel import audit
from app.kernel.errors import Conflict, Forbidden, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission
from app.kernel.texts import clean_line

ONCE = msg("This proposal was put to an account before, which is no more. It is given once.")
TAKEN = msg("This proposal belongs to an account already. If that is not right, ask at a desk.")
Knows = Callable[[Session, uuid.UUID, uuid.UUID], bool]
"""Is given a proposal and a person, and says whether that person has read the contact on its form in office."""
_knowing: list[Knows] = []


def contact_known_by(knows: Knows) -> Knows:
    """Register who can tell which people have read a form: rooms that stand on this one."""
    if knows not in _knowing:
        _knowing.append(knows)
    return knows


def claim_proposal(session: Session, actor: Actor, command: ClaimProposal) -> Proposal:
    """Put the proposal of a slip to the actor's account, who knows the contact that was written on the form.

    Doing it again changes nothing. Raises SignInRequired, NotFound for a wrong code, Conflict when it is somebody's already,
    Refused for another contact than the one on the form, or where none was given: a desk helps then. Forbidden for clerks who
    typed or read the sheet: they have seen both.
    """
    person_id = actor.require_signed_in()
    proposal = _held(session, by_follow_token(session, command.token))
    if _has_read(session, proposal, person_id):
        raise Forbidden(msg("A colleague has to do this for you."))
    if proposal.author_id is not None:
        if proposal.author_id == person_id:
            return proposal
        raise Conflict(TAKEN)
    contact = session.get(GuestContact, proposal.id)
    if not is_reachable(contact):
        raise Refused(msg("No contact was written on the form. Go to a desk with your slip: there it is put to your account."))
    if not _is_theirs(contact, command.contact):
        raise Refused(msg("This is not what is written on the form. Write it as you did there."), field="contact")
    return _give(session, actor, proposal, person_id, contact)


def claim_at_desk(session: Session, actor: Actor, command: ClaimAtDesk) -> Proposal:
    """A clerk has made sure whose proposal it is, and puts it to the account of that person.

    One clerk's word is enough only where nothing else can show it: where no contact was written on the form. Else the person
    says what they wrote, or their account has the e-mail address that they wrote.

    Raises Refused for an unknown reference or account and for another contact than the one on the form, Forbidden for a clerk's
    own account, and for whoever typed or read the contact and so knows it; Conflict when it is somebody's already, or was and
    that account is erased.
    """
    found = proposal_by_reference(session, command.reference)
    if found is None or not actor.may(Permission.INTAKE, found.process_id):
        raise Refused(msg("There is no proposal with this reference in your processes."), field="reference")
    proposal = _held(session, found)
    person = person_by_email(session, command.email)
    if person is None:
        raise Refused(msg("Nobody has an account with this address. They can make one, and come back."), field="email")
    if person.id == actor.person_id:
        raise Forbidden(msg("A colleague has to do this for you."))
    if proposal.author_id is not None:
        if proposal.author_id == person.id:
            return proposal
        raise Conflict(TAKEN)
    if proposal.follow_token_hash is None:  # its slip ended when it was given, and erasing the account gives no new one
        raise Conflict(ONCE)
    contact = session.get(GuestContact, proposal.id)
    if is_reachable(contact) and not _has_address(person, contact):
        if _has_read(session, proposal, actor.require_signed_in()):
            raise Forbidden(
                msg("You typed or read this proposal, and know the contact on the form. A colleague has to do this.")
            )
        if not _is_theirs(contact, command.contact):
            raise Refused(
                msg(
                    "On the form stands another contact. Ask the person what they wrote there, so that the city can reach them."
                ),
                field="contact",
            )
    return _give(session, actor, proposal, person.id, contact)


def _has_read(session: Session, proposal: Proposal, person_id: uuid.UUID) -> bool:
    """Whether they typed the proposal, or have read its form: whoever reads a sheet the second time types the contact, too."""
    return proposal.hands_id == person_id or any(knows(session, proposal.id, person_id) for knows in _knowing)


def _has_address(person: Person, contact: GuestContact) -> bool:
    """Whether the account has, confirmed, the e-mail address on the form."""
    if not contact.email or not person.email or person.email_confirmed_at is None:
        return False
    return contact.email.strip().casefold() == person.email.strip().casefold()


def _held(session: Session, found: Proposal) -> Proposal:
    """The proposal, held until the end of the transaction; NotFound unless it came by somebody's hands."""
    query = select(Proposal).where(Proposal.id == found.id).with_for_update().execution_options(populate_existing=True)
    proposal = session.scalars(query).one_or_none()
    if proposal is None or proposal.channel not in BY_HANDS or proposal.state is ProposalState.DRAFT:
        raise NotFound
    return proposal


def _give(session: Session, actor: Actor, proposal: Proposal, person_id: object, contact: GuestContact | None) -> Proposal:
    """Whoever wrote no name on the form is not named by their account either, until they want to be."""
    reference = {"proposal_id": str(proposal.id), "reference": proposal.reference}
    proposal.name_hidden = proposal.name_hidden or not proposal.author_name
    proposal.author_id, proposal.author_name = person_id, ""  # type: ignore[assignment]
    proposal.follow_token_hash = proposal.follow_code_hash = None
    audit.record(session, actor, "proposal.claimed", proposal, process_id=proposal.process_id, voice_id=proposal.author_id)
    notify(session, mails.CLAIMED, person_id=proposal.author_id, params=reference)
    if contact is not None:
        for reader in followers(session, proposal.id):
            if reader.email or reader.postal:  # whoever it was: a stranger who found the slip must not stay unnoticed
                notify(
                    session, mails.CLAIMED_BY, email=reader.email, locale=reader.locale, postal=reader.postal, params=reference
                )
        session.delete(contact)
    session.flush()
    return proposal


def _is_theirs(contact: GuestContact, typed: str) -> bool:
    """Whether it is one of the ways to reach them; compared in the same time whatever it is. A name alone is none: others know
    it, too."""
    postal = contact.postal if contact.postal and is_postal(contact.postal) else ""
    wanted = [_plain(contact.email or ""), _digits(contact.phone or ""), _plain(postal)]
    given = [_plain(typed), _digits(typed), _plain(typed)]
    return any(bool(a) and hmac.compare_digest(a.encode(), b.encode()) for a, b in zip(wanted, given, strict=True))


def _plain(text: str) -> str:
    return "".join(char for char in clean_line(text).casefold() if char.isalnum() or char in "@.+-_")


def _digits(text: str) -> str:
    """The last digits: with or without the code of the country."""
    digits = "".join(char for char in text if char.isdecimal())
    return digits[-8:] if len(digits) >= 5 else ""
