"""What we remember about letters: what people said about which news they want, and letters that are printed and posted.

Letters by e-mail are outbox rows.
"""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.features.notifications.news import News
from app.kernel.model import Identified, Model, Timestamped
from app.kernel.types import words


class MailChoice(Identified, Timestamped, Model):
    """Somebody's wish about one kind of news: a person with an account, or an address known only by its keyed hash."""

    __tablename__ = "mail_choice"
    __table_args__ = (
        UniqueConstraint("person_id", "news"),
        UniqueConstraint("address_hash", "news"),
        CheckConstraint("(person_id IS NULL) <> (address_hash IS NULL)", name="one_reader"),
    )

    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    address_hash: Mapped[str | None] = mapped_column(String(64))
    news: Mapped[News] = mapped_column(words(News))
    wanted: Mapped[bool]


class PaperLetter(Identified, Timestamped, Model):
    """News on paper, for somebody who gave a postal address and no e-mail address, about the proposal that they made.

    `key` is the outbox row that it came from: whatever is delivered twice is one letter. It waits, is printed, is sent; each
    step can be taken back. Address and words are those of the day on which it was written.
    """

    __tablename__ = "paper_letter"
    __table_args__ = (Index("ix_paper_letter_sent_at", "sent_at", "created_at"),)

    key: Mapped[str] = mapped_column(String(64), unique=True)
    mail: Mapped[str] = mapped_column(String(64))
    proposal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"), index=True)
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))
    large: Mapped[bool] = mapped_column(default=False)
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    printed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
