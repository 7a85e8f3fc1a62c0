"""What we remember of scans: the file as it came, every page found in it with its tray, and what people decided about it."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.model import Identified, Model, Timestamped
from app.kernel.types import words


class FileState(StrEnum):
    """How far a file is. FAILED: nothing of it can be read, `fault` says why."""

    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    FAILED = "failed"


class PageTray(StrEnum):
    """Where a page lies. Each page lies in exactly one."""

    READ = "read"
    TURNED = "turned"
    """It lay on its head or side, was turned, and is read like any other."""
    TWO_ON_ONE = "two_on_one"
    OUTDATED = "outdated"
    DUPLICATE = "duplicate"
    """This page of this numbered sheet, or of this set, is here already: a second scan, or a photocopy."""
    FOREIGN = "foreign"
    DAMAGED = "damaged"
    UNKNOWN = "unknown"
    TEST_PRINT = "test_print"
    BLANK = "blank"
    BROKEN = "broken"


class PageState(StrEnum):
    """What a page waits for. TO_REVIEW: a first person; SECOND: another one; DIFFERENT: two saw different things."""

    TO_REVIEW = "to_review"
    SECOND = "second"
    DIFFERENT = "different"
    REVIEWED = "reviewed"
    IN_TRAY = "in_tray"
    SET_ASIDE = "set_aside"


class ScanFile(Identified, Timestamped, Model):
    """One file that was uploaded. `digest` is the SHA-256 of its bytes: the same file is taken once in a process.

    `pages_done` of `pages_total` are read. `name` is what the file was called where it came from, for the clerk to know it by.
    `key` is empty where ballots lay among other forms: with their certification the original went.
    """

    __tablename__ = "scan_file"
    __table_args__ = (
        UniqueConstraint("process_id", "digest"),
        CheckConstraint("pages_done >= 0 AND bytes > 0", name="numbers"),
    )

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    bytes: Mapped[int]
    key: Mapped[str] = mapped_column(String(48))
    state: Mapped[FileState] = mapped_column(words(FileState), default=FileState.WAITING)
    fault: Mapped[str] = mapped_column(String(32), default="")
    pages_total: Mapped[int] = mapped_column(default=0)
    pages_done: Mapped[int] = mapped_column(default=0)
    moved_at: Mapped[datetime | None]
    uploaded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)


class ScanPage(Identified, Timestamped, Model):
    """One page: where in the file it was found (`number`, and `part` where a picture shows two), and what stands on it.

    `copy_key` names this page of this copy of a form, for copies with a serial or set code; it is held by one page at a time.
    `readings` is what the machine read, with all that is needed to show it; `result` what people accepted. `version` grows with
    every change, so that nobody decides about a page that somebody else has just changed. `taken_by` says which other record
    has taken the result as its first entry, such as `intake:<id>`.
    """

    __tablename__ = "scan_page"
    __table_args__ = (
        UniqueConstraint("file_id", "number", "part"),
        UniqueConstraint("process_id", "copy_key"),
        Index("ix_scan_page_queue", "process_id", "state", "form_kind", "code", "page"),
        Index("ix_scan_page_taken_by", "taken_by"),
    )

    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scan_file.id", ondelete="CASCADE"))
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"))
    number: Mapped[int]
    part: Mapped[int]
    tray: Mapped[PageTray] = mapped_column(words(PageTray))
    state: Mapped[PageState] = mapped_column(words(PageState))
    turned: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str] = mapped_column(String(32), default="")
    form_kind: Mapped[str] = mapped_column(String(1), default="")
    form_subject: Mapped[uuid.UUID | None]
    revision: Mapped[str] = mapped_column(String(16), default="")
    look: Mapped[str] = mapped_column(String(40), default="")
    page: Mapped[int] = mapped_column(default=0)
    pages: Mapped[int] = mapped_column(default=0)
    code: Mapped[str] = mapped_column(String(32), default="")
    copy_key: Mapped[str | None] = mapped_column(String(100))
    doubtful: Mapped[int] = mapped_column(default=0)
    readings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    image_key: Mapped[str] = mapped_column(String(48), default="")
    result: Mapped[dict[str, Any] | None]
    reviewed_at: Mapped[datetime | None]
    why: Mapped[str] = mapped_column(String(300), default="")
    version: Mapped[int] = mapped_column(default=1)
    taken_by: Mapped[str | None] = mapped_column(String(80))
    taken_at: Mapped[datetime | None]


class ScanDecision(Identified, Timestamped, Model):
    """What one person saw on a page. One answer a person, as long as it is not undone."""

    __tablename__ = "scan_decision"
    __table_args__ = (
        Index(
            "uq_scan_decision_in_force",
            "page_id",
            "person_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    page_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scan_page.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    answers: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime | None]
