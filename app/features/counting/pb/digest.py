"""What makes two files the same election: the digest of their content, whatever their line ends, quotes or column order."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.features.counting.pb.meta import canonical_fields
from app.features.counting.pb.model import PbHead

FIELD, ROW = "\x1f", "\x1e"
"""The ASCII separators of fields and rows. No file that holds them is read as text, so they cannot be forged."""


@dataclass(frozen=True, slots=True)
class Digests:
    """SHA-256 of each section, in hexadecimal. Rows count in their order; columns do not."""

    meta: str
    projects: str
    votes: str

    @property
    def content(self) -> str:
        """The digest of the whole election."""
        return hashlib.sha256(FIELD.join(("pb-1", self.meta, self.projects, self.votes)).encode()).hexdigest()


def head_digests(head: PbHead) -> tuple[str, str]:
    """The digests of META and of PROJECTS."""
    columns = sorted(head.project_columns)
    projects = ([project.cell(column, head.meta.decimals) for column in columns] for project in head.projects)
    return _digest(canonical_fields(head.meta)), _digest([columns, *projects])


class VotesDigest:
    """The digest of VOTES, fed with columns of batches."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._order = sorted(range(len(columns)), key=columns.__getitem__)
        self._sha = hashlib.sha256((FIELD.join(sorted(columns)) + ROW).encode())

    def add(self, columns: Sequence[Sequence[str]]) -> None:
        """A batch, column by column as they stand in the file."""
        rows = zip(*(columns[index] for index in self._order), strict=True)
        self._sha.update((ROW.join(map(FIELD.join, rows)) + ROW).encode("utf-8", "surrogatepass"))

    def hexdigest(self) -> str:
        """The digest so far."""
        return self._sha.hexdigest()


def _digest(rows: Iterable[Sequence[str]]) -> str:
    return hashlib.sha256(ROW.join(FIELD.join(row) for row in rows).encode()).hexdigest()
