"""What recipients are told: where their server takes messages, and each message until they have confirmed it."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.model import Identified, Model, Timestamped
from app.kernel.types import words


class NoticeKind(StrEnum):
    """What a recipient is told. The words are those of the message's `type`."""

    WITHDRAWN = "consent.withdrawn"
    REFUSED = "consent.refused"
    EXPIRED = "consent.expired"
    OBJECTED = "consent.objected"
    REPLACED = "agreement.replaced"
    ENDED = "agreement.ended"
    ERASED = "person.erased"
    TEST = "test"
    OBJECTION_ENDED = "objection.ended"


class Endpoint(Timestamped, Model):
    """Where a recipient's server takes messages. The secrets are sealed with the installation's key.

    While a secret is being changed, `previous_secret` signs as well until `previous_until`. After a failure nobody is
    kept waiting: until `rests_until` messages to this server are put off without being tried.
    """

    __tablename__ = "recipient_endpoint"

    recipient_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("recipient.id", ondelete="CASCADE"), primary_key=True)
    url: Mapped[str] = mapped_column(String(500))
    secret: Mapped[str] = mapped_column(String(255))
    previous_secret: Mapped[str | None] = mapped_column(String(255))
    previous_until: Mapped[datetime | None]
    rests_until: Mapped[datetime | None]


class Notice(Identified, Model):
    """One message to one recipient; its id is that of the message, the same in every attempt.

    `reference` stands for the person towards this recipient, and is in the rows that were handed over. `person_id` is for the
    person's own card and goes with their account; the message is delivered all the same. `acknowledged_by_hand`: staff noted
    that the recipient confirmed it without a server.
    """

    __tablename__ = "recipient_notice"
    __table_args__ = (
        Index("ix_recipient_notice_recipient", "recipient_id", "at"),
        Index("ix_recipient_notice_person", "person_id", "agreement_id", "at"),
    )

    recipient_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("recipient.id", ondelete="CASCADE"))
    agreement_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("data_agreement.id", ondelete="SET NULL"), index=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    kind: Mapped[NoticeKind] = mapped_column(words(NoticeKind))
    reference: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(String(80), default="")
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_hand: Mapped[bool] = mapped_column(default=False)
    receipt: Mapped[str] = mapped_column(String(64), default="")

    @property
    def state(self) -> str:
        """`confirmed`, `failing`, or `waiting`."""
        if self.acknowledged_at is not None:
            return "confirmed"
        return "failing" if self.failing_since is not None else "waiting"
