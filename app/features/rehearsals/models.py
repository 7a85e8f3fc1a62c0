"""What we remember about rehearsals: when there was one and how much was tried. Its contents go when it is thrown away."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.model import Identified, Model, Timestamped


class Rehearsal(Identified, Timestamped, Model):
    """A rehearsal of a process: the copy it is tried in (none any more once it was thrown away), and its numbers."""

    __tablename__ = "rehearsal"
    __table_args__ = (UniqueConstraint("copy_id"),)

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    copy_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("process.id", ondelete="SET NULL"))
    started_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    voters: Mapped[int]
    ballots: Mapped[int] = mapped_column(default=0)
    thrown_away_at: Mapped[datetime | None]
