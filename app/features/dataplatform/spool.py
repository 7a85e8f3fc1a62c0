"""Rows read once and written several times: every file of a release tells the same, and a large set takes no more memory."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any


class Spool:
    """Rows of texts, numbers, booleans and nothing, in a file without a name; iterate it as often as there are formats."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.count = 0

    def add(self, row: Sequence[Any]) -> None:
        """Keep one more row. Raises TypeError for a value that is not plain."""
        self._file.write(json.dumps(row) + "\n")  # not `dump`, which puts a row together in Python, piece by piece
        self.count += 1

    def __iter__(self) -> Iterator[list[Any]]:
        self._file.seek(0)
        for line in self._file:
            yield json.loads(line)


@contextmanager
def rows_on_disk(folder: Path) -> Iterator[Spool]:
    """A spool beside the files that will be written from it, gone afterwards whatever happens."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", dir=folder) as file:
        yield Spool(file)
