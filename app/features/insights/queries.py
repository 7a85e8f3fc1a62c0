"""How the audit log is looked up: newest first, a page at a time, what the reader may see and nothing else."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.features.accounts.queries import staff_names
from app.kernel.audit import AuditEntry
from app.kernel.paging import Page, last_page

PAGE_SIZE = 50
MOST_IN_A_FILE = 100_000


@dataclass(frozen=True)
class AuditFilter:
    """What is asked for. `processes` are those the reader may see; None means all, and what belongs to no process."""

    processes: Collection[uuid.UUID] | None
    process_id: uuid.UUID | None = None
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """For WHERE."""
        found: list[ColumnElement[bool]] = []
        if self.processes is not None:
            found.append(AuditEntry.process_id.in_(self.processes))
        if self.process_id is not None:
            found.append(AuditEntry.process_id == self.process_id)
        if self.subject:
            found.append(AuditEntry.action.startswith(f"{self.subject}.", autoescape=True))
        if self.since is not None:
            found.append(AuditEntry.at >= self.since)
        if self.until is not None:
            found.append(AuditEntry.at < self.until)
        return found


def audit_page(session: Session, wanted: AuditFilter, number: int) -> Page[AuditEntry]:
    """One page of entries. Two statements, however many entries there are."""
    conditions = wanted.conditions()
    total = session.scalar(select(func.count()).select_from(AuditEntry).where(*conditions)) or 0
    number = last_page(number, total, PAGE_SIZE)
    query = select(AuditEntry).where(*conditions).order_by(AuditEntry.at.desc(), AuditEntry.id)
    items = session.scalars(query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    return Page(items, number, PAGE_SIZE, total)


def audit_entries(session: Session, wanted: AuditFilter) -> Iterable[AuditEntry]:
    """The newest entries for a file, read in batches; at most `MOST_IN_A_FILE`."""
    query = select(AuditEntry).where(*wanted.conditions()).order_by(AuditEntry.at.desc(), AuditEntry.id)
    return session.scalars(query.limit(MOST_IN_A_FILE).execution_options(yield_per=1000))


def names_in(session: Session, entries: Iterable[AuditEntry]) -> dict[uuid.UUID, str]:
    """Names of the staff among those who acted; residents are not named."""
    return staff_names(session, {entry.actor_id for entry in entries if entry.actor_id is not None})
