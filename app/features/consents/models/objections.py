"""What the city decided about an objection, and the numbers of answers that everybody may see."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.model import Identified, Model, Timestamped
from app.kernel.types import words


class Ruling(StrEnum):
    """Where the examination of an objection stands. Without a row nobody has decided anything yet.

    `proposed`: one person finds compelling grounds, a second one has to agree; `sent_back`: the second one does not.
    """

    PROPOSED = "proposed"
    SENT_BACK = "sent_back"
    UPHELD = "upheld"
    COMPELLING = "compelling"


DECIDED = (Ruling.UPHELD, Ruling.COMPELLING)


class ObjectionDecision(Identified, Timestamped, Model):
    """The city's decision about one objection: the event by which somebody objected. Objecting again is another event.

    `reason` is what the person reads. Upholding takes one person, going on against somebody's will takes two.
    """

    __tablename__ = "objection_decision"
    __table_args__ = (
        UniqueConstraint("event_id"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> proposed_by_id", name="two_people"),
        CheckConstraint("state NOT IN ('upheld', 'compelling') OR decided_at IS NOT NULL", name="decided_at"),
    )

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consent_event.id", ondelete="CASCADE"))
    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_agreement.id", ondelete="RESTRICT"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    state: Mapped[Ruling] = mapped_column(words(Ruling))
    reason: Mapped[str] = mapped_column(Text, default="")
    proposed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    sent_back_reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None]

    @property
    def is_decided(self) -> bool:
        """Whether the person has their answer."""
        return self.state in DECIDED


class RegisterNumbers(Model):
    """How many people answered how, as everybody may see it: counted once a day, blurred before it is kept (`numbers`)."""

    __tablename__ = "register_numbers"

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_agreement.id", ondelete="CASCADE"), primary_key=True)
    counted_on: Mapped[date]
    allowed: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    withdrawn: Mapped[int] = mapped_column(default=0)
    objected: Mapped[int] = mapped_column(default=0)
