"""Print files with codes: outside the database, for their owner alone, gone as soon as the letters are printed.

A file has one line a letter, register number and code. It is the only place where the two stand together, and where either
stands readable at all; `Spool.delete` overwrites it before it removes it.
"""

import contextlib
import csv
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from uuid import UUID

IN_ONE_PDF = 250
"""How many letters one PDF holds: a few seconds of typesetting."""


@dataclass(frozen=True)
class Letter:
    """One letter: for whom, by register number, and the code as it is printed."""

    number: str
    code: str


@dataclass(frozen=True)
class Spool:
    """The folder of print files."""

    folder: Path

    def write(self, print_id: UUID, letters: Iterable[Letter]) -> int:
        """Write a whole file, as CSV that a mailing house can read; returns how many letters."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = 0
        path = self._path(print_id)
        path.touch(mode=0o600, exist_ok=False)
        with path.open("w", newline="") as file:
            lines = csv.writer(file)
            lines.writerow(("number", "code"))
            for letter in letters:
                lines.writerow((letter.number, letter.code))
                number += 1
        return number

    def letters(self, print_id: UUID, part: int | None = None) -> Iterator[Letter]:
        """The letters of a file in its order, or those of one part, counted from 1. Raises FileNotFoundError."""
        with self._path(print_id).open(newline="") as file:
            rows = (Letter(row["number"], row["code"]) for row in csv.DictReader(file))
            yield from rows if part is None else islice(rows, (part - 1) * IN_ONE_PDF, part * IN_ONE_PDF)

    def path(self, print_id: UUID) -> Path | None:
        """Where a file lies, if it is (still) there."""
        path = self._path(print_id)
        return path if path.exists() else None

    def delete(self, print_id: UUID) -> bool:
        """Overwrite and remove a file; returns whether there was one."""
        path = self._path(print_id)
        with contextlib.suppress(FileNotFoundError):
            with path.open("r+b") as file:
                left = file.seek(0, os.SEEK_END)
                file.seek(0)
                while left > 0:
                    left -= file.write(secrets.token_bytes(min(left, 1 << 20)))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            return True
        return False

    def _path(self, print_id: UUID) -> Path:
        return self.folder / f"{print_id}.csv"
