"""What people answered: events that are only ever added, and the state they lead to."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from app.features.consents import event_ddl
from app.kernel import clock
from app.kernel.model import Identified, Model
from app.kernel.permissions import Channel
from app.kernel.types import words


class Answer(StrEnum):
    """What a person said, or what time did. A record never says `asked` or `renewed`: asking is no answer, renewed is given."""

    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    RENEWED = "renewed"
    EXPIRED = "expired"
    OBJECTED = "objected"


class Giver(StrEnum):
    """Who spoke: the person the data is about, their guardian, or nobody (time)."""

    SELF = "self"
    GUARDIAN = "guardian"
    NOBODY = "nobody"


BY_PROGRAM = "program: "
"""How the remark of an answer begins that a program has passed on; its name follows."""


class ConsentEvent(Identified, Model):
    """One answer, with the exact text that was shown. Never changed (a trigger), never deleted while the account lives.

    `person_id` is the subject and voice; `giver` and `guardian_id` say who spoke for them, `hands_id` who typed it. `number`
    counts the events of one person about one agreement from 1; `until` is the day on which a yes runs out, and `lapses` that
    it does so because the person is then old enough to decide alone. `sheet` is the reference on a paper sheet.
    """

    __tablename__ = "consent_event"
    __table_args__ = (
        Index("ix_consent_event_person", "person_id", "at"),
        UniqueConstraint("agreement_id", "person_id", "number"),
    )

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_agreement.id", ondelete="RESTRICT"), index=True)
    revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement_revision.id", ondelete="RESTRICT"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    number: Mapped[int]
    answer: Mapped[Answer] = mapped_column(words(Answer))
    shown_text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))
    channel: Mapped[Channel] = mapped_column(words(Channel))
    giver: Mapped[Giver] = mapped_column(words(Giver), default=Giver.SELF)
    guardian_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("guardian.id", ondelete="SET NULL"))
    hands_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    sheet: Mapped[str] = mapped_column(String(32), default="")
    remark: Mapped[str] = mapped_column(Text, default="")  # why somebody objects, in their words
    until: Mapped[datetime | None]
    lapses: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(default=clock.now)


class ConsentRecord(Identified, Model):
    """The state that the events lead to: one per person and agreement, so that it can be joined and cannot be doubled.

    `number` is that of the last event it includes, `event_id` of the last one that was an answer.
    """

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
    number: Mapped[int]
    since: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    lapses: Mapped[bool] = mapped_column(default=False)
    reminded_at: Mapped[datetime | None]


event.listen(ConsentEvent.__table__, "after_create", event_ddl.after_create)
event.listen(ConsentEvent.__table__, "before_drop", event_ddl.before_drop)
