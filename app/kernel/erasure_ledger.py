"""Who has been erased, in a file beside the database: a backup that is restored brings people back, and the ledger knows whom.

A line holds a digest of the person's random id, when, and the names of their files: nobody can be told from it, and whoever is
in a database can be recognised. Lines are added, and are on the disk before anything is erased. They go when older than
every backup. The file belongs where restoring a backup of the database does not overwrite it.
"""

import fcntl
import hashlib
import json
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.kernel import clock


@dataclass(frozen=True)
class Entry:
    """One erasure."""

    digest: str
    at: datetime
    files: tuple[str, ...] = ()


def digest_of(person_id: uuid.UUID) -> str:
    """What stands for a person in the ledger. The id has 122 random bits, so it cannot be found by trying."""
    return hashlib.sha256(b"plaza erased " + person_id.bytes).hexdigest()


class Ledger:
    """The file. Unbound until `bind`."""

    path: Path

    def bind(self, path: Path) -> None:
        """Use the file at `path`; it is made with the first entry."""
        self.path = path

    def add(self, person_id: uuid.UUID, files: Iterable[str] = ()) -> None:
        """Write a line and wait until it is on the disk. The same person twice does no harm. Raises OSError."""
        line = json.dumps({"person": digest_of(person_id), "at": clock.now().isoformat(), "files": sorted(files)}) + "\n"
        with self._alone(), self.path.open("a", encoding="ascii") as file:
            if file.tell() and not self._ends_whole():  # a machine that lost its power left half a line
                file.write("\n")
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
            _sync_folder(self.path.parent)

    def forget_before(self, moment: datetime) -> int:
        """Remove entries older than every backup. Returns how many."""
        with self._alone():
            found = list(_lines(self.path))
            kept = [line for entry, line in found if entry.at >= moment]
            if len(kept) < len(found):
                anew = self.path.with_suffix(".part")
                with anew.open("w", encoding="ascii") as file:
                    file.write("".join(kept))
                    file.flush()
                    os.fsync(file.fileno())
                anew.replace(self.path)
                _sync_folder(self.path.parent)
        return len(found) - len(kept)

    def older_than(self, moment: datetime) -> int:
        """How many entries `forget_before` would remove."""
        return sum(entry.at < moment for entry in self.entries())

    def entries(self) -> Iterator[Entry]:
        """All of them, oldest first. Half a line, left by a machine that lost its power, is passed over."""
        yield from entries_of(self.path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time. The lock is a file of its own: the ledger itself may be replaced."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _ends_whole(self) -> bool:
        with self.path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"


def entries_of(path: Path) -> Iterator[Entry]:
    """The entries of the ledger at `path`, which may be a copy from another machine."""
    for entry, _line in _lines(path):
        yield entry


def _lines(path: Path) -> Iterator[tuple[Entry, str]]:
    if not path.exists():
        return
    with path.open(encoding="ascii") as file:
        for line in file:
            try:
                raw = json.loads(line)
                yield Entry(raw["person"], datetime.fromisoformat(raw["at"]), tuple(raw["files"])), line
            except (ValueError, KeyError, TypeError):
                continue


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


ledger = Ledger()
