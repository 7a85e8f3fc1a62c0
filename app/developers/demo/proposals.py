"""Proposals come in, as residents and clerks bring them, each on its day; then supports, comments, answers follow."""

import json
import random
import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, update

from app.developers.demo import deciding, discussion, pictures
from app.developers.demo.people import resident
from app.developers.demo.stage import Stage
from app.features.proposals.models import Proposal, ProposalState, Support
from app.features.proposals.pictures import read_picture
from app.features.proposals.use_cases import (
    AddPhoto,
    AtPoint,
    Contact,
    Drawn,
    InArea,
    OwnProposal,
    PublishProposal,
    StartDraft,
    TakeInProposal,
    Where,
    WholeCity,
    add_photo,
    follow,
    publish_proposal,
    start_draft,
    take_in_proposal,
    withdraw_proposal,
)
from app.kernel import clock
from app.kernel.permissions import Actor, Channel

Entry = dict[str, Any]
PROPOSALS = uuid.UUID("c1a6a6f4-0d5c-4f7e-9a86-2f3f7b1d9e55")
BY_HANDS = {Channel.PAPER, Channel.PHONE, Channel.DESK}
TAIL, EXPONENT = 70, 0.85
"""Where an entry names no number, the proposal in place n (drawn by lot) has about TAIL / n^EXPONENT supports."""


def bring_in(stage: Stage, entries: list[Entry]) -> dict[str, Proposal]:
    """Play every entry from draft to answer. Returns the proposals by their key."""
    found = {}
    numbers = _long_tail(entries, stage.process.slug)
    for entry in entries:
        chance = random.Random(entry["key"])
        proposal = _bring(stage, entry, chance)
        found[entry["key"]] = proposal
        if proposal.state is not ProposalState.PUBLISHED:
            continue
        _support(stage, proposal, entry.get("supports") or numbers[entry["key"]], chance)
        comments = discussion.hold(stage, proposal, entry.get("comments", ()), chance)
        _follow(stage, proposal, entry, chance)
        deciding.answer(stage, proposal, entry.get("answer", ()))
        deciding.reports(stage, proposal, entry, chance)
        for index, reason, hide in entry.get("reported_comments", ()):
            deciding.report_comment(stage, comments[index], reason, chance, hide=hide)
        if entry.get("state") == "withdrawn" and proposal.author_id:
            with clock.pinned(stage.last - timedelta(days=2)):
                withdraw_proposal(stage.session, Actor(person_id=proposal.author_id), OwnProposal(proposal.id))
    return found


def _long_tail(entries: list[Entry], seed: str) -> dict[str, int]:
    """How many supports each proposal has where its entry does not say: a few have many, most have few."""
    keys = [entry["key"] for entry in entries if "supports" not in entry]
    random.Random(seed).shuffle(keys)
    return {key: round(TAIL / place**EXPONENT) for place, key in enumerate(keys, start=2)}


def _bring(stage: Stage, entry: Entry, chance: random.Random) -> Proposal:
    """The proposal as it reaches its first public state, and the moderator's decision where one is needed."""
    channel = Channel(entry.get("channel", "web"))
    wrote_at = stage.calendar.past(entry["ago"], chance)
    with clock.pinned(wrote_at):
        proposal = _take_in(stage, entry, channel) if channel in BY_HANDS else _write(stage, entry, channel, chance)
    deciding.moderate(stage, proposal, entry, chance, wrote_at)
    return proposal


def _take_in(stage: Stage, entry: Entry, channel: Channel) -> Proposal:
    proposal, _token = take_in_proposal(
        stage.session,
        stage.people.actor("clerk"),
        TakeInProposal(
            process_id=stage.process.id,
            title=entry["title"],
            text=entry["text"],
            where=_where(stage, entry),
            channel=channel,
            category_id=_category(stage, entry),
            author_name=entry.get("guest", ""),
            contact=Contact(phone=entry["phone"], locale=entry["lang"]) if "phone" in entry else None,
            language=entry["lang"],
        ),
    )
    return proposal


