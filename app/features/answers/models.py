"""What we remember about official answers, and about carrying out what won: what stands now, and what was ever public."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel import clock
from app.kernel.model import Identified, Model, Timestamped
from app.kernel.types import words

DEFAULT_DAYS = 60


class AnswerStatus(StrEnum):
    """What the city says."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNDER_EVALUATION = "under_evaluation"


class OfficialAnswer(Identified, Timestamped, Model):
    """The city's reply to one proposal: status, reasons, cost, date, and the department that gives it."""

    __tablename__ = "official_answer"

    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"), unique=True)
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    status: Mapped[AnswerStatus] = mapped_column(words(AnswerStatus))
    reasons: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))
    cost: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    planned_for: Mapped[date | None] = mapped_column(Date)
    department: Mapped[str] = mapped_column(String(120))
    officer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(default=1)
    published_at: Mapped[datetime] = mapped_column(default=clock.now)


class AnswerVersion(Identified, Timestamped, Model):
    """An answer as it was published once; kept when the city changes its mind."""

    __tablename__ = "answer_version"
    __table_args__ = (UniqueConstraint("answer_id", "version"),)

    answer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("official_answer.id", ondelete="CASCADE"))
    version: Mapped[int]
    officer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    content: Mapped[dict[str, Any]]


class AnswerPromise(Model):
    """Within how many days a process promises an answer."""

    __tablename__ = "answer_promise"

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), primary_key=True)
    days: Mapped[int] = mapped_column(default=DEFAULT_DAYS)


class MilestoneState(StrEnum):
    """How far a step of carrying out is."""

    PLANNED = "planned"
    RUNNING = "running"
    DELAYED = "delayed"
    DONE = "done"
    STOPPED = "stopped"


class Implementation(Identified, Timestamped, Model):
    """What becomes of a project that won: its name, money and place as they were certified, for everybody to follow."""

    __tablename__ = "implementation"
    __table_args__ = (UniqueConstraint("project_id"), UniqueConstraint("reference"))

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"), index=True)
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    reference: Mapped[str] = mapped_column(String(16))
    title: Mapped[dict[str, str]]
    pot_title: Mapped[dict[str, str]]
    cost: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    won_on: Mapped[date] = mapped_column(Date)

    milestones: Mapped[list["Milestone"]] = relationship(
        primaryjoin="and_(Implementation.id == Milestone.implementation_id, Milestone.removed_at.is_(None))",
        order_by="Milestone.position, Milestone.created_at",
        viewonly=True,
    )


class ImplementationSource(Model):
    """The proposals that an implementation came from; whoever follows them hears of it."""

    __tablename__ = "implementation_source"

    implementation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("implementation.id", ondelete="CASCADE"), primary_key=True)
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True, index=True)


class ImplementationFollow(Timestamped, Model):
    """Somebody who wants to hear of an implementation."""

    __tablename__ = "implementation_follow"

    implementation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("implementation.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)


class Milestone(Identified, Timestamped, Model):
    """One step of carrying out. `version` counts its changes; a removed one is kept, so that it can be brought back."""

    __tablename__ = "milestone"
    __table_args__ = (CheckConstraint("cost >= 0", name="cost"),)

    implementation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("implementation.id", ondelete="CASCADE"), index=True)
    title: Mapped[dict[str, str]]
    state: Mapped[MilestoneState] = mapped_column(words(MilestoneState), default=MilestoneState.PLANNED)
    planned_for: Mapped[date | None] = mapped_column(Date)
    done_on: Mapped[date | None] = mapped_column(Date)
    note: Mapped[dict[str, str]] = mapped_column(default=dict)
    cost: Mapped[int | None] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    removed_at: Mapped[datetime | None]


class MilestoneVersion(Identified, Timestamped, Model):
    """A step as it stood once, so that a change can be undone and everybody can read what was said before."""

    __tablename__ = "milestone_version"
    __table_args__ = (UniqueConstraint("milestone_id", "version"),)

    milestone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("milestone.id", ondelete="CASCADE"))
    version: Mapped[int]
    officer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    content: Mapped[dict[str, Any]]
