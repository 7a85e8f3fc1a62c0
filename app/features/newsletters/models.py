"""What we remember about newsletters: what was written, and how many letters left. Not who got one: that is their usage."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.model import Identified, Model, Timestamped
from app.kernel.types import words


class NewsletterState(StrEnum):
    """A draft may be changed; once it is being sent, it is what people got."""

    DRAFT = "draft"
    SENT = "sent"


class Newsletter(Identified, Timestamped, Model):
    """One letter to everybody whose yes to one agreement is in force when their copy leaves.

    `posted` letters were put in line when it was sent, `delivered` of them were handed to the mail server so far; the rest
    wait, or went to nobody because the consent was taken back meanwhile.
    """

    __tablename__ = "newsletter"

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_agreement.id", ondelete="RESTRICT"), index=True)
    state: Mapped[NewsletterState] = mapped_column(words(NewsletterState), default=NewsletterState.DRAFT)
    title: Mapped[dict[str, str]]
    text: Mapped[dict[str, str]]
    written_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    sent_at: Mapped[datetime | None]
    posted: Mapped[int] = mapped_column(default=0)
    delivered: Mapped[int] = mapped_column(default=0)
