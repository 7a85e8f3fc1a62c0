"""What can happen here: a data set is released."""

import hashlib
import os
import shutil
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.consents.use_cases import note_usages
from app.features.dataplatform import rules
from app.features.dataplatform.commands import MakeRelease
from app.features.dataplatform.declarations import DataSet, data_set
from app.features.dataplatform.models import Release
from app.features.dataplatform.queries import next_number
from app.features.dataplatform.spool import rows_on_disk
from app.features.dataplatform.writers import as_csv, as_geojson, readme
from app.kernel import audit
from app.kernel.errors import Conflict, NotFound
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Permission


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


def make_release(session: Session, actor: Actor, command: MakeRelease) -> PreparedRelease:
    """Write the files of a data set and record the release; people whose rows leave are told, in the same transaction.

    Contains the processes in which the actor may release. Raises NotFound for unknown sets, Forbidden without the role,
    Refused before anything is written when a column has no basis.
    """
    found = data_set(command.data_set)
    if found is None:
        raise NotFound(msg("There is no data set called %(name)s.", name=command.data_set))
    actor.require(Permission.RELEASE)
    rules.check(found)
    process_ids = actor.processes_where(Permission.RELEASE)
    number = next_number(session, found.name)
    waiting = command.folder / f".release-{uuid.uuid4().hex}"
    waiting.mkdir(parents=True)
    try:
        release = _write(session, actor, found, number, waiting, process_ids, command.department)
    except BaseException:
        shutil.rmtree(waiting, ignore_errors=True)
        raise
    return PreparedRelease(release, waiting, command.folder)


def _write(
    session: Session,
    actor: Actor,
    found: DataSet,
    number: int,
    waiting: Path,
    process_ids: Collection[uuid.UUID] | None,
    department: str,
) -> Release:
    people: list[tuple[uuid.UUID, uuid.UUID]] = []
    with rows_on_disk(waiting) as rows:
        if found.people_rows is not None:
            for agreement, person, values in found.people_rows(session, process_ids):
                people.append((agreement, person))
                rows.add(values)
        else:
            for values in found.rows(session, process_ids):
                rows.add(values)
        files = [_save(waiting / f"{found.name}.csv", as_csv(found, rows))]
        if found.geometry is not None:
            files.append(_save(waiting / f"{found.name}.geojson", as_geojson(found, rows, found.geometry(session))))
    files.append(_save(waiting / f"{found.name}.README.md", [readme(found, _english).encode()]))
    release = Release(
        data_set=found.name,
        number=number,
        audience=found.audience,
        rows=rows.count,
        people=len({person for _agreement, person in people}),
        made_by_id=actor.person_id,
        files=files,
    )
    try:
        with session.begin_nested():
            session.add(release)
            session.flush()
    except IntegrityError:
        raise Conflict(msg("Somebody else is releasing this data set at this moment. Try again.")) from None
    _tell(session, found, release, people, department)
    audit.record(session, actor, "data_set.released", release, data_set=found.name, number=number, rows=rows.count)
    session.flush()
    return release


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


def _tell(
    session: Session, found: DataSet, release: Release, people: list[tuple[uuid.UUID, uuid.UUID]], department: str
) -> None:
    by_agreement: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for agreement, person in people:
        by_agreement[agreement].append(person)
    recipient = str(found.recipient) if found.recipient else department
    for agreement, persons in by_agreement.items():
        note_usages(
            session,
            persons,
            kind="release",
            by_role="steward",
            by_department=recipient,
            basis="consent",
            agreement_id=agreement,
            data_set=found.name,
            release=str(release.id),
        )
