"""What we remember of paper: batches, and sheets that two people have read. Voice and hands are kept apart, for ever.

Nothing of a sheet is seen by anybody else before its batch is closed, or, where the batch says so, before both readings agree.
"""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.features.intake.vault import vault
from app.kernel import clock
from app.kernel.model import Identified, Model, Timestamped
from app.kernel.sealed import SealedIn
from app.kernel.types import words

SECRET = ("code",)
"""Of what two people typed: the code of an earlier slip opens what its owner sees, so it is sealed."""


class SheetKind(StrEnum):
    """What the sheets of a batch are. (Ballots are never among them: they belong to stations.)"""

    PROPOSAL = "proposal"
    CONSENT = "consent"


class BatchState(StrEnum):
    """OPEN and REOPENED take sheets; ENTERED waits for a second reader; CLOSED has become proposals or answers."""

    OPEN = "open"
    ENTERED = "entered"
    SECOND_READING = "second_reading"
    RECONCILED = "reconciled"
    CLOSED = "closed"
    REOPENED = "reopened"


class SheetState(StrEnum):
    """ENTERED by one person; READ by a second who typed the same; DIFFERS until it is SETTLED; VOID with a reason."""

    ENTERED = "entered"
    READ = "read"
    DIFFERS = "differs"
    SETTLED = "settled"
    VOID = "void"


class IntakeBatch(Identified, Timestamped, Model):
    """A bundle of paper with a declared total, from one station on one day.

    `received_at` is the moment at which its sheets count as received: the phase must have been open then; for answers
    it is the beginning of the day. `revision_id` is the
    text that the sheets of a consent batch carry. `count_reason` says why there are more or fewer sheets than declared.
    Each signature is who did it and when.
    """

    __tablename__ = "intake_batch"
    __table_args__ = (
        Index("ix_intake_batch_state", "process_id", "state", "changed_at"),
        CheckConstraint("declared > 0", name="declared"),
    )

    reference: Mapped[str] = mapped_column(String(16), unique=True)
    process_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("process.id", ondelete="RESTRICT"))
    kind: Mapped[SheetKind] = mapped_column(words(SheetKind))
    agreement_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("data_agreement.id", ondelete="RESTRICT"), index=True)
    revision_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("agreement_revision.id", ondelete="RESTRICT"))
    station: Mapped[str] = mapped_column(String(80))
    day: Mapped[date]
    received_at: Mapped[datetime]
    declared: Mapped[int]
    at_once: Mapped[bool] = mapped_column(default=False)
    state: Mapped[BatchState] = mapped_column(words(BatchState), default=BatchState.OPEN)
    count_reason: Mapped[str] = mapped_column(Text, default="")
    reopened_reason: Mapped[str] = mapped_column(Text, default="")
    opened_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    entered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    entered_at: Mapped[datetime | None]
    reconciled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    reconciled_at: Mapped[datetime | None]
    closed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    closed_at: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)


class IntakeSheet(Identified, Timestamped, Model):
    """One paper form. Its id is chosen by the page that takes it in, and becomes that of the proposal, or of the slip's code.

    `number` counts the sheets of the batch and says nothing about whose they are. `first` and `second` are what two people
    typed, `settled` what counts where they differ; all three are emptied some time after the batch is closed.
    `slip_hash` belongs to the code on the slip that was torn off, once the sheet has become a proposal.
    """

    __tablename__ = "intake_sheet"
    __table_args__ = (
        UniqueConstraint("batch_id", "number"),
        Index(
            "uq_intake_sheet_serial",
            "serial",
            unique=True,
            sqlite_where=text("state <> 'void' AND serial <> ''"),
            postgresql_where=text("state <> 'void' AND serial <> ''"),
        ),
        Index("uq_intake_sheet_slip_hash", "slip_hash", unique=True),
        Index("ix_intake_sheet_first_by", "first_by", "created_at"),
        Index("ix_intake_sheet_second_by", "second_by", "second_at"),
    )

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("intake_batch.id", ondelete="CASCADE"))
    number: Mapped[int]
    serial: Mapped[str] = mapped_column(String(32), default="")
    state: Mapped[SheetState] = mapped_column(words(SheetState), default=SheetState.ENTERED)
    first: Mapped[dict[str, Any]] = mapped_column(SealedIn(vault, SECRET), default=dict)
    first_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    second: Mapped[dict[str, Any]] = mapped_column(SealedIn(vault, SECRET), default=dict)
    second_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    second_at: Mapped[datetime | None]
    settled: Mapped[dict[str, Any]] = mapped_column(SealedIn(vault, SECRET), default=dict)
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    settled_at: Mapped[datetime | None]
    void_reason: Mapped[str] = mapped_column(Text, default="")
    void_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    proposal_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("proposal.id", ondelete="SET NULL"), index=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    became_at: Mapped[datetime | None]
    slip_hash: Mapped[str | None] = mapped_column(String(64))
