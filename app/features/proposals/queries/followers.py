"""Who wants news of a proposal, and who has done what with it."""

import uuid
from dataclasses import dataclass

from sqlalchemy import exists, literal, select
from sqlalchemy.orm import Session

from app.features.notifications.queries import PostalAddress
from app.features.proposals.models import Follow, GuestContact, Proposal, Support
from app.features.proposals.rules import is_postal


@dataclass(frozen=True)
class Recipient:
    """Somebody to write to: a person with an account, or the address that a guest left. `locale` is known for guests.

    `postal`: they left a postal address and no e-mail address, so the news goes on paper.
    """

    person_id: uuid.UUID | None = None
    email: str | None = None
    locale: str | None = None
    postal: PostalAddress | None = None


def followers(session: Session, proposal_id: uuid.UUID) -> list[Recipient]:
    """Everybody who gets news of the proposal, each once: its author, those who follow it, a guest who left an address."""
    author = select(Proposal.author_id).where(Proposal.id == proposal_id, Proposal.author_id.is_not(None))
    people = session.scalars(author.union(select(Follow.person_id).where(Follow.proposal_id == proposal_id)))
    found = [Recipient(person_id=person_id) for person_id in sorted(people, key=str) if person_id]
    guest = session.get(GuestContact, proposal_id)
    if guest is not None and guest.email:
        found.append(Recipient(email=guest.email, locale=guest.locale))
    elif guest is not None and (postal := postal_address(session.get_one(Proposal, proposal_id), guest)) is not None:
        found.append(Recipient(locale=guest.locale, postal=postal))
    return found


def postal_address(about: Proposal, guest: GuestContact) -> PostalAddress | None:
    """Where news of a proposal goes on paper; None where no letter would arrive: a name alone, say, as some write on a form."""
    if not guest.postal or not is_postal(guest.postal):
        return None
    return PostalAddress(about.id, about.process_id, guest.postal, guest.locale, guest.large_print)


@dataclass(frozen=True)
class Standing:
    """What one reader has done with one proposal."""

    supports: bool = False
    follows: bool = False


def standing(session: Session, person_id: uuid.UUID | None, proposal_id: uuid.UUID) -> Standing:
    """Whether this person supports and follows the proposal; one statement, none for people who are not signed in."""
    if person_id is None:
        return Standing()
    row = session.execute(
        select(
            exists().where(Support.proposal_id == proposal_id, Support.person_id == person_id).label("supports"),
            exists().where(Follow.proposal_id == proposal_id, Follow.person_id == person_id).label("follows"),
        ).select_from(select(literal(1)).subquery())
    ).one()
    return Standing(bool(row.supports), bool(row.follows))
