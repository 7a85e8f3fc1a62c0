"""What we remember about pots and projects. Money is an integer of the smallest unit with its currency."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.model import Identified, Model, Timestamped
from app.kernel.types import words


class PotState(StrEnum):
    """A pot opens and closes with the voting phase; the committee counts and certifies, then the result is public."""

    DRAFT = "draft"
    READY = "ready"
    COUNTED = "counted"
    CERTIFIED = "certified"


class Pot(Identified, Timestamped, Model):
    """One sum of money with its area, its projects and its voting rule."""

    __tablename__ = "pot"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount"),)

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="RESTRICT"), index=True)
    area_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("area.id", ondelete="RESTRICT"))
    title: Mapped[dict[str, str]]
    description: Mapped[dict[str, str]] = mapped_column(default=dict)
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    vote_type: Mapped[str] = mapped_column(String(24), default="approval")
    rule: Mapped[str] = mapped_column(String(40), default="greedy")
    limit_by_cost: Mapped[bool] = mapped_column(default=False)
    min_projects: Mapped[int] = mapped_column(default=1)
    max_projects: Mapped[int | None]
    max_points: Mapped[int | None]
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[PotState] = mapped_column(words(PotState), default=PotState.DRAFT)
    result: Mapped[dict[str, Any] | None] = mapped_column()
    counted_at: Mapped[datetime | None]
    certified_at: Mapped[datetime | None]
    annulled_at: Mapped[datetime | None]  # since when the vote on this pot does not count, by a decision of the committee
    position: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often all pots of the process were held by somebody who changes the vote (`holding.hold_pots`)."""

    projects: Mapped[list["Project"]] = relationship(
        back_populates="pot", order_by="Project.position", cascade="all, delete-orphan"
    )


class Project(Identified, Timestamped, Model):
    """A costed entry on a ballot. `number` is what stands on ballots and in `.pb` files."""

    __tablename__ = "project"
    __table_args__ = (UniqueConstraint("pot_id", "number"), CheckConstraint("cost >= 0", name="cost"))

    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"), index=True)
    number: Mapped[str] = mapped_column(String(255))
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    title: Mapped[dict[str, str]]
    description: Mapped[dict[str, str]] = mapped_column(default=dict)
    cost: Mapped[int] = mapped_column(BigInteger)
    area_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("area.id", ondelete="RESTRICT"))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    official_selected: Mapped[bool | None]
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)
    position: Mapped[int] = mapped_column(default=0)

    pot: Mapped[Pot] = relationship(back_populates="projects")
    categories: Mapped[list["ProjectCategory"]] = relationship(cascade="all, delete-orphan")
    proposals: Mapped[list["ProjectProposal"]] = relationship(cascade="all, delete-orphan")


class ProjectCategory(Model):
    """A category of a project; an imported project may have several."""

    __tablename__ = "project_category"

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    category_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("category.id", ondelete="RESTRICT"), primary_key=True)


class ProjectProposal(Model):
    """The accepted proposals that a project was made from."""

    __tablename__ = "project_proposal"
    __table_args__ = (UniqueConstraint("proposal_id"),)

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id", ondelete="RESTRICT"), primary_key=True)


class Feasibility(StrEnum):
    """What the city found when it looked whether a proposal can be built."""

    FEASIBLE = "feasible"
    WITH_CHANGES = "with_changes"
    NOT_FEASIBLE = "not_feasible"


class FeasibilityReview(Identified, Timestamped, Model):
    """One review of a proposal, public at once. Rows stay as they are: a new review is a new row, an undone one is marked."""

    __tablename__ = "feasibility_review"
    __table_args__ = (UniqueConstraint("proposal_id", "number"), CheckConstraint("cost >= 0", name="cost"))

    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id", ondelete="RESTRICT"))
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="RESTRICT"), index=True)
    number: Mapped[int]
    outcome: Mapped[Feasibility] = mapped_column(words(Feasibility))
    reason: Mapped[dict[str, str]]
    cost: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    reviewer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    taken_back_at: Mapped[datetime | None]


class ElectionImport(Identified, Timestamped, Model):
    """A real election that came in as a `.pb` file: what it was, so that the same content is recognised again."""

    __tablename__ = "election_import"

    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"), unique=True)
    identity: Mapped[str] = mapped_column(String(64), unique=True)
    content_digest: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(255))
    meta: Mapped[dict[str, str]]
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)
    note: Mapped[str] = mapped_column(Text, default="")
