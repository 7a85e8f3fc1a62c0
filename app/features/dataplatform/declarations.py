"""How a data set is declared: once, with the basis of each column. Everything else is made from the declaration."""

import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from app.kernel.messages import Message


class Audience(StrEnum):
    """Who may have a data set."""

    OPEN = "open"
    INTERNAL = "internal"
    RECIPIENT = "recipient"


class Basis(StrEnum):
    """On which legal basis a column may leave the house."""

    PUBLISHED = "published"
    """Its author published it; it is on our pages."""
    PUBLIC_TASK = "public_task"
    """The city counts what was said in public, or describes itself."""
    PROTECTED = "protected"
    """A figure about people, after disclosure control."""
    CONSENT = "consent"
    """Only of people whose consent is in force when the statement runs."""


@dataclass(frozen=True)
class Column:
    """One column: its name in files, its type in words of CSV and JSON, what it means, and its basis."""

    name: str
    kind: str
    meaning: Message
    basis: Basis | None
    unit: str = ""


class NotDeclarable(ValueError):
    """A data set that must never exist is not even declared: the application does not start with it."""


Rows = Iterator[Sequence[Any]]
Geometry = Callable[[Session], Callable[[Sequence[Any]], str | None]]

PeopleRows = Iterator[tuple[uuid.UUID, uuid.UUID, Sequence[Any]]]


@dataclass(frozen=True)
class DataSet:
    """One data set. `rows` gives tuples in the order of `columns`; `geometry` gives the GeoJSON text of a row, if any.

    `people_rows` is set where rows are about people who consented: the same rows, each with its agreement and its person,
    from one statement, so that exactly those whose row leaves are told of it. `agreement_rows` is the same for a set that is
    handed over for one agreement at a time; `columns_of` then says which of the columns the agreement allows.
    """

    name: str
    title: Message
    description: Message
    audience: Audience
    columns: tuple[Column, ...]
    rows: Callable[[Session, Collection[uuid.UUID] | None], Rows]
    geometry: Geometry | None = None
    recipient: Message | None = None
    licence: str = "CC0-1.0"
    people_rows: Callable[[Session, Collection[uuid.UUID] | None], PeopleRows] | None = None
    agreement_rows: Callable[[Session, uuid.UUID], PeopleRows] | None = None
    columns_of: Callable[[Session, uuid.UUID], tuple[Column, ...]] | None = None
    notes: tuple[Message, ...] = field(default_factory=tuple)

    @property
    def rests_on_consent(self) -> bool:
        """Whether anything of it may leave only while somebody's consent is in force."""
        return any(column.basis is Basis.CONSENT for column in self.columns)

    @property
    def about_people(self) -> bool:
        """Whether its rows are people, so that looking at them is a use of their data."""
        return self.people_rows is not None or self.agreement_rows is not None

    @property
    def formats(self) -> tuple[str, ...]:
        """File formats it is released in."""
        return ("csv", "geojson") if self.geometry else ("csv",)


_sets: dict[str, DataSet] = {}


def declare(data_set: DataSet) -> DataSet:
    """Register a data set under its name.

    Raises NotDeclarable when open rows would rest on consent: published files cannot be recalled, a consent can.
    """
    if data_set.audience is Audience.OPEN and (data_set.rests_on_consent or data_set.about_people):
        raise NotDeclarable(f"{data_set.name}: consent cannot be the basis of open data")
    _sets[data_set.name] = data_set
    return data_set


def data_sets() -> list[DataSet]:
    """All declared sets by name."""
    return [_sets[name] for name in sorted(_sets)]


def data_set(name: str) -> DataSet | None:
    """The set of that name."""
    return _sets.get(name)
