"""What we remember of the committee: decisions and who signed, objections, certificates, totals of paper, the end of a vote.

Names stand beside the ids of those who signed: a decision is an act in office, and the record of it outlives an account.
"""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.model import Identified, Model, Timestamped
from app.kernel.types import words


class DecisionKind(StrEnum):
    """What two members can decide."""

    EXTENSION = "extension"
    INTERRUPTION = "interruption"
    RESUMPTION = "resumption"
    ANNULMENT = "annulment"
    OBJECTION = "objection"
    RECOUNT = "recount"
    CERTIFICATION = "certification"
    CORRECTION = "correction"
    DESTRUCTION = "destruction"
    TOTALS_AGAIN = "totals_again"
    DRAW_AGAIN = "draw_again"
    OPENING_ANEW = "opening_anew"
    WITHDRAWAL = "withdrawal"

    @property
    def about_a_pot(self) -> bool:
        """Whether it is about one pot; the others are about the whole process."""
        return self not in (
            self.EXTENSION,
            self.INTERRUPTION,
            self.RESUMPTION,
            self.OBJECTION,
            self.DESTRUCTION,
            self.OPENING_ANEW,
        )


class DecisionState(StrEnum):
    """A proposed decision does nothing. It takes effect with the second signature, or is declined, or taken back."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Decision(Identified, Timestamped, Model):
    """A decision of the committee. `subject` is what it is about: at any time one decision on it at most is proposed."""

    __tablename__ = "committee_decision"
    __table_args__ = (
        CheckConstraint(
            "state <> 'in_force' OR (first_hand IS NOT NULL AND second_hand IS NOT NULL AND first_hand <> second_hand)",
            name="two_people",
        ),
        Index(
            "uq_committee_decision_open",
            "process_id",
            "subject",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
    )

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    pot_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"), index=True)
    kind: Mapped[DecisionKind] = mapped_column(words(DecisionKind))
    state: Mapped[DecisionState] = mapped_column(words(DecisionState), default=DecisionState.PROPOSED)
    subject: Mapped[str] = mapped_column(String(80))
    reason: Mapped[dict[str, str]]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    proposed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    proposed_name: Mapped[str] = mapped_column(String(80))
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    decided_name: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")  # why it was declined
    first_hand: Mapped[uuid.UUID | None]  # who signed, for good: the accounts above may be erased, two people it stays
    second_hand: Mapped[uuid.UUID | None]
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ObjectionOutcome(StrEnum):
    """What became of an objection."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class Objection(Identified, Timestamped, Model):
    """Somebody objects to a vote. Their words are for the committee; that there is an objection, and the answer, is public.

    Without an account: a name and a way to reach them, deleted some days after the decision, and a reference for the slip.
    `recorded_name` and `recorded_by`: who wrote it down from paper, in office; empty where they wrote it themselves.
    """

    __tablename__ = "objection"

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    number: Mapped[int]
    wording: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(String(120), default="")
    contact: Mapped[str] = mapped_column(String(200), default="")
    recorded_name: Mapped[str] = mapped_column(String(80), default="")
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    reference: Mapped[str | None] = mapped_column(String(16), unique=True)
    outcome: Mapped[ObjectionOutcome] = mapped_column(words(ObjectionOutcome), default=ObjectionOutcome.OPEN)
    decided_at: Mapped[datetime | None]


class Certificate(Identified, Timestamped, Model):
    """What two members certified of a pot. A correction makes a new version; the old ones stay.

    `protocol`: the record of `protocol.py` about this pot at that moment, for the package; later events are not in it.
    """

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("pot_id", "version"),)

    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"))
    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("committee_decision.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    body: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    protocol: Mapped[dict[str, Any] | None]


class Station(Identified, Timestamped, Model):
    """A place where people voted on paper."""

    __tablename__ = "paper_station"
    __table_args__ = (UniqueConstraint("process_id", "name"),)

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))


class PaperEntry(Identified, Timestamped, Model):
    """The totals of a station for a pot as one person typed them. Two people type them (`turn` 1 and 2); equal ones count."""

    __tablename__ = "paper_entry"
    __table_args__ = (
        UniqueConstraint("station_id", "pot_id", "turn"),
        UniqueConstraint("station_id", "pot_id", "person_id"),
        CheckConstraint("turn IN (1, 2)", name="turn"),
        CheckConstraint("participations >= 0 AND ballots >= 0 AND blank >= 0 AND invalid >= 0", name="numbers"),
    )

    station_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("paper_station.id", ondelete="CASCADE"))
    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"), index=True)
    turn: Mapped[int]
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    person_name: Mapped[str] = mapped_column(String(80))
    participations: Mapped[int]
    ballots: Mapped[int]
    blank: Mapped[int]
    invalid: Mapped[int]
    votes: Mapped[dict[str, Any]]
    points: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Explanation(Identified, Timestamped, Model):
    """Why two numbers differ that should be equal. It holds for this difference; another number needs other words."""

    __tablename__ = "difference_explained"

    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"), index=True)
    station_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("paper_station.id", ondelete="CASCADE"))
    difference: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    person_name: Mapped[str] = mapped_column(String(80))


class Retention(Identified, Timestamped, Model):
    """How long people can object, and how far the end of a vote is: keys announced, destroyed, voters forgotten."""

    __tablename__ = "voting_retention"
    __table_args__ = (
        UniqueConstraint("process_id"),
        CheckConstraint("objection_days >= 1 AND keep_days >= 0", name="days"),
    )

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"))
    objection_days: Mapped[int] = mapped_column(default=14)
    keep_days: Mapped[int] = mapped_column(default=30)
    announced_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    destroyed_at: Mapped[datetime | None]
    forgotten_at: Mapped[datetime | None]
    forgotten: Mapped[dict[str, Any]] = mapped_column(default=dict)
