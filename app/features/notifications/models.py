"""What we remember about letters: only what people said about which news they want. Letters themselves are outbox rows."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
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
