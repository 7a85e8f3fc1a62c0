"""What can happen here: a data set is released."""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.consents.queries import DataAgreement, agreement, agreements_named
from app.features.consents.use_cases import forget_usages_of, hold_still, left_since, note_usages
from app.features.dataplatform import rules
from app.features.dataplatform.commands import MakeRelease
from app.features.dataplatform.declarations import DataSet, PeopleRows, data_set
from app.features.dataplatform.models import Release
from app.features.dataplatform.queries import next_number
from app.features.dataplatform.spool import Spool, rows_on_disk
from app.features.dataplatform.writers import as_csv, as_geojson, manifest, readme
from app.kernel import audit, clock
from app.kernel.errors import Conflict, NotFound
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Permission

Pair = tuple[uuid.UUID, uuid.UUID]
AT_ONCE = 5_000
_CHANGED = msg("Somebody in this release erased their account at this moment. Nothing was released; try again.")
_AT_ONCE = msg("Somebody else is releasing this data set at this moment. Try again.")


@dataclass(frozen=True)
class PreparedRelease:
    """A release whose files wait under hidden names; `publish` gives them their own after the commit (law 4)."""

    release: Release
    waiting: Path
    folder: Path

    def publish(self) -> list[Path]:
        """Move the files to their names, each at once whole, and return where they are."""
        paths = []
        for file in sorted(self.waiting.iterdir()):
            target = self.folder / file.name
            file.replace(target)
            paths.append(target)
        self.waiting.rmdir()
        return paths

    def discard(self) -> None:
        """Remove what was written; the transaction did not hold."""
        shutil.rmtree(self.waiting, ignore_errors=True)


@dataclass
class _Making:
    """A release that is being made: what is released, by whom, and when its rows were read."""

    session: Session
    found: DataSet
    number: int
    waiting: Path
    process_ids: Collection[uuid.UUID] | None
    agreement_id: uuid.UUID | None
    department: str
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    read_at: datetime = field(default_factory=clock.now)
    agreements: set[uuid.UUID] = field(default_factory=set)
    people: int = 0


def make_release(session: Session, actor: Actor, command: MakeRelease) -> PreparedRelease:
    """Write the files of a data set and record the release; people whose rows leave are told, in the same transaction.

    Contains the processes in which the actor may release. Raises NotFound for unknown sets, Forbidden without the role,
    Refused before anything is written when a column has no basis.

    A withdrawal at the same moment is either before the release, which then lacks the person, or after it: see
    `consents.use_cases.hold_still`.
    """
    found = data_set(command.data_set)
    if found is None:
        raise NotFound(msg("There is no data set called %(name)s.", name=command.data_set))
    actor.require(Permission.RELEASE)
    process_ids = actor.processes_where(Permission.RELEASE)
    if found.agreement_rows is not None:
        found = _for_agreement(session, found, command.agreement_id, process_ids)
    rules.check(found)
    number = next_number(session, found.name)
    waiting = command.folder / f".release-{uuid.uuid4().hex}"
    waiting.mkdir(parents=True)
    making = _Making(session, found, number, waiting, process_ids, command.agreement_id, command.department)
    try:
        release = _write(making, actor)
    except BaseException:
        shutil.rmtree(waiting, ignore_errors=True)
        raise
    return PreparedRelease(release, waiting, command.folder)


def _for_agreement(
    session: Session, found: DataSet, agreement_id: uuid.UUID | None, process_ids: Collection[uuid.UUID] | None
) -> DataSet:
    """The set with the columns that this agreement allows. Raises NotFound for agreements of other processes."""
    about = agreement(session, agreement_id) if agreement_id else None
    if about is None or not rules.may_hand_over(about.process_id, process_ids):
        raise NotFound(msg("Choose the agreement whose data is handed over."))
    columns = found.columns_of(session, about.id) if found.columns_of else found.columns
    return replace(found, columns=columns)


