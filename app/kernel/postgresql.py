"""A cursor for PostgreSQL that describes its columns when somebody asks, not with every result.

SQLAlchemy remembers what the columns of a statement are and looks only whether there are any. psycopg describes each of them
anew every time, with an object apiece: a fifth of the work of reading one row of many columns.
"""

from collections.abc import Iterator, Sequence
from typing import Any, overload

import psycopg
from psycopg import Column


class Cursor(psycopg.Cursor[Any]):
    """psycopg's own, with a description that is made late."""

    @property
    def description(self) -> "Sequence[Column] | None":  # type: ignore[override]
        """The columns of the present result, None where it has none."""
        result = self.pgresult
        return _Columns(self, result.nfields) if result and result.nfields else super().description


class _Columns(Sequence[Column]):
    def __init__(self, cursor: Cursor, number: int) -> None:
        self._cursor, self._number = cursor, number

    def __len__(self) -> int:
        return self._number

    @overload
    def __getitem__(self, at: int) -> Column: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Column]: ...
    def __getitem__(self, at: int | slice) -> Column | Sequence[Column]:
        return list(self)[at]

    def __iter__(self) -> Iterator[Column]:
        return (Column(self._cursor, at) for at in range(self._number))
