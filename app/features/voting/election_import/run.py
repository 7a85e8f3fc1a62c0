"""The steps of an import, each in a short transaction of its own, so that others can write between them.

Checking the whole file comes first and writes nothing. What is stored then is a draft that nobody sees, until the last
transaction counts, certifies and publishes it. An import that was killed leaves only such a draft; the next one of the
same election removes it. One election is imported by one process at a time: `Doors.alone` sees to it, and the unique
identity of `ElectionImport` besides.
"""

import time
import uuid
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.features.budgets.queries import ElectionImport, Pot, Project, ProjectCategory
from app.features.budgets.queries import pot as pot_by_id
from app.features.budgets.use_cases import CertifyPot, certify_pot, record_count
from app.features.counting.use_cases import Change, PbElection
from app.features.spaces.queries import IMPORTED_AREA, NOWHERE_AREA, Area, Category, Phase, Process, ProcessState
from app.features.spaces.use_cases import set_process_state
from app.features.voting.election_import import ballots, words
from app.features.voting.election_import.compare import difference
from app.features.voting.election_import.notices import Notice
from app.features.voting.election_import.reading import read
from app.features.voting.election_import.writing import Stored, record_import, write_head
from app.features.voting.queries import ballot_classes
from app.features.voting.use_cases import outcome_of
from app.kernel import clock
from app.kernel.permissions import SYSTEM

BREATH = 0.02
"""Seconds between two batches in which nothing is locked: whoever waits for SQLite's one writer gets their turn."""


class Doors(Protocol):
    """The edge's transactions, and the lock that a process loses when it dies."""

    zone: ZoneInfo

    def writing(self) -> AbstractContextManager[Session]: ...
    def reading(self) -> AbstractContextManager[Session]: ...
    def alone(self, identity: str) -> AbstractContextManager[None]: ...


class Watcher(Protocol):
    """Is told how far the import is."""

    def checked(self, number: int) -> object: ...
    def stored(self, number: int, total: int) -> object: ...


@dataclass(frozen=True)
class Report:
    """What became of a file. `agrees` compares winners with the city's; None where there is nothing to compare."""

    slug: str
    title: str
    pot_id: uuid.UUID
    new: bool
    projects: int
    located: int
    ballots: int
    supported: bool
    missing: str | None
    winners: int
    agrees: bool | None
    notices: tuple[Notice, ...]


class ContentChanged(Exception):
    """The same election was imported before with other content; nothing is changed. `changes` say what differs."""

    def __init__(self, title: str, slug: str, changes: list[Change]) -> None:
        super().__init__(title)
        self.title, self.slug, self.changes = title, slug, changes


def import_election(path: Path, doors: Doors, watcher: Watcher | None = None) -> Report:
    """Import one file. The same content again changes nothing.

    Raises PbError where the file is damaged, ContentChanged where it differs from what was imported, OSError.
    """
    election = read(path, watcher.checked if watcher else None)
    identity = words.identity(election)
    with doors.alone(identity):
        with doors.reading() as session:
            known = _known(session, identity)
            if known is not None and known.summary.get("complete"):
                return _again(session, known, election)
            remains = known.pot_id if known is not None else None
        if remains is not None:
            _remove(doors, remains)
        return _import(path, election, identity, doors, watcher)


def _import(path: Path, election: PbElection, identity: str, doors: Doors, watcher: Watcher | None) -> Report:
    pot_id = None
    try:
        with doors.writing() as session:
            stored = write_head(session, election, identity, path.name, clock.now(), doors.zone)
        pot_id = stored.pot_id
        channels = _store_ballots(election, stored, doors, watcher)
        with doors.writing() as session:
            pot = session.get_one(Pot, stored.pot_id)
            pot.options = {**pot.options, "channels": dict(channels)}
        with doors.reading() as session:
            record = outcome_of(session, _pot(session, stored.pot_id))
        with doors.writing() as session:
            return _publish(session, stored, election, path.name, record)
    except BaseException:
        if pot_id is not None:
            _remove(doors, pot_id)
        raise


