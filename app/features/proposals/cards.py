"""What a proposal looks like in lists: the values that the card component draws."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.features.proposals.labels import ANSWERS
from app.features.proposals.listing import Choices
from app.features.proposals.queries import Proposal
from app.kernel.texts import excerpt
from app.web.filters import local_text, translate

SUMMARY_LENGTH = 150


@dataclass(frozen=True)
class Card:
    """One proposal as a list shows it; see components/card.html."""

    url: str
    reference: str
    title: str
    language: str
    area: str
    summary: str
    supports: int
    comments: int
    marked: bool
    state: str = ""
    state_icon: str = ""
    state_tone: str = ""
    photo_url: str | None = None
    photo_alt: str = ""


def card(proposal: Proposal, known: Choices) -> Card:
    """The card of one proposal; its photos are loaded already."""
    look = ANSWERS.get(proposal.answer_status or "")
    state: dict[str, Any] = {}
    if look:
        state = {"state": translate(look.label), "state_icon": look.icon, "state_tone": look.tone}
    if proposal.photos:
        first = proposal.photos[0]
        state["photo_url"] = url_for("proposals_authoring.photo", photo_id=first.id, size="small")
        state["photo_alt"] = first.alternative_text
    return Card(
        url=url_for("proposals.show", reference=proposal.reference),
        reference=proposal.reference,
        title=proposal.title,
        language=proposal.language,
        area=local_text(known.areas.name(proposal.area_id)) or proposal.place_label,
        summary=excerpt(proposal.text, SUMMARY_LENGTH),
        supports=proposal.supports_count,
        comments=proposal.comments_count,
        marked=proposal.lon is not None,
        **state,
    )