def _write(stage: Stage, entry: Entry, channel: Channel, chance: random.Random) -> Proposal:
    """Written at a screen: by somebody with an account, or as a guest."""
    session = stage.session
    actor = _author(stage, entry, channel, chance)
    proposal, token = start_draft(
        session,
        actor,
        StartDraft(
            process_id=stage.process.id,
            title=entry["title"],
            text=entry["text"],
            category_id=_category(stage, entry),
            where=_where(stage, entry),
            author_name=entry.get("guest", ""),
            language=entry["lang"],
            proposal_id=uuid.uuid5(PROPOSALS, entry["key"]),
        ),
    )
    for scene, words in entry.get("photos", ()):
        picture = read_picture(pictures.draw(scene))
        add_photo(
            session,
            actor,
            AddPhoto(proposal.id, picture.full, picture.thumbnail, picture.width, picture.height, words, token),
        )
    if entry.get("state") == "draft":
        return proposal
    return publish_proposal(session, actor, PublishProposal(proposal.id, token, follow=entry.get("follow", False)))


def _author(stage: Stage, entry: Entry, channel: Channel, chance: random.Random) -> Actor:
    if "guest" in entry:
        return Actor(channel=channel, locale=entry["lang"])
    if "by" in entry:
        return resident(stage.people.cast[entry["by"]], channel)
    return resident(stage.people.somebody(entry["lang"], chance), channel)


def _category(stage: Stage, entry: Entry) -> uuid.UUID:
    return next(category.id for category in stage.process.categories if category.code == entry["cat"])


def _where(stage: Stage, entry: Entry) -> Where:
    """The place of an entry: an address, a drawing, an area, or the whole city. Raises ValueError when it says none."""
    if "at" in entry:
        match = stage.streets.match(entry["at"])[0]
        return AtPoint(match.lon, match.lat, entry["at"])
    if "line" in entry:
        return Drawn(json.dumps({"type": "LineString", "coordinates": entry["line"]}), entry.get("label", ""))
    if "polygon" in entry:
        ring = [*entry["polygon"], entry["polygon"][0]]
        return Drawn(json.dumps({"type": "Polygon", "coordinates": [ring]}), entry.get("label", ""))
    if "area" in entry:
        return InArea(stage.areas[entry["area"]].id, entry.get("label", ""))
    if entry.get("city"):
        return WholeCity()
    raise ValueError(f"the proposal {entry['key']} does not say where it is")


def _support(stage: Stage, proposal: Proposal, number: int, chance: random.Random) -> None:
    """Supports go in together, with the number on the proposal: one by one they would take a minute."""
    crowd = [person for person in stage.people.residents if person.id != proposal.author_id]
    since = proposal.published_at or stage.last
    rows = [
        {
            "id": uuid.UUID(int=chance.getrandbits(128), version=4),
            "proposal_id": proposal.id,
            "person_id": person.id,
            "channel": Channel.KIOSK if chance.random() < 0.06 else Channel.WEB,
            "created_at": since + (stage.last - since) * chance.random() ** 1.7,
        }
        for person in chance.sample(crowd, min(number, len(crowd)))
    ]
    if rows:
        stage.session.execute(insert(Support), rows)
        counted = update(Proposal).where(Proposal.id == proposal.id).values(supports_count=len(rows))
        stage.session.execute(counted.execution_options(synchronize_session=False))
        stage.session.refresh(proposal, ["supports_count"])


def _follow(stage: Stage, proposal: Proposal, entry: Entry, chance: random.Random) -> None:
    """The cast follows what its entry says; some others follow what they like."""
    since = proposal.published_at or stage.last
    for key in entry.get("followed_by", ()):
        with clock.pinned(stage.calendar.between(since, stage.last, chance)):
            follow(stage.session, resident(stage.people.cast[key]), proposal.id)
