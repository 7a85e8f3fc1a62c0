"""One proposal as its page shows it: everything looked up once, in words of the reader's language."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.features.accounts import queries as accounts
from app.features.maps.queries import MapSpec
from app.features.proposals import labels
from app.features.proposals.models import PlaceKind
from app.features.proposals.queries import (
    Comment,
    CommentState,
    Discussion,
    Proposal,
    ProposalState,
    Standing,
    area_names,
    standing,
    supports_by_channel,
)
from app.features.spaces import queries as spaces
from app.features.spaces.queries import Action, Process
from app.kernel import clock
from app.kernel.errors import NotFound
from app.kernel.permissions import Actor, Permission
from app.web.filters import channel_word, local_text, translate


@dataclass(frozen=True)
class ShownProposal:
    """A proposal with what stands around it. `closed` maps each action that is not open to its reason."""

    proposal: Proposal
    process: Process
    author: str
    channel: str
    area: str
    area_code: str
    category: str
    category_code: str
    standing: Standing
    closed: Mapping[str, str]
    is_own: bool
    supports_by: Mapping[str, int]
    """For staff of the process: the supports by the way they came in, in words; empty where there is nothing to compare."""

    @property
    def published(self) -> bool:
        """Whether everybody sees it."""
        return self.proposal.state is ProposalState.PUBLISHED

    @property
    def place_words(self) -> str:
        """Where it is, in words: for people who do not see the map, and beside it for those who do."""
        kind, label = self.proposal.place_kind, self.proposal.place_label
        if kind is PlaceKind.WHOLE_CITY:
            return label or _("The whole city")
        if kind is PlaceKind.AREA:
            return label or _("All of %(area)s", area=self.area)
        if label and self.area:
            return f"{label}, {self.area}"
        return label or self.area

    @property
    def map_spec(self) -> MapSpec | None:
        """The map of its place; None when it is not marked on the map."""
        proposal = self.proposal
        if proposal.geojson is None or proposal.lon is None or proposal.lat is None or proposal.place_kind is PlaceKind.AREA:
            return None
        feature = {
            "type": "Feature",
            "id": proposal.reference,
            "geometry": proposal.geojson,
            "properties": {
                "title": proposal.title,
                "state": proposal.answer_status or "open",
                "point": [proposal.lon, proposal.lat],
            },
        }
        return MapSpec(
            kind="place",
            map_id="place_map",
            features={"type": "FeatureCollection", "features": [feature]},
            centre=(proposal.lon, proposal.lat) if proposal.place_kind is PlaceKind.POINT else None,
            bounds=None if proposal.place_kind is PlaceKind.POINT else _bounds(proposal),
            zoom=17 if proposal.place_kind is PlaceKind.POINT else None,
            size="small",
        )


def _bounds(proposal: Proposal) -> tuple[float, float, float, float] | None:
    west, south, east, north = proposal.west, proposal.south, proposal.east, proposal.north
    if west is None or south is None or east is None or north is None:
        return None
    return west, south, east, north


def show_proposal(session: Session, actor: Actor, proposal: Proposal) -> ShownProposal:
    """Look up what the page of `proposal` says. Raises NotFound when its process is gone."""
    process = spaces.process(session, proposal.process_id)
    if process is None:
        raise NotFound
    names = accounts.people_names(session, [proposal.author_id]) if proposal.author_id and not proposal.name_hidden else {}
    areas = area_names(session)
    area = areas.by_id.get(proposal.area_id) if proposal.area_id else None
    category = next((one for one in process.categories if one.id == proposal.category_id), None)
    now = clock.now()
    return ShownProposal(
        proposal=proposal,
        process=process,
        author=author_name(proposal.author_id, proposal.author_name, names, hidden=proposal.name_hidden),
        channel=channel_words(proposal.channel),
        area=local_text(area.name) if area else "",
        area_code=area.code if area else "",
        category=local_text(category.name) if category else "",
        category_code=category.code if category else "",
        standing=standing(session, actor.person_id, proposal.id),
        closed={
            action.value: translate(spaces.why_closed(process, action, now))
            for action in (Action.SUPPORT, Action.COMMENT)
            if not spaces.action_open(process, action, now)
        },
        is_own=actor.person_id is not None and actor.person_id == proposal.author_id,
        supports_by=_supports_by(session, proposal.id) if actor.may(Permission.STAFF_AREA, process.id) else {},
    )


def _supports_by(session: Session, proposal_id: uuid.UUID) -> dict[str, int]:
    ways = supports_by_channel(session, [proposal_id]).get(proposal_id, {})
    return {channel_word(way): number for way, number in ways.items()}


def author_name(person_id: uuid.UUID | None, written: str, names: Mapping[uuid.UUID, str], *, hidden: bool = False) -> str:
    """Whose voice it is: the present name of an account, the name somebody wrote, or "a resident"."""
    if hidden:
        return _("A resident")
    return (names.get(person_id) if person_id else None) or written or _("A resident")


def channel_words(channel: Any) -> str:
    """How it came in, where that is not a click: said beside the name, never instead of it."""
    words = labels.CHANNELS.get(channel)
    return translate(words) if words else ""


@dataclass(frozen=True)
class ShownComment:
    """A comment as the component draws it, and what this reader can do with it."""

    id: uuid.UUID
    anchor: str
    author: str
    when: Any
    text: str
    language: str
    stance: str
    note: str
    official: bool
    gone: str
    can_withdraw: bool
    can_restore: bool
    can_report: bool
    url: str


_STANCE_NAMES = {"in_favour": "favour", "against": "against", "neutral": "neutral"}


def show_comment(actor: Actor, proposal: Proposal, comment: Comment, found: Discussion) -> ShownComment:
    """One comment or reply. Of one that is gone for this reader only its place is left."""
    own = actor.person_id is not None and actor.person_id == comment.author_id
    moderates = actor.may(Permission.MODERATE, proposal.process_id)
    published = comment.state is CommentState.PUBLISHED
    readable = published or own or (moderates and comment.state is CommentState.HIDDEN)
    came = channel_words(comment.channel)
    return ShownComment(
        id=comment.id,
        anchor=f"comment-{comment.id}",
        author=author_name(comment.author_id, comment.author_name, found.names) if readable else "",
        when=comment.created_at,
        text=comment.text if readable else "",
        language=comment.language,
        stance=_STANCE_NAMES[comment.stance.value] if readable and comment.parent_id is None else "",
        note=_("Came in %(channel)s.", channel=came) if came else "",
        official=comment.author_id in found.staff,
        gone="" if published else _why_gone(comment, own=own),
        can_withdraw=own and published,
        can_restore=own and comment.state is CommentState.WITHDRAWN,
        can_report=published and not own,
        url=url_for("proposals.show", reference=proposal.reference, _anchor=f"comment-{comment.id}"),
    )


def _why_gone(comment: Comment, *, own: bool) -> str:
    if comment.state is CommentState.HIDDEN:
        return _("A moderator has hidden this comment. Only you see it.") if own else _("A moderator has hidden this comment.")
    return _("You have withdrawn this comment. Only you see it.") if own else _("Its author has withdrawn this comment.")
