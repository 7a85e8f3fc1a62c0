"""What becomes of everything that points at a person when they are erased: declared by each room, so that none can forget one.

A room's `erased.py` says of each of its columns that name a person whether the rows go, stay without the name, or stay and why.
The preview counts by these declarations and the run works by the same ones, so the one cannot promise what the other does not
do. A test compares them with every column that points at a person, and with every column that could hold anything (JSON).
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, false, func, inspect, or_, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.kernel.messages import Message

Condition = Callable[["Subject"], ColumnElement[bool]]
Count = Callable[[Session, "Subject"], int]
Run = Callable[[Session, "Subject", int], int]
Files = Callable[[Session, "Subject"], Iterable[str]]
LAST = 1_000
"""The order of what comes last: the account itself."""


class Fate(StrEnum):
    """GOES: deleted. ANONYMOUS: stays, and says no longer whose it is. STAYS: is kept as it is, for a reason."""

    GOES = "goes"
    ANONYMOUS = "anonymous"
    STAYS = "stays"


@dataclass(frozen=True)
class Subject:
    """Whoever is erased. `pseudonym` stands for them in what must stay; nothing says whose it was."""

    person_id: uuid.UUID
    email: str | None
    name: str
    pseudonym: uuid.UUID


@dataclass(frozen=True)
class Part:
    """One kind of thing, and what becomes of it. `columns` are `table.column` names that it answers for.

    `count` says how many there are now, `run` deals with at most so many of them and returns how many those were: fewer than
    asked for when none is left. Running it again changes nothing. `files` are the keys of files that go with it. `at_once`: it
    is dealt with in the transaction that begins the erasure, because nothing may rest on it any more from that moment.
    """

    name: str
    fate: Fate
    title: Message
    columns: tuple[str, ...]
    why: Message | None
    order: int
    count: Count
    run: Run
    files: Files | None = None
    at_once: bool = False


_parts: dict[str, Part] = {}
_nobody: dict[str, str] = {}
_needed: dict[str, dict[str, Condition]] = {}
_withdrawn: dict[str, Message] = {}


def declare(part: Part) -> Part:
    """Add a part; the same name again replaces it. Raises ValueError where something stays and no reason is given."""
    if part.fate is not Fate.GOES and part.why is None:
        raise ValueError(f"{part.name} does not go, so it must say why")
    _parts[part.name] = part
    return part


def goes(
    name: str,
    title: Message,
    *columns: InstrumentedAttribute[Any],
    where: Condition | None = None,
    why: Message | None = None,
    order: int = 50,
) -> Part:
    """Rows in which one of `columns` is the person (or that `where` finds) are deleted, with all that stands in them."""
    model = columns[0].class_
    found = where or _is_in(columns)

    def run(session: Session, subject: Subject, most: int) -> int:
        return changed(session, delete(model).where(_first(model, found(subject), most)))

    told = (*_names(columns), *_rest_of(model))
    return declare(Part(name, Fate.GOES, title, told, why, order, _counter(model, found), run))


def anonymous(
    name: str,
    title: Message,
    *columns: InstrumentedAttribute[Any],
    why: Message,
    emptied: Mapping[InstrumentedAttribute[Any], Any] | None = None,
    kept: tuple[InstrumentedAttribute[Any], ...] = (),
    where: Condition | None = None,
    order: int = 50,
) -> Part:
    """Rows stay, and `columns` no longer name the person; what `emptied` names gets the value given there.

    `kept` are columns of theirs that stay: `why` says why.
    """
    model = columns[0].class_
    found = where or _is_in(columns)
    others = dict(emptied or {})

    def run(session: Session, subject: Subject, most: int) -> int:
        values: dict[Any, Any] = {column: _unless(column, subject) for column in columns} | others
        return changed(session, update(model).where(_first(model, found(subject), most)).values(values))

    told = (*columns, *others, *kept)
    return declare(Part(name, Fate.ANONYMOUS, title, _names(told), why, order, _counter(model, found), run))


def stays(
    name: str,
    title: Message,
    *columns: InstrumentedAttribute[Any],
    why: Message,
    where: Condition | None = None,
    order: int = 50,
) -> Part:
    """Rows stay as they are, for a reason that is told."""
    model = columns[0].class_
    found = where or _is_in(columns)
    return declare(
        Part(name, Fate.STAYS, title, _names(columns), why, order, _counter(model, found), lambda _session, _subject, _most: 0)
    )


def nothing_of_people(why: str, *columns: str) -> None:
    """Columns (`table.column`) that could hold anything and hold nothing about people; `why` is for whoever reads the code."""
    for column in columns:
        _nobody[column] = why


def needed(table: str, by: str, condition: Condition | Callable[[Any], ColumnElement[bool]]) -> None:
    """Others build on rows of `table`: those may lose their author and their text, but not vanish.

    `condition` gets the model of the table and returns whether something of `by` refers to the row.
    """
    _needed.setdefault(table, {})[by] = condition


def is_needed(table: str, model: Any) -> ColumnElement[bool]:
    """Whether something of another room refers to the row of `table`."""
    conditions = [condition(model) for condition in _needed.get(table, {}).values()]
    return or_(*conditions) if conditions else false()


def must_leave(kind: str, why: Message) -> None:
    """Rows of the outbox of this kind still leave when the person they are about is erased, such as notices that a consent has
    ended. They name the person until they are delivered, which the preview says."""
    _withdrawn[kind] = why


def leaving() -> dict[str, Message]:
    """Kinds of outbox rows that still leave, and why."""
    return dict(_withdrawn)


def parts() -> list[Part]:
    """All of them, in the order in which they are dealt with."""
    return sorted(_parts.values(), key=lambda part: (part.order, part.name))


def answered_for() -> set[str]:
    """Every `table.column` that a part answers for, or that holds nothing about people."""
    return {column for part in _parts.values() for column in part.columns} | set(_nobody)


@dataclass(frozen=True)
class Obstacle:
    """Why somebody cannot be erased now: a short code for programs, words for people."""

    code: str
    message: Message


Check = Callable[[Session, uuid.UUID], Iterator[Obstacle]]
_checks: list[Check] = []


def obstacle(check: Check) -> Check:
    """Register what may stand in the way."""
    if check not in _checks:
        _checks.append(check)
    return check


def obstacles(session: Session, person_id: uuid.UUID) -> list[Obstacle]:
    """Everything that stands in the way of erasing this person."""
    return [found for check in _checks for found in check(session, person_id)]


@dataclass
class Told:
    """One line of the preview."""

    part: Part
    count: int
    words: list[Message] = field(default_factory=list)


def changed(session: Session, statement: Any) -> int:
    """Execute a DELETE or UPDATE; returns how many rows it was."""
    return int(session.execute(statement, execution_options={"synchronize_session": False}).rowcount)  # type: ignore[attr-defined]


def _names(columns: Iterable[InstrumentedAttribute[Any]]) -> tuple[str, ...]:
    return tuple(f"{column.class_.__tablename__}.{column.key}" for column in columns)


def _rest_of(model: Any) -> tuple[str, ...]:
    """What else stands in a row that is deleted; other people it may point at are another part's to say."""
    table = model.__table__
    others = {key.parent.name for key in table.foreign_keys if key.column.table.name == "person"}
    return tuple(f"{table.name}.{column.name}" for column in table.columns if column.name not in others)


def _is_in(columns: tuple[InstrumentedAttribute[Any], ...]) -> Condition:
    return lambda subject: or_(*(column == subject.person_id for column in columns))


def _unless(column: InstrumentedAttribute[Any], subject: Subject) -> Any:
    """The column without the person: somebody else's id in it stays."""
    return func.nullif(column, subject.person_id)


def _counter(model: Any, found: Condition) -> Count:
    return lambda session, subject: session.scalar(select(func.count()).select_from(model).where(found(subject))) or 0


def _first(model: Any, condition: ColumnElement[bool], most: int) -> ColumnElement[bool]:
    """The first `most` rows that meet the condition, by their keys."""
    keys = list(inspect(model).primary_key)
    chosen = select(*keys).where(condition).limit(most)
    return keys[0].in_(chosen) if len(keys) == 1 else tuple_(*keys).in_(chosen)
