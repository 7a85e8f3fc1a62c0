"""The register of what was printed: revisions with their layouts, print runs, and the serials of numbered copies."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.model import Identified, Model, Timestamped
from app.kernel.types import words


class RunState(StrEnum):
    """How far a print run is. DELETED: its files are gone, what the register says of it stays."""

    WAITING = "waiting"
    PRINTING = "printing"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DELETED = "deleted"


class PrintedForm(Identified, Timestamped, Model):
    """One revision of a form that was printed, kept for ever: with its layout a scan can be read in ten years.

    `revision` is the whole one (SHA-256), `short_revision` what stands in square codes; `layout` is its canonical JSON.
    """

    __tablename__ = "printed_form"
    __table_args__ = (
        UniqueConstraint("revision"),
        Index("ix_printed_form_code", "kind", "subject", "short_revision"),
    )

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(1))
    subject: Mapped[uuid.UUID]
    revision: Mapped[str] = mapped_column(String(64))
    short_revision: Mapped[str] = mapped_column(String(16))
    layout: Mapped[str] = mapped_column(Text)


class PrintRun(Identified, Timestamped, Model):
    """So many copies of a form, ordered by somebody; `done` of `number` are drawn. A test counts nowhere.

    `issued_to` is the station or desk that got them, in the city's own words; `issued_at` says since when.
    """

    __tablename__ = "print_run"
    __table_args__ = (
        CheckConstraint("number >= 1 AND done >= 0 AND done <= number", name="numbers"),
        Index("ix_print_run_process_id", "process_id", "created_at"),
    )

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"))
    form_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("printed_form.id", ondelete="CASCADE"), index=True)
    variant: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(16))
    paper: Mapped[str] = mapped_column(String(16))
    number: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    test: Mapped[bool] = mapped_column(default=False)
    state: Mapped[RunState] = mapped_column(words(RunState), default=RunState.WAITING)
    ordered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    issued_to: Mapped[str] = mapped_column(String(120), default="")
    issued_at: Mapped[datetime | None]
    moved_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class PrintedCopy(Model):
    """The serial of one numbered copy, unique for ever. Ballots have none, and their set codes are kept nowhere."""

    __tablename__ = "printed_copy"

    serial: Mapped[str] = mapped_column(String(16), primary_key=True)
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("print_run.id", ondelete="CASCADE"), index=True)
