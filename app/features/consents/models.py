"""What we remember about consent: agreements and their frozen revisions, events that are only ever added, usages.

The data that a consent governs lives in `governed.py`, which no other room may import.
"""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel import clock
from app.kernel.model import Identified, Model, Timestamped
from app.kernel.permissions import Channel
from app.kernel.types import words


class AgreementState(StrEnum):
    """Only agreements in force are asked about; ended ones end the consents given to them."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    ENDED = "ended"


class Answer(StrEnum):
    """What a person said, or what time did."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class DataAgreement(Identified, Timestamped, Model):
    """One purpose for one recipient. First version: one kind, contact about the topic of a process, one in force in each."""

    __tablename__ = "data_agreement"
    __table_args__ = (
        Index(
            "uq_data_agreement_in_force",
            "process_id",
            unique=True,
            sqlite_where=text("state = 'in_force'"),
            postgresql_where=text("state = 'in_force'"),
        ),
    )

    code: Mapped[str] = mapped_column(String(64), unique=True)
    process_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("process.id", ondelete="RESTRICT"), index=True)
    state: Mapped[AgreementState] = mapped_column(words(AgreementState), default=AgreementState.DRAFT)
    months: Mapped[int] = mapped_column(default=12)

    revisions: Mapped[list["AgreementRevision"]] = relationship(
        back_populates="agreement", order_by="AgreementRevision.number.desc()", lazy="selectin"
    )

    @property
    def current(self) -> "AgreementRevision":
        """The newest revision: what people are asked."""
        return self.revisions[0]


class AgreementRevision(Identified, Timestamped, Model):
    """A frozen text: purpose, recipient and notice in each language, with a digest that chains it to the one before."""

    __tablename__ = "agreement_revision"
    __table_args__ = (UniqueConstraint("agreement_id", "number"),)

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_agreement.id", ondelete="CASCADE"))
    number: Mapped[int]
    purpose: Mapped[dict[str, str]]
    recipient: Mapped[dict[str, str]]
    notice: Mapped[dict[str, str]]
    material: Mapped[bool] = mapped_column(default=True)
    digest: Mapped[str] = mapped_column(String(64))
    previous_digest: Mapped[str] = mapped_column(String(64), default="")

    agreement: Mapped[DataAgreement] = relationship(back_populates="revisions")


class ConsentEvent(Identified, Model):
    """One answer, with the exact text that was shown. Never changed, never deleted while the account lives."""

    __tablename__ = "consent_event"
    __table_args__ = (Index("ix_consent_event_person", "person_id", "at"),)

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_agreement.id", ondelete="RESTRICT"), index=True)
    revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement_revision.id", ondelete="RESTRICT"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    answer: Mapped[Answer] = mapped_column(words(Answer))
    shown_text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))
    channel: Mapped[Channel] = mapped_column(words(Channel))
    hands_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(default=clock.now)


class ConsentRecord(Identified, Model):
    """The state that the events lead to: one per person and agreement, so that it can be joined and cannot be doubled."""

    __tablename__ = "consent_record"
    __table_args__ = (
        UniqueConstraint("agreement_id", "person_id"),
        Index("ix_consent_record_in_force", "agreement_id", "answer", "expires_at"),
    )

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_agreement.id", ondelete="RESTRICT"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement_revision.id", ondelete="RESTRICT"))
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consent_event.id", ondelete="RESTRICT"))
    answer: Mapped[Answer] = mapped_column(words(Answer))
    since: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class Usage(Identified, Model):
    """One use of one person's data: who, what for, on which basis, through what. Told to them by role and department."""

    __tablename__ = "usage"
    __table_args__ = (Index("ix_usage_person", "person_id", "at"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    kind: Mapped[str] = mapped_column(String(32))
    by_role: Mapped[str] = mapped_column(String(32))
    by_department: Mapped[str] = mapped_column(String(120), default="")
    basis: Mapped[str] = mapped_column(String(64))
    agreement_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("data_agreement.id", ondelete="SET NULL"))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