def _write(making: _Making, actor: Actor) -> Release:
    session, found = making.session, making.found
    with rows_on_disk(making.waiting) as rows:
        _read(making, rows)
        left = left_since(session, making.agreements, making.read_at)
        files = _files(making, rows, left)
        if making.agreements:
            hold_still(session, making.agreements)
            if (later := left_since(session, making.agreements, making.read_at)) != left:
                left, files = later, _files(making, rows, later)
        count = rows.count
    gone = forget_usages_of(session, left, kind="release", at=making.read_at) if left else 0
    release = Release(
        id=making.id,
        data_set=found.name,
        number=making.number,
        audience=found.audience,
        rows=count - gone,
        people=making.people - gone,
        made_by_id=actor.person_id,
        read_at=making.read_at,
        agreement_id=making.agreement_id,
        files=files,
    )
    try:
        with session.begin_nested():
            session.add(release)
            session.flush()
    except IntegrityError:
        raise Conflict(_AT_ONCE) from None
    audit.record(session, actor, "data_set.released", release, data_set=found.name, number=making.number, rows=release.rows)
    session.flush()
    return release


def _read(making: _Making, rows: Spool) -> None:
    """One statement fills the spool; everybody whose row is read has the use noted, as of the moment before it."""
    session, found = making.session, making.found
    people = _people_rows(making)
    if people is None:
        for values in found.rows(session, making.process_ids):
            rows.add(values)
        return
    while batch := list(islice(people, AT_ONCE)):
        by_agreement: dict[uuid.UUID, list[uuid.UUID]] = {}
        for about, person, values in batch:
            rows.add((about.hex, person.hex, *values))
            by_agreement.setdefault(about, []).append(person)
        for about, persons in by_agreement.items():
            _tell(making, about, persons)
        making.agreements |= by_agreement.keys()
        making.people += len(batch)


def _people_rows(making: _Making) -> PeopleRows | None:
    if making.found.agreement_rows is not None and making.agreement_id is not None:
        return making.found.agreement_rows(making.session, making.agreement_id)
    if making.found.people_rows is not None:
        return making.found.people_rows(making.session, making.process_ids)
    return None


def _tell(making: _Making, about: uuid.UUID, persons: list[uuid.UUID]) -> None:
    recipient = making.found.recipient
    try:
        with making.session.begin_nested():
            note_usages(
                making.session,
                persons,
                kind="release",
                by_role="steward",
                by_department=str(recipient) if recipient else making.department,
                basis="consent",
                agreement_id=about,
                at=making.read_at,
                data_set=making.found.name,
                release=str(making.id),
            )
    except IntegrityError:  # an account that is erased meanwhile
        raise Conflict(_CHANGED) from None


def _files(making: _Making, rows: Spool, left: Collection[Pair]) -> list[dict[str, Any]]:
    """Write every file from the same rows, without those who have left; a second time over the first."""
    session, found, waiting = making.session, making.found, making.waiting
    dropped = {(about.hex, person.hex) for about, person in left}

    def kept() -> Iterator[Sequence[Any]]:
        if not found.about_people:
            yield from rows
            return
        for about, person, *values in rows:
            if (about, person) not in dropped:
                yield values

    files = [_save(waiting / f"{found.name}.csv", as_csv(found, kept()))]
    if found.geometry is not None:
        files.append(_save(waiting / f"{found.name}.geojson", as_geojson(found, kept(), found.geometry(session))))
    abouts: Sequence[DataAgreement] = agreements_named(session, making.agreements)
    files.append(_save(waiting / f"{found.name}.README.md", [readme(found, _english, making.read_at, abouts).encode()]))
    facts = manifest(found, making.number, making.read_at, abouts, files)
    return [*files, _save(waiting / f"{found.name}.json", [json.dumps(facts, ensure_ascii=False, indent=2).encode()])]


def _save(path: Path, pieces: Iterable[bytes]) -> dict[str, Any]:
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
    return {"name": path.name, "bytes": size, "sha256": digest.hexdigest()}


def _english(message: Message) -> str:
    return str(message)
