"""What every factory stands on."""

from collections.abc import Iterator
from itertools import count
from typing import TypeVar

from app.extensions import db

Row = TypeVar("Row")
_numbers: Iterator[int] = count(1)


def add(row: Row) -> Row:
    """Put a row into the session of this test and give it its id; nothing is committed."""
    db.session.add(row)
    db.session.flush()
    return row


def number() -> int:
    """Another number each time, for names that must differ."""
    return next(_numbers)
