"""Small things that the pages of a writer show: a place in words, a state in words, a link as a QR code."""

import io
from dataclasses import dataclass
from typing import Any

import segno
from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from app.extensions import db
from app.features.proposals.models import PlaceKind, ProposalState
from app.features.proposals.queries import Proposal, area_names, similar
from app.features.spaces.queries import Process
from app.kernel.texts import excerpt
from app.web.filters import local_text

SIMILAR_MOST = 3


def place_words(process: Process, proposal: Proposal) -> str:
    """Where a proposal is, in one line."""
    area = local_text(area_names(db.session()).name(proposal.area_id)) if proposal.area_id else ""
    if proposal.place_kind is None:
        return ""
    if proposal.place_kind is PlaceKind.WHOLE_CITY:
        return gettext("The whole city")
    if proposal.place_label:
        return gettext("%(place)s, %(area)s", place=proposal.place_label, area=area)
    marked = {
        PlaceKind.POINT: gettext("A place in %(area)s", area=area),
        PlaceKind.LINE: gettext("A line in %(area)s", area=area),
        PlaceKind.POLYGON: gettext("A marked area in %(area)s", area=area),
    }
    return marked.get(proposal.place_kind, area)


def similar_cards(proposal: Proposal) -> list[dict[str, Any]]:
    """Published proposals that may say the same, as cards to judge by."""
    session = db.session()
    found = similar(session, proposal.process_id, f"{proposal.title}\n{proposal.text}", SIMILAR_MOST)
    names = area_names(session) if found else None
    return [
        {
            "url": url_for("proposals.show", reference=one.reference),
            "title": one.title,
            "reference": one.reference,
            "area": local_text(names.name(one.area_id)) if names else "",
            "summary": excerpt(one.text),
            "supports": one.supports_count,
            "comments": one.comments_count,
            "photo_url": url_for(".photo", photo_id=one.photos[0].id, size="small") if one.photos else None,
            "photo_alt": one.photos[0].alternative_text if one.photos else "",
        }
        for one in found
    ]


@dataclass(frozen=True)
class ShownState:
    """A state with its word, its icon and its tone."""

    word: str
    icon: str
    tone: str
    explanation: str


def state_words(proposal: Proposal) -> ShownState:
    """What has become of a proposal, for its writer."""
    return {
        ProposalState.DRAFT: ShownState(gettext("Draft"), "pencil", "neutral", gettext("Only you can see it.")),
        ProposalState.PENDING: ShownState(
            gettext("Waiting for a moderator"),
            "hourglass",
            "warning",
            gettext("A moderator reads it before it appears. Only you and the moderators see it."),
        ),
        ProposalState.PUBLISHED: ShownState(gettext("Published"), "circle-check", "good", gettext("Everybody can see it.")),
        ProposalState.HIDDEN: ShownState(
            gettext("Hidden by a moderator"), "eye-off", "bad", gettext("Only you and the moderators see it.")
        ),
        ProposalState.WITHDRAWN: ShownState(
            gettext("Withdrawn"), "circle-x", "neutral", gettext("You have taken it back. Nobody else sees it.")
        ),
    }[proposal.state]


def link_qr(url: str) -> Markup:
    """A QR code of an address as SVG, drawn here; black on white so that every phone reads it."""
    buffer = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        buffer, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, dark="#000", light="#fff"
    )
    return Markup(buffer.getvalue().decode())  # noqa: S704  drawn by segno from an address of ours
