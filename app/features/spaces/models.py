"""What we remember about processes, their phases, categories, and the areas of the city."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.model import Identified, Model, Timestamped
from app.kernel.types import words


class Action(StrEnum):
    """What a phase can open."""

    PROPOSE = "propose"
    SUPPORT = "support"
    COMMENT = "comment"
    VOTE = "vote"


class ProcessState(StrEnum):
    """Drafts are seen by administrators only; archived processes are read, never changed."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Publication(StrEnum):
    """When a new proposal appears."""

    AT_ONCE = "at_once"
    AFTER_APPROVAL = "after_approval"


class Participation(StrEnum):
    """Who may propose."""

    ACCOUNT = "account"
    ANYBODY = "anybody"


class Area(Identified, Timestamped, Model):
    """A district or neighbourhood: a polygon with a name. Areas nest. `version` counts its changes."""

    __tablename__ = "area"
    __table_args__ = (
        UniqueConstraint("code"),
        Index("ix_area_bounds", "west", "east", "south", "north"),
        CheckConstraint("west <= east AND south <= north", name="bounds"),
    )

    code: Mapped[str] = mapped_column(String(64))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("area.id", ondelete="RESTRICT"), index=True)
    name: Mapped[dict[str, str]]
    level: Mapped[int] = mapped_column(default=0)
    geojson: Mapped[str] = mapped_column(Text)
    size: Mapped[float] = mapped_column(default=0.0)  # square kilometres, good enough to tell which area is smaller
    lon: Mapped[float]
    lat: Mapped[float]
    west: Mapped[float]
    south: Mapped[float]
    east: Mapped[float]
    north: Mapped[float]
    version: Mapped[int] = mapped_column(default=1)


class Process(Identified, Timestamped, Model):
    """A participatory process with a beginning and an end.

    `version` counts its changes (phases and categories have their own); a form that was opened before somebody else's
    change is recognised by it.

    A rehearsal is a copy of the process `rehearsal_of`. It is a draft for ever, which the database keeps, so whatever shows
    published processes leaves it out without knowing of rehearsals (docs/adr/0009-rehearsals-are-drafts-of-their-own.md).
    """

    __tablename__ = "process"
    __table_args__ = (
        CheckConstraint("rehearsal_of IS NULL OR state = 'draft'", name="rehearsal_is_draft"),
        UniqueConstraint("rehearsal_of"),
    )

    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[dict[str, str]]
    summary: Mapped[dict[str, str]] = mapped_column(default=dict)
    description: Mapped[dict[str, str]] = mapped_column(default=dict)
    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id", ondelete="RESTRICT"), index=True)
    state: Mapped[ProcessState] = mapped_column(words(ProcessState), default=ProcessState.DRAFT)
    publication: Mapped[Publication] = mapped_column(words(Publication), default=Publication.AT_ONCE)
    participation: Mapped[Participation] = mapped_column(words(Participation), default=Participation.ACCOUNT)
    contact: Mapped[str] = mapped_column(String(200), default="")
    imported: Mapped[bool] = mapped_column(default=False)
    rehearsal_of: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("process.id", ondelete="RESTRICT"))
    interrupted_at: Mapped[datetime | None]  # since when the committee has stopped the vote, until it decides to go on
    version: Mapped[int] = mapped_column(default=1)

    area: Mapped[Area] = relationship(lazy="joined", innerjoin=True)
    phases: Mapped[list["Phase"]] = relationship(
        primaryjoin="and_(Process.id == Phase.process_id, Phase.removed_at.is_(None))",
        back_populates="process",
        order_by="Phase.position, Phase.starts_at",
        cascade="save-update, merge",
        passive_deletes="all",
    )
    categories: Mapped[list["Category"]] = relationship(
        back_populates="process", order_by="Category.position", cascade="save-update, merge", passive_deletes="all"
    )


class Phase(Identified, Timestamped, Model):
    """A dated stage of a process; says which actions are open. `ends_at` is the first moment at which it is over.

    A removed phase is kept with `removed_at`, so that it can be restored; `Process.phases` leaves it out.
    """

    __tablename__ = "phase"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="order"),)

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    title: Mapped[dict[str, str]]
    description: Mapped[dict[str, str]] = mapped_column(default=dict)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    actions: Mapped[list[str]] = mapped_column(default=list)
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    removed_at: Mapped[datetime | None]

    process: Mapped[Process] = relationship(back_populates="phases")


class Category(Identified, Timestamped, Model):
    """What a proposal is about; staff define them per process. Archived ones stay on what they were given to."""

    __tablename__ = "category"
    __table_args__ = (UniqueConstraint("process_id", "code"),)

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[dict[str, str]]
    position: Mapped[int] = mapped_column(default=0)
    archived: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    process: Mapped[Process] = relationship(back_populates="categories")


class FormerAddress(Timestamped, Model):
    """A name that a process once had in its address; whoever follows an old link is sent to the new one."""

    __tablename__ = "former_address"

    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)


class AreaUpload(Identified, Timestamped, Model):
    """A file of areas that was checked and waits for somebody to confirm it; removed then, or after a day."""

    __tablename__ = "area_upload"

    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    file_name: Mapped[str] = mapped_column(String(255))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
