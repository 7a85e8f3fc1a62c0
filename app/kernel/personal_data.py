"""Which personal data each room keeps about a person, so that "take everything" can forget no room.

A room's `queries.py` registers a function; a test compares the registered tables with every table that points at a person.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel.messages import Message

Reader = Callable[[Session, UUID], Iterator[Mapping[str, Any]]]


@dataclass(frozen=True)
class Collection:
    """One kind of data about a person: a file in the download.

    `read` selects in one statement, and gets its rows a few hundred at a time. `tables` are the tables it is read from;
    `columns` say what each column means, in words for its owner.
    """

    name: str
    title: Message
    tables: tuple[str, ...]
    columns: Mapping[str, Message]
    read: Reader


_collections: dict[str, Collection] = {}
_without: dict[str, Message] = {}


def collection(
    name: str, title: Message, *, tables: tuple[str, ...], columns: Mapping[str, Message]
) -> Callable[[Reader], Reader]:
    """Register a reader: `@collection("supports", msg("What you support"), tables=("support",), columns={…})`."""

    def register(read: Reader) -> Reader:
        _collections[name] = Collection(name, title, tables, columns, read)
        return read

    return register


def not_given_out(table: str, why: Message) -> None:
    """Say why a table that points at a person is not part of the download, such as a password or a session token."""
    _without[table] = why


def collections() -> list[Collection]:
    """All registered kinds, by name."""
    return [_collections[name] for name in sorted(_collections)]


def exceptions() -> dict[str, Message]:
    """Tables that are not given out, and why."""
    return dict(_without)


_files: dict[str, Callable[[Session, UUID], Iterator[tuple[str, str]]]] = {}


def files_of(name: str) -> Callable[[Callable[[Session, UUID], Iterator[tuple[str, str]]]], Any]:
    """Register a reader of a person's own files: it yields (name in the download, key in the file store)."""

    def register(read: Callable[[Session, UUID], Iterator[tuple[str, str]]]) -> Any:
        _files[name] = read
        return read

    return register


def own_files(session: Session, person_id: UUID) -> Iterator[tuple[str, str]]:
    """All of a person's files that are theirs to take."""
    for name in sorted(_files):
        yield from _files[name](session, person_id)
