"""What we remember about an erasure while it is under way, and what is left of it afterwards: numbers, and nobody's name."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.model import Identified, Model
from app.kernel.types import words


class ErasureState(StrEnum):
    """ASKED waits for the link in a letter, or for a second clerk. WAITING is certain, and can be cancelled until its time.

    RUNNING goes on whatever happens, until it is DONE. CANCELLED never began.
    """

    ASKED = "asked"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class Origin(StrEnum):
    """Who wanted it: the person, the person at a desk, another system on their behalf, nobody using the account any more, or a
    backup that brought back somebody who had been erased."""

    OWN = "own"
    DESK = "desk"
    INTERFACE = "interface"
    UNUSED = "unused"
    RESTORED = "restored"


class Erasure(Identified, Model):
    """One erasure. `person_id` is null once it is over: the database itself lets go of it when the account is deleted.

    `part` is what is being dealt with; `counts` how many rows each part had. `pseudonym` stands for the person
    in the audit log.
    """

    __tablename__ = "erasure"
    __table_args__ = (Index("ix_erasure_state", "state", "runs_at"),)

    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), unique=True)
    origin: Mapped[Origin] = mapped_column(words(Origin))
    state: Mapped[ErasureState] = mapped_column(words(ErasureState))
    at_once: Mapped[bool] = mapped_column(default=False)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    first_hand: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    second_hand: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    pseudonym: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4)
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    runs_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    touched_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    part: Mapped[str] = mapped_column(String(64), default="")
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class RetentionRun(Identified, Model):
    """One run of one rule of retention: how many it removed, or why it could not."""

    __tablename__ = "retention_run"
    __table_args__ = (Index("ix_retention_run_rule", "rule", "at"),)

    rule: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    removed: Mapped[int] = mapped_column(default=0)
    announced: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(120), default="")
