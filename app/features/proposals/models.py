"""What we remember about proposals and what people do with them. Voice and hands are kept apart, for ever."""

import secrets
import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.automated import decides
from app.kernel.model import Identified, Model, Timestamped
from app.kernel.permissions import Channel
from app.kernel.types import words


class ProposalState(StrEnum):
    """DRAFT is seen by its author, PENDING waits for a moderator, HIDDEN is gone for everybody but author and moderators."""

    DRAFT = "draft"
    PENDING = "pending"
    PUBLISHED = "published"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


class PlaceKind(StrEnum):
    """How a proposal says where: drawn (point, line, polygon), a whole area of the city, or the whole city."""

    POINT = "point"
    LINE = "line"
    POLYGON = "polygon"
    AREA = "area"
    WHOLE_CITY = "whole_city"


class Stance(StrEnum):
    """What a comment says about the proposal."""

    IN_FAVOUR = "in_favour"
    AGAINST = "against"
    NEUTRAL = "neutral"


@decides("proposals_order")
def new_draw() -> int:
    """A proposal's number in the daily draw: random, never shown, positive and below 2^62."""
    return secrets.randbelow(2**62 - 1) + 1


class Proposal(Identified, Timestamped, Model):
    """What a resident puts forward; has a place or says that it is about the whole city."""

    __tablename__ = "proposal"
    # The lists are answered from these indexes alone: each holds what the filters and one order need, and the draw number,
    # by which the rows of one page are then fetched. `ix_proposal_draw` also counts. The others are read from their end
    # until a page is full, so the process comes last in them.
    __table_args__ = (
        Index("ix_proposal_draw", "state", "process_id", "category_id", "area_id", "answer_status", "place_kind", "draw"),
        Index("ix_proposal_newest", "state", "published_at", "draw", "process_id"),
        Index("ix_proposal_supports", "state", "supports_count", "draw", "process_id"),
        Index("ix_proposal_comments", "state", "comments_count", "draw", "process_id"),
        Index("ix_proposal_place", "state", "lon", "lat"),
        CheckConstraint("supports_count >= 0 AND comments_count >= 0", name="counts"),
    )

    reference: Mapped[str] = mapped_column(String(16), unique=True)
    # The fair order of each day is computed from it, and SQLite's full-text table knows the proposal by it.
    draw: Mapped[int] = mapped_column(BigInteger, unique=True, default=new_draw)
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="RESTRICT"), index=True)
    category_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("category.id", ondelete="RESTRICT"), index=True)
    area_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("area.id", ondelete="RESTRICT"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8), default="en")
    state: Mapped[ProposalState] = mapped_column(words(ProposalState), default=ProposalState.DRAFT)

    # Whose voice (null: no account), whose hands, and how it came in.
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    author_name: Mapped[str] = mapped_column(String(80), default="")
    name_hidden: Mapped[bool] = mapped_column(default=False)
    hands_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    channel: Mapped[Channel] = mapped_column(words(Channel), default=Channel.WEB)
    follow_token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    # Of the short code on the slip that a writer without an account takes along; it leads to the same page as the link.
    follow_code_hash: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)

    place_kind: Mapped[PlaceKind | None] = mapped_column(words(PlaceKind))
    place_label: Mapped[str] = mapped_column(String(160), default="")
    geojson: Mapped[dict[str, Any] | None] = mapped_column()
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    west: Mapped[float | None]
    south: Mapped[float | None]
    east: Mapped[float | None]
    north: Mapped[float | None]

    published_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    # The state that a withdrawal can be undone to; a draft that was thrown away is a withdrawn draft.
    withdrawn_from: Mapped[str | None] = mapped_column(String(16))
    supports_count: Mapped[int] = mapped_column(default=0)
    comments_count: Mapped[int] = mapped_column(default=0)
    answer_status: Mapped[str | None] = mapped_column(String(24), index=True)

    photos: Mapped[list["Photo"]] = relationship(
        back_populates="proposal", order_by="Photo.position", cascade="all, delete-orphan"
    )


class GuestContact(Model):
    """How to reach the author of a proposal made without an account; apart from the proposal, so that it can be erased."""

    __tablename__ = "guest_contact"

    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    postal: Mapped[str | None] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(String(8), default="en")
    large_print: Mapped[bool] = mapped_column(default=False, server_default=false())


class Photo(Identified, Timestamped, Model):
    """A picture of a proposal, re-encoded by us without its metadata, with a text for those who do not see it."""

    __tablename__ = "photo"

    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(48))
    thumbnail_key: Mapped[str] = mapped_column(String(48))
    alternative_text: Mapped[str] = mapped_column(String(300))
    width: Mapped[int]
    height: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)

    proposal: Mapped[Proposal] = relationship(back_populates="photos")


class Support(Identified, Timestamped, Model):
    """A resident's public backing of a proposal; withdrawn by deleting it. One per person and proposal."""

    __tablename__ = "support"
    __table_args__ = (UniqueConstraint("proposal_id", "person_id"),)

    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    channel: Mapped[Channel] = mapped_column(words(Channel), default=Channel.WEB)


class CommentState(StrEnum):
    """Whether a comment is seen."""

    PUBLISHED = "published"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


class Comment(Identified, Timestamped, Model):
    """A remark under a proposal; in favour, against or neutral; one level of replies."""

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_thread", "proposal_id", "state", "created_at"),)

    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    author_name: Mapped[str] = mapped_column(String(80), default="")
    hands_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    channel: Mapped[Channel] = mapped_column(words(Channel), default=Channel.WEB)
    stance: Mapped[Stance] = mapped_column(words(Stance), default=Stance.NEUTRAL)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8), default="en")
    state: Mapped[CommentState] = mapped_column(words(CommentState), default=CommentState.PUBLISHED)


class Follow(Identified, Timestamped, Model):
    """Who wants news of a proposal: a person. (Guests get news through their contact.) Never set silently."""

    __tablename__ = "follow"
    __table_args__ = (UniqueConstraint("proposal_id", "person_id"),)

    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)


class ContentVersion(Model):
    """A number per process that grows with every change of what maps and feeds show; triggers keep it (`version_ddl.py`)."""

    __tablename__ = "proposal_content_version"

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, default=0)