def _store_ballots(election: PbElection, stored: Stored, doors: Doors, watcher: Watcher | None) -> Counter[str]:
    channels: Counter[str] = Counter()
    for rows in ballots.rows_of(election, stored.pot_id, channels):
        with doors.writing() as session:
            ballots.store(session, rows)
        if watcher is not None:
            watcher.stored(len(rows), election.tally.voters)
        time.sleep(BREATH)
    return channels


def _publish(session: Session, stored: Stored, election: PbElection, file_name: str, record: dict[str, Any]) -> Report:
    """Keep the count, certify it as imported, and let everybody see the process, all at once."""
    pot = _pot(session, stored.pot_id)
    record_count(session, SYSTEM, pot, record | {"imported": True})
    certify_pot(session, SYSTEM, CertifyPot(pot.id))
    entry = session.scalars(select(ElectionImport).where(ElectionImport.pot_id == pot.id)).one()
    entry.summary = {**entry.summary, "complete": True}
    set_process_state(session, SYSTEM, stored.process_id, ProcessState.PUBLISHED)
    set_process_state(session, SYSTEM, stored.process_id, ProcessState.ARCHIVED)
    record_import(session, stored, election, file_name, election.tally.voters)
    session.flush()
    return _report(session, entry, new=True)


def _pot(session: Session, pot_id: uuid.UUID) -> Pot:
    pot = pot_by_id(session, pot_id)
    if pot is None:
        raise LookupError(f"pot {pot_id} is gone")
    return pot


def _known(session: Session, identity: str) -> ElectionImport | None:
    return session.scalars(select(ElectionImport).where(ElectionImport.identity == identity)).one_or_none()


def _again(session: Session, known: ElectionImport, election: PbElection) -> Report:
    """The election is here already: say so, or how the file differs."""
    report = _report(session, known, new=False)
    if known.content_digest == election.content_digest:
        return report
    pot = _pot(session, known.pot_id)
    changes = difference(known.summary["facts"], ballot_classes(session, pot), election)
    raise ContentChanged(report.title, report.slug, changes)


def _report(session: Session, entry: ElectionImport, *, new: bool) -> Report:
    pot = _pot(session, entry.pot_id)
    process = session.get_one(Process, pot.process_id)
    result = pot.result or {}
    official = {project.number for project in pot.projects if project.official_selected}
    counted = bool(result.get("supported"))
    agrees = set(result["winners"]) == official if counted and pot.options.get("has_official") else None
    return Report(
        slug=process.slug,
        title=next(iter(process.title.values())),
        pot_id=pot.id,
        new=new,
        projects=len(pot.projects),
        located=sum(project.lon is not None for project in pot.projects),
        ballots=int(result.get("voters", 0)),
        supported=counted,
        missing=result.get("missing"),
        winners=len(result.get("winners", ())),
        agrees=agrees,
        notices=tuple(entry.summary.get("notices", ())),
    )


def _remove(doors: Doors, pot_id: uuid.UUID) -> None:
    """Remove what an import that did not end has left, ballots first and in batches."""
    removed = 1
    while removed:
        with doors.writing() as session:
            removed = ballots.remove_some(session, pot_id)
    with doors.writing() as session:
        _remove_head(session, pot_id)


def _remove_head(session: Session, pot_id: uuid.UUID) -> None:
    """Everything but the ballots. Only drafts are removed: what was published stays."""
    found = session.execute(
        select(Process.id, Process.area_id)
        .join(Pot, Pot.process_id == Process.id)
        .where(Pot.id == pot_id, Process.imported, Process.state == ProcessState.DRAFT)
    ).one_or_none()
    if found is None:
        return
    process_id, area_id = found
    projects = select(Project.id).where(Project.pot_id == pot_id)
    steps = (
        delete(ProjectCategory).where(ProjectCategory.project_id.in_(projects)),
        delete(Project).where(Project.pot_id == pot_id),
        delete(ElectionImport).where(ElectionImport.pot_id == pot_id),
        delete(Pot).where(Pot.id == pot_id),
        delete(Category).where(Category.process_id == process_id),
        delete(Phase).where(Phase.process_id == process_id),
        delete(Process).where(Process.id == process_id),
        delete(Area).where(Area.id == area_id, Area.code.startswith(IMPORTED_AREA) | Area.code.startswith(NOWHERE_AREA)),
    )
    session.expire_all()
    for step in steps:
        session.execute(step, execution_options={"synchronize_session": False})
