"""What a proposal must have, who may change it and which state follows. Pure: no database, no clock, no web."""

import re
import secrets
from datetime import datetime, timedelta
from typing import TypeGuard

from app.features.proposals.models import GuestContact, PlaceKind, Proposal, ProposalState
from app.kernel.automated import decides
from app.kernel.errors import Conflict, Invalid
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor
from app.kernel.references import token_hash

TITLE_MOST = 120
TEXT_MOST = 5_000
COMMENT_MOST = 2_000
NAME_MOST = 80
LABEL_MOST = 160
NAME_WORDS = 3
ALTERNATIVE_TEXT_MOST = 300
PHOTOS_MOST = 4
DRAFTS_MOST = 30
"""Drafts that one person may have at a time; more than anybody writes, fewer than a program would like."""

# Which states a moderator can lead a proposal to, from where.
MODERATED = {
    ProposalState.PENDING: {ProposalState.PUBLISHED, ProposalState.HIDDEN},
    ProposalState.PUBLISHED: {ProposalState.HIDDEN, ProposalState.PENDING},
    ProposalState.HIDDEN: {ProposalState.PUBLISHED, ProposalState.PENDING},
}
UNDO_FOR = timedelta(days=7)
"""How long a withdrawal, or throwing a draft away, can be undone."""
WITHDRAWABLE = frozenset({ProposalState.DRAFT, ProposalState.PENDING, ProposalState.PUBLISHED, ProposalState.HIDDEN})


def is_own(actor: Actor, proposal: Proposal, token: str | None = None) -> bool:
    """Whether the proposal is the actor's: by account, or by the secret that only its writer got."""
    if proposal.author_id is not None:
        return actor.person_id == proposal.author_id
    if not token or not proposal.follow_token_hash:
        return False
    return secrets.compare_digest(token_hash(token), proposal.follow_token_hash)


def too_long(title: str, text: str, author_name: str) -> dict[str, Message]:
    """What does not fit, by form field."""
    found = {}
    for field, value, most in (
        ("title", title, TITLE_MOST),
        ("text", text, TEXT_MOST),
        ("author_name", author_name, NAME_MOST),
    ):
        if len(value) > most:
            found[field] = msg(
                "This has %(length)s characters; at most %(most)s fit. Shorten it.", length=len(value), most=most
            )
    return found


def missing(proposal: Proposal, *, needs_category: bool) -> dict[str, Message]:
    """What a draft still needs before it can be published, by form field; empty when nothing."""
    found = {}
    if not proposal.title.strip():
        found["title"] = msg("Give your proposal a title.")
    if not proposal.text.strip():
        found["text"] = msg("Describe your proposal in a few sentences.")
    if needs_category and proposal.category_id is None:
        found["category_id"] = msg("Choose what your proposal is about.")
    if proposal.place_kind is None:
        found["where"] = msg("Say where it is, or choose “It is about the whole city”.")
    for number, photo in enumerate(proposal.photos, start=1):
        if not photo.alternative_text.strip():
            found[f"photo_{number}_text"] = msg("Say what photo %(number)s shows, for people who cannot see it.", number=number)
    return found


def require_complete(proposal: Proposal, *, needs_category: bool) -> None:
    """Raise Invalid that names everything still missing."""
    if errors := missing(proposal, needs_category=needs_category):
        raise Invalid(errors)


def require_step(before: ProposalState, after: ProposalState) -> None:
    """Raise Conflict unless a moderator can lead a proposal from `before` to `after`."""
    if after not in MODERATED.get(before, set()):
        raise Conflict(msg("This proposal has changed meanwhile. You see its present state now."))


@decides("limits")
def may_undo(proposal: Proposal, now: datetime) -> bool:
    """Whether a withdrawn proposal can still be brought back."""
    return (
        proposal.state is ProposalState.WITHDRAWN
        and proposal.withdrawn_from is not None
        and proposal.changed_at is not None
        and now - proposal.changed_at <= UNDO_FOR
    )


def was_sent(proposal: Proposal) -> bool:
    """Whether it was ever more than a draft."""
    return proposal.state is not ProposalState.DRAFT and proposal.withdrawn_from != ProposalState.DRAFT.value


def has_point(kind: PlaceKind | None) -> bool:
    """Whether the place was marked exactly, rather than as an area or the whole city."""
    return kind in (PlaceKind.POINT, PlaceKind.LINE, PlaceKind.POLYGON)


def is_reachable(contact: GuestContact | None) -> TypeGuard[GuestContact]:
    """Whether a way to reach the person was written on the form."""
    return contact is not None and bool(contact.email or contact.phone or is_postal(contact.postal or ""))


def is_postal(text: str) -> bool:
    """Whether a letter may arrive there: a name alone, of up to three words in one line and without a number, is no address."""
    parts = [part for part in re.split(r"[\n,;،؛]", text) if part.strip()]
    return len(parts) > 1 or len(text.split()) > NAME_WORDS or any(char.isdecimal() for char in text)
