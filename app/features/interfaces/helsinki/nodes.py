"""What is kept about a person as a tree of nodes, written piece by piece: a million leaves need no more memory than ten."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel.personal_data import Collection, collections

PIECE = 32_000
ROOT = "PLAZA"
_NOT_A_NAME = re.compile(r"[^A-Z0-9]+")


def tree(session: Session, person_id: UUID, kinds: Iterable[Collection] | None = None) -> Iterator[bytes]:
    """The tree as JSON text in pieces of some `PIECE` bytes: root, kinds of data, entries, and what each entry says."""
    piece = bytearray()
    for words in _document(session, person_id, collections() if kinds is None else kinds):
        piece += words.encode("utf-8", "replace")
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


def _document(session: Session, person_id: UUID, kinds: Iterable[Collection]) -> Iterator[str]:
    yield f'{{"key":"{ROOT}","children":['
    first = True
    for kind in kinds:
        entries = iter(kind.read(session, person_id))
        one = next(entries, None)
        if one is None:
            continue
        yield f'{"" if first else ","}{{"key":"{key_of(kind.name)}","children":['
        first = False
        yield from _entry(one)
        for one in entries:
            yield ","
            yield from _entry(one)
        yield "]}"
    yield "]}"


def _entry(row: Mapping[str, Any]) -> Iterator[str]:
    yield _node("ENTRY", dict(row)) or '{"key":"ENTRY","children":[]}'


def _node(name: str, value: Any) -> str | None:
    """One node with everything below it; None when nothing is said. A value is always a string."""
    if value is None or value == "":
        return None
    key = key_of(name)
    if isinstance(value, Mapping):
        inside = [node for each, said in value.items() if (node := _node(str(each), said)) is not None]
        return f'{{"key":"{key}","children":[{",".join(inside)}]}}' if inside else None
    if isinstance(value, list | tuple | set | frozenset):
        inside = [node for each in value if (node := _node("ITEM", each)) is not None]
        return f'{{"key":"{key}","children":[{",".join(inside)}]}}' if inside else None
    return f'{{"key":"{key}","value":{json.dumps(_words(value), ensure_ascii=False)}}}'


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def key_of(name: str) -> str:
    """A name in capital letters with underscores, as the interface's convention wants it."""
    return _NOT_A_NAME.sub("_", name.upper()).strip("_") or "OTHER"
