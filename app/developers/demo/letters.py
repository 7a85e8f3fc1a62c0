"""What the city would have written meanwhile. Hundreds of letters are dropped; a handful lies in the development mailbox."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage

from sqlalchemy import delete, event
from sqlalchemy.orm import Session

from app.developers.demo.people import People
from app.features.answers.use_cases import announce
from app.features.notifications.letters import letter_for
from app.features.notifications.use_cases import KIND
from app.kernel import clock
from app.kernel.mail import FolderPostman
from app.kernel.outbox import OutboxRow
from config import Settings

MOST = 9


@dataclass
class Letters:
    """Letters to put into the mailbox once the city is committed."""

    settings: Settings
    written: list[tuple[datetime, EmailMessage]] = field(default_factory=list)

    def send(self) -> None:
        """Put them there, each at its own moment. A server that sends real mail gets none."""
        if self.settings.mail_url != "folder":
            return
        postman = FolderPostman(self.settings.var / "mail")
        for moment, message in self.written:
            with clock.pinned(moment):
                postman.send(message)


@contextmanager
def caught(session: Session) -> Iterator[list[OutboxRow]]:
    """The rows that are posted while the block runs."""
    rows: list[OutboxRow] = []

    def note(_session: Session, _context: object, _instances: object) -> None:
        rows.extend(row for row in session.new if isinstance(row, OutboxRow))

    event.listen(session, "before_flush", note)
    try:
        yield rows
    finally:
        session.flush()
        event.remove(session, "before_flush", note)


def keep_some(session: Session, people: People, rows: Sequence[OutboxRow], settings: Settings) -> Letters:
    """Write a handful of the letters to people who can sign in; then take every row out of the outbox."""
    letters = Letters(settings)
    seen: set[tuple[str, str]] = set()
    readers = {str(person.id) for person in people.cast.values()}
    for row in sorted(rows, key=lambda one: one.created_at, reverse=True):
        if row.kind != KIND or row.payload["person_id"] not in readers or len(letters.written) == MOST:
            continue
        kind = (row.payload["mail"], row.payload["person_id"])
        if kind not in seen and (message := letter_for(session, row)) is not None:
            seen.add(kind)
            letters.written.append((row.created_at, message))
    ids = [row.id for row in rows]
    for start in range(0, len(ids), 500):
        statement = delete(OutboxRow).where(OutboxRow.id.in_(ids[start : start + 500]))
        session.execute(statement.execution_options(synchronize_session=False))
    for row in rows:
        session.expunge(row)
    return letters


def announce_all(session: Session, rows: Sequence[OutboxRow]) -> None:
    """Let the announcements of answers write their letters, as the worker would have done at that moment."""
    for row in list(rows):
        if row.kind == "answers.announce":
            with clock.pinned(row.created_at):
                announce(session, row)
                session.flush()
