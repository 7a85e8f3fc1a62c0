"""Pictures of the sheets on which people answered: the evidence of an answer on paper."""

import uuid

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.model import Identified, Model, Timestamped


class ConsentPaper(Identified, Timestamped, Model):
    """One page of a sheet. It stays as long as the answer that it proves, also once that is taken back: it was given.

    `number` counts the pages of the answer from 1, `key` is the picture among the files, `digest` the SHA-256 of its bytes.
    """

    __tablename__ = "consent_paper"
    __table_args__ = (UniqueConstraint("event_id", "number"),)

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consent_event.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    key: Mapped[str] = mapped_column(String(48), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
