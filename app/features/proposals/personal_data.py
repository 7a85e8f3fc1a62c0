"""What this room keeps about a person: what they wrote, backed and follow.

There may be thousands of each: columns are read, not objects.
"""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.features.proposals.models import Comment, Follow, Photo, Proposal, Support
from app.kernel.messages import msg
from app.kernel.personal_data import collection, files_of


@collection(
    "proposals",
    msg("Your proposals, drafts too"),
    tables=("proposal",),
    columns={
        "reference": msg("The public reference"),
        "title": msg("The title"),
        "text": msg("The text"),
        "language": msg("Its language"),
        "state": msg("draft, pending, published, hidden or withdrawn"),
        "name_hidden": msg("Whether your name is hidden"),
        "channel": msg("How it came in"),
        "place": msg("The place as GeoJSON"),
        "created_at": msg("When you began it (UTC)"),
        "published_at": msg("When it was published (UTC)"),
        "typed_by_you_for_another": msg("Whether you only typed it in for somebody else"),
    },
)
def _proposals(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    rows = session.execute(
        select(
            Proposal.author_id,
            Proposal.reference,
            Proposal.title,
            Proposal.text,
            Proposal.language,
            Proposal.state,
            Proposal.name_hidden,
            Proposal.channel,
            Proposal.geojson,
            Proposal.created_at,
            Proposal.published_at,
        )
        .where(or_(Proposal.author_id == person_id, Proposal.hands_id == person_id))
        .order_by(Proposal.created_at)
    )
    for row in rows:
        mine = row.author_id == person_id
        yield {
            "reference": row.reference,
            "title": row.title if mine else None,
            "text": row.text if mine else None,
            "language": row.language,
            "state": row.state.value,
            "name_hidden": row.name_hidden,
            "channel": row.channel.value,
            "place": row.geojson if mine else None,
            "created_at": row.created_at.isoformat(),
            "published_at": row.published_at.isoformat() if row.published_at else None,
            "typed_by_you_for_another": not mine,
        }


@collection(
    "comments",
    msg("Your comments"),
    tables=("comment",),
    columns={
        "proposal": msg("The proposal, by its reference"),
        "stance": msg("in_favour, against or neutral"),
        "text": msg("The text"),
        "state": msg("published, hidden or withdrawn"),
        "created_at": msg("When you wrote it (UTC)"),
    },
)
def _comments(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    rows = session.execute(
        select(Comment.stance, Comment.text, Comment.state, Comment.created_at, Proposal.reference)
        .join(Proposal, Proposal.id == Comment.proposal_id)
        .where(Comment.author_id == person_id)
        .order_by(Comment.created_at)
    )
    for row in rows:
        yield {
            "proposal": row.reference,
            "stance": row.stance.value,
            "text": row.text,
            "state": row.state.value,
            "created_at": row.created_at.isoformat(),
        }


@collection(
    "supports",
    msg("What you support"),
    tables=("support",),
    columns={
        "proposal": msg("The proposal, by its reference"),
        "channel": msg("How it came in"),
        "created_at": msg("Since when (UTC)"),
    },
)
def _supports(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    rows = session.execute(
        select(Support.channel, Support.created_at, Proposal.reference)
        .join(Proposal, Proposal.id == Support.proposal_id)
        .where(Support.person_id == person_id)
        .order_by(Support.created_at)
    )
    for row in rows:
        yield {"proposal": row.reference, "channel": row.channel.value, "created_at": row.created_at.isoformat()}


@collection(
    "follows",
    msg("What you follow"),
    tables=("follow",),
    columns={"proposal": msg("The proposal, by its reference"), "created_at": msg("Since when (UTC)")},
)
def _follows(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    rows = session.execute(
        select(Follow.created_at, Proposal.reference)
        .join(Proposal, Proposal.id == Follow.proposal_id)
        .where(Follow.person_id == person_id)
        .order_by(Follow.created_at)
    )
    for created_at, reference in rows:
        yield {"proposal": reference, "created_at": created_at.isoformat()}


@collection(
    "photos",
    msg("Photos of your proposals; the pictures themselves are in the folder “photos”"),
    tables=("photo",),
    columns={
        "proposal": msg("The proposal, by its reference"),
        "file": msg("The file in the folder “photos”"),
        "alternative_text": msg("What you wrote for people who do not see it"),
        "created_at": msg("When you put it on (UTC)"),
    },
)
def _photos(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    for photo, reference in session.execute(_photos_of(person_id)).tuples():
        yield {
            "proposal": reference,
            "file": _file_name(photo, reference),
            "alternative_text": photo.alternative_text,
            "created_at": photo.created_at.isoformat(),
        }


@files_of("photos")
def _photo_files(session: Session, person_id: uuid.UUID) -> Iterator[tuple[str, str]]:
    for photo, reference in session.execute(_photos_of(person_id)).tuples():
        yield f"photos/{_file_name(photo, reference)}", photo.key


def _photos_of(person_id: uuid.UUID) -> Select[Photo, str]:
    return (
        select(Photo, Proposal.reference)
        .join(Proposal, Proposal.id == Photo.proposal_id)
        .where(Proposal.author_id == person_id)
        .order_by(Proposal.created_at, Photo.position, Photo.id)
    )


def _file_name(photo: Photo, reference: str) -> str:
    return f"{reference}-{photo.position + 1}-{photo.id.hex[:8]}{photo.key[photo.key.rindex('.') :]}"
