"""What we remember about reports and decisions. A decision is never changed; a later one follows it."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.model import Identified, Model, Timestamped
from app.kernel.types import words


class Subject(StrEnum):
    """What can be reported and decided on."""

    PROPOSAL = "proposal"
    COMMENT = "comment"


class ReportState(StrEnum):
    """OPEN waits in the queue; UPHELD led to hiding; DISMISSED did not."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class Verb(StrEnum):
    """What a moderator decided. UNDO takes the decision before it back where no other verb says what happens."""

    APPROVE = "approve"
    HIDE = "hide"
    RESTORE = "restore"
    DISMISS = "dismiss"
    UNDO = "undo"


class Reason(StrEnum):
    """Why something is reported or hidden; the author reads it in their language."""

    INSULT = "insult"
    PERSONAL_DATA = "personal_data"
    OFF_TOPIC = "off_topic"
    DUPLICATE = "duplicate"
    ADVERTISING = "advertising"
    ILLEGAL = "illegal"
    OTHER = "other"


class Report(Identified, Timestamped, Model):
    """A notice to moderators that something breaks the rules. One per person and subject."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("subject_type", "subject_id", "reporter_id"),
        Index("ix_report_queue", "process_id", "state", "created_at"),
        Index("ix_report_subject", "subject_type", "subject_id"),
    )

    subject_type: Mapped[Subject] = mapped_column(words(Subject))
    subject_id: Mapped[uuid.UUID]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"))
    reporter_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    reason: Mapped[Reason] = mapped_column(words(Reason))
    text: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[ReportState] = mapped_column(words(ReportState), default=ReportState.OPEN)
    decided_at: Mapped[datetime | None]


class Decision(Identified, Timestamped, Model):
    """One decision of a moderator on one subject, with the reason the author gets."""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_subject", "subject_type", "subject_id", "created_at"),)

    subject_type: Mapped[Subject] = mapped_column(words(Subject))
    subject_id: Mapped[uuid.UUID]
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    moderator_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    verb: Mapped[Verb] = mapped_column(words(Verb))
    reason: Mapped[Reason | None] = mapped_column(words(Reason))
    text: Mapped[str] = mapped_column(Text, default="")
    state_before: Mapped[str] = mapped_column(String(16))
    together_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
