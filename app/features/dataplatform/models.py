"""What we remember about releases: what was published or handed over, when, by whom, and the digest of each file."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.model import Identified, Model, Timestamped


class Release(Identified, Timestamped, Model):
    """One published version of one data set. Files are kept for open sets; consented rows are handed over, never kept.

    `read_at` is the moment at which its rows were read: what is withdrawn later, it predates.
    """

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("data_set", "number"),)

    data_set: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    audience: Mapped[str] = mapped_column(String(32))
    rows: Mapped[int]
    people: Mapped[int] = mapped_column(default=0)
    made_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    read_at: Mapped[datetime | None]
    agreement_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("data_agreement.id", ondelete="SET NULL"))
    files: Mapped[list[Any]] = mapped_column(default=list)
