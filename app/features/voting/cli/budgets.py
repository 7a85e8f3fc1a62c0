"""`flask budgets …`: bringing real elections in. It stands here because it stores ballots."""

import fcntl
import hashlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.counting.use_cases import PbError
from app.features.voting.election_import.notices import as_text
from app.features.voting.election_import.run import ContentChanged, Report, import_election
from app.kernel.database import intent

cli = AppGroup("budgets", help="Budgets and their elections.")

MOST_NOTICES = 12
_MISSING = {
    "conflicts": "the file does not say which projects exclude each other",
    "min_score": "the file announces no minimum score",
    "draw": "a tie that decides was left to a draw",
}


@cli.command("import-pb", no_args_is_help=True)
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
def import_pb(files: Sequence[str]) -> None:
    """Turn each real election in a .pb FILE (https://pabulib.org/format) into a finished process.

    Each file is checked as a whole before anything is stored, and nobody sees it before it is complete. The same content
    again changes nothing. A file that is damaged, or that differs from what was imported before, is refused with the reason;
    the others are imported all the same, and the exit status is then 1.

    \b
    Examples:
      flask --app wsgi budgets import-pb election.pb
      flask --app wsgi budgets import-pb elections/*.pb
    """
    doors = _Doors()
    failed = 0
    for file in files:
        with _Progress(file) as progress:
            try:
                report = import_election(Path(file), doors, progress)
            except PbError as error:
                answer, refused = f"{file}: not imported: {error}", True
            except OSError as error:
                answer, refused = f"{file}: not imported: it cannot be read: {error.strerror or type(error).__name__}", True
            except ContentChanged as changed:
                answer, refused = _changed(file, changed), True
            else:
                answer, refused = _told(file, report), False
        click.echo(answer, err=refused)
        failed += refused
    if failed:
        sys.exit(1)


def _told(file: str, report: Report) -> str:
    if not report.new:
        return f"{file}: “{report.title}” was imported before with the same content. Nothing changed: /processes/{report.slug}"
    lines = [
        f"{file}: imported “{report.title}”: /processes/{report.slug}",
        f"  {report.projects} projects, {report.located} of them on the map; {report.ballots} ballots",
        f"  {_counted(report)}",
        *(f"  note: {as_text(notice)}" for notice in report.notices[:MOST_NOTICES]),
    ]
    if len(report.notices) > MOST_NOTICES:
        lines.append(f"  … {len(report.notices) - MOST_NOTICES} more notes on the page of the budget")
    return "\n".join(lines)


def _counted(report: Report) -> str:
    if not report.supported:
        return f"not counted: {_MISSING.get(report.missing or '', 'the rule is not supported yet')}"
    agrees = {True: "the same as the city's", False: "not the same as the city's", None: "the file does not say the city's"}
    return f"counted from the stored ballots: {report.winners} winners, {agrees[report.agrees]}"


def _changed(file: str, changed: ContentChanged) -> str:
    lines = [
        f"{file}: not imported: “{changed.title}” (/processes/{changed.slug}) was imported before with other content.",
        "  What differs (before → now):",
        *(f"  {change.field}: {_side(change.before)} → {_side(change.after)}" for change in changed.changes),
    ]
    return "\n".join(lines)


def _side(value: str | None) -> str:
    if value is None:
        return "nothing"
    return f"“{value if len(value) <= 80 else value[:79] + '…'}”"


class _Doors:
    """The transactions of this edge."""

    def __init__(self) -> None:
        self.zone = ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])

    def writing(self) -> Any:
        """A short transaction that writes."""
        return db.transaction()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A look at the database that locks nobody out and changes nothing."""
        with intent(writing=False):
            session = db.session()
            try:
                yield session
            finally:
                session.rollback()
                db.session.remove()

    @contextmanager
    def alone(self, identity: str) -> Iterator[None]:
        """Wait until no other process imports this election. A process that dies loses the lock at once."""
        if not db.is_sqlite:
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                key = int.from_bytes(hashlib.sha256(identity.encode()).digest()[:8], signed=True)
                connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": key})
                try:
                    yield
                finally:
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
            return
        database = db.engine.url.database
        if not database or database == ":memory:":
            yield
            return
        with Path(f"{database}.imports.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class _Progress:
    """A bar on the terminal while a file is checked and another while its ballots are stored; nothing anywhere else."""

    def __init__(self, file: str) -> None:
        self._name = Path(file).name
        self._size = Path(file).stat().st_size if Path(file).is_file() else 0
        self._wanted = sys.stderr.isatty()
        self._bar: Any = None
        self._doing = ""

    def __enter__(self) -> "_Progress":
        return self

    def __exit__(self, *_error: object) -> None:
        self._end()

    def checked(self, number: int) -> None:
        """So many bytes more were checked."""
        self._show("Checking", self._size, number)

    def stored(self, number: int, total: int) -> None:
        """So many ballots more were stored."""
        self._show("Storing", total, number)

    def _show(self, doing: str, length: int, number: int) -> None:
        if not self._wanted:
            return
        if doing != self._doing:
            self._end()
            self._doing = doing
            self._bar = click.progressbar(length=length, label=f"{doing} {self._name}", file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(number)

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None
