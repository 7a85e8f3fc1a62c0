"""Proposals in every state, with what hangs on them. Counters on the proposal are kept in step."""

from typing import Any

from app.features.proposals.models import (
    Comment,
    Follow,
    GuestContact,
    Photo,
    PlaceKind,
    Proposal,
    ProposalState,
    Support,
)
from app.kernel import clock
from app.kernel.references import new_reference, new_token, token_hash
from tests.factories import accounts, spaces
from tests.factories.tools import add, number

PIN = (24.944, 60.17)
"""Inside the default process area and on the shipped map (longitude, latitude)."""


def proposal(process: Any = None, *, at: tuple[float, float] | None = PIN, **attributes: Any) -> Proposal:
    """A published proposal of a person with an account, with a pin at `at`; `at=None` makes it about the whole city.

    `author=None` makes it one without an account; `author=person` names the author.
    """
    process = process or spaces.process()
    n = number()
    if "author" in attributes:
        author = attributes.pop("author")
        attributes.setdefault("author_id", author.id if author else None)
    if "author_id" not in attributes:
        attributes["author_id"] = accounts.person().id
    state = attributes.get("state", ProposalState.PUBLISHED)
    now = clock.now()
    values: dict[str, Any] = {
        "reference": new_reference("P"),
        "process_id": process.id,
        "area_id": process.area_id if at else None,
        "title": f"A bench in the shade {n}",
        "text": "There is nowhere to sit between the library and the tram stop.\n\nA bench under the lime tree would help.",
        "state": state,
        "published_at": now if state in (ProposalState.PUBLISHED, ProposalState.HIDDEN) else None,
        "changed_at": now,
        **(_pin(at) if at else {"place_kind": PlaceKind.WHOLE_CITY}),
        **attributes,
    }
    return add(Proposal(**values))


def _pin(at: tuple[float, float]) -> dict[str, Any]:
    lon, lat = at
    return {
        "place_kind": PlaceKind.POINT,
        "geojson": {"type": "Point", "coordinates": [lon, lat]},
        "lon": lon,
        "lat": lat,
        "west": lon,
        "south": lat,
        "east": lon,
        "north": lat,
    }


def draft(process: Any = None, **attributes: Any) -> Proposal:
    """A complete draft that only its author sees."""
    return proposal(process, **{"state": ProposalState.DRAFT, **attributes})


def guest_proposal(process: Any = None, *, email: str | None = None, **attributes: Any) -> tuple[Proposal, str]:
    """A proposal without an account and the secret of its follow-up link; with `email`, news go there."""
    token = new_token()
    found = proposal(process, **{"author": None, "follow_token_hash": token_hash(token), **attributes})
    if email:
        add(GuestContact(proposal_id=found.id, email=email))
    return found, token


def photo(proposal: Proposal, **attributes: Any) -> Photo:
    """A photo's row, without files: pages link to it, its address answers like one that does not exist."""
    return add(
        Photo(
            **{
                "proposal_id": proposal.id,
                "key": f"{number():032x}.jpg",
                "thumbnail_key": f"{number():032x}.jpg",
                "alternative_text": "The empty corner under the tree",
                "width": 1200,
                "height": 800,
                "position": 0,
                **attributes,
            }
        )
    )


def support(proposal: Proposal, person: Any = None, **attributes: Any) -> Support:
    """One person's support; the proposal's number of supports grows with it."""
    person = person or accounts.person()
    found = add(Support(proposal_id=proposal.id, person_id=person.id, **attributes))
    proposal.supports_count = (proposal.supports_count or 0) + 1
    add(proposal)
    return found


def comment(proposal: Proposal, **attributes: Any) -> Comment:
    """A published neutral comment of a person; `parent=` makes it a reply. The number of comments grows, not by replies."""
    parent = attributes.pop("parent", None)
    if "author_id" not in attributes:
        author = attributes.pop("author", None) or accounts.person()
        attributes["author_id"] = author.id
    values = {"text": f"A remark, number {number()}.", "parent_id": parent.id if parent else None, **attributes}
    found = add(Comment(proposal_id=proposal.id, **values))
    if found.state == "published" and found.parent_id is None:
        proposal.comments_count = (proposal.comments_count or 0) + 1
        add(proposal)
    return found


def follow(proposal: Proposal, person: Any = None) -> Follow:
    """Somebody with an account who wants news of the proposal."""
    return add(Follow(proposal_id=proposal.id, person_id=(person or accounts.person()).id))
