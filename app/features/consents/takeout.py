"""Everything we keep about one person, for them: a ZIP with a JSON tree, a CSV a kind, their own files, and a README of the
columns; or a tree of nodes for other systems. All of it is written as it is read: the first byte leaves at once, and whoever
has ten thousand items needs no more memory than whoever has ten.
"""

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, count, islice
from tempfile import TemporaryFile
from typing import IO, Any, cast
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from app.kernel import clock
from app.kernel.files import files
from app.kernel.messages import Message
from app.kernel.personal_data import Collection, collections, exceptions, own_files
from app.kernel.tables import csv_lines

Translate = Callable[[Message], str]
ROWS = 500
"""Rows read at once."""
PIECE = 64_000
"""Bytes that are read of a file, and gathered before they leave."""


def takeout(session: Session, person_id: UUID, translate: Translate) -> Iterator[bytes]:
    """A ZIP file in pieces. Each kind is read once, in a number of statements that does not depend on how much there is: while
    the tree is written, the tables are put aside."""
    basket = _Basket()
    with (
        zipfile.ZipFile(cast("IO[bytes]", basket), "w", zipfile.ZIP_DEFLATED) as archive,
        _in_pieces(session),
        TemporaryFile() as aside,
    ):
        archive.writestr("README.txt", readme(translate))
        yield basket.empty()
        sizes: dict[str, int] = {}
        with archive.open("everything.json", "w", force_zip64=True) as file:
            for piece in _gathered(_whole(session, person_id, aside, sizes)):
                file.write(piece)
                yield basket.empty()
        aside.seek(0)
        for name, size in sizes.items():
            with archive.open(f"{name}.csv", "w", force_zip64=True) as file:
                for start in range(0, size, PIECE):
                    file.write(aside.read(min(PIECE, size - start)))
                    yield basket.empty()
        for name, key in own_files(session, person_id):
            yield from _file(archive, basket, name, key)
    yield basket.empty()


def tree(session: Session, person_id: UUID, *, key: str = "PLAZA") -> Iterator[str]:
    """The same data as a tree of `{key, value | children}` nodes, as the GDPR API of Helsinki wants it, in pieces of JSON.

    Keys are capitals with underscores, every value is a text; what is empty has no value.
    """
    with _in_pieces(session):
        yield f'{{"key": {json.dumps(key)}, "children": ['
        for number, kind in enumerate(collections()):
            yield f'{", " if number else ""}{{"key": {json.dumps(_key(kind.name))}, "children": ['
            for index, row in enumerate(kind.read(session, person_id)):
                yield (", " if index else "") + _node(kind, row)
            yield "]}"
        yield "]}"


def readme(translate: Translate) -> str:
    """What each file and column means, and what is not in here and why; in the reader's language."""
    lines = []
    for kind in collections():
        lines += [f"{kind.name}.csv: {translate(kind.title)}", ""]
        lines += [f"  {column}: {translate(text)}" for column, text in kind.columns.items()]
        lines.append("")
    lines += [f"{table}: {translate(why)}" for table, why in sorted(exceptions().items())]
    return "\n".join(lines) + "\n"


class _Basket:
    """Where the archive writes; emptied after each step. Nobody can go back in it, so sizes are noted behind the data."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits here."""

    def empty(self) -> bytes:
        found, self._pieces = b"".join(self._pieces), []
        return found


@contextmanager
def _in_pieces(session: Session) -> Iterator[None]:
    """Readers of all rooms get their rows a few hundred at a time, without each having to ask for it."""

    def a_few(state: ORMExecuteState) -> None:
        if state.is_select and not state.is_column_load and not state.is_relationship_load:
            state.update_execution_options(yield_per=ROWS)

    event.listen(session, "do_orm_execute", a_few)
    try:
        yield
    finally:
        event.remove(session, "do_orm_execute", a_few)


def _whole(session: Session, person_id: UUID, aside: IO[bytes], sizes: dict[str, int]) -> Iterator[str]:
    """`{"taken_at": …, "data": {kind: [rows]}}`, row by row. Tables go aside, one behind another, as long as `sizes` says."""
    yield f'{json.dumps({"taken_at": clock.now().isoformat()})[:-1]}, "data": {{'
    for number, kind in enumerate(collections()):
        yield f"{',' if number else ''}\n{json.dumps(kind.name)}: ["
        columns, began = list(kind.columns), aside.tell()
        rows = iter(kind.read(session, person_id))
        for first in count(0, ROWS):
            some = list(islice(rows, ROWS))
            table = csv_lines(columns, ([row.get(column) for column in columns] for row in some), header=not first)
            aside.writelines(lines.encode() for lines in table)
            for index, row in enumerate(some, first):
                yield f"{',' if index else ''}\n  {ENCODE(dict(row))}"
            if len(some) < ROWS:
                break
        sizes[kind.name] = aside.tell() - began
        yield "]"
    yield "\n}}\n"


def _gathered(texts: Iterable[str]) -> Iterator[bytes]:
    """The same text in pieces that are worth sending."""
    waiting: list[str] = []
    length = 0
    for text in chain(texts, [""]):
        waiting.append(text)
        length += len(text)
        if length >= PIECE or not text:
            yield "".join(waiting).encode()
            waiting, length = [], 0


def _file(archive: zipfile.ZipFile, basket: _Basket, name: str, key: str) -> Iterator[bytes]:
    """One of the person's own files as it is: pictures do not get smaller. One that is being deleted is left out."""
    try:
        source = files.path(key).open("rb")
    except FileNotFoundError:
        return
    described = zipfile.ZipInfo(name, date_time=clock.now().timetuple()[:6])
    with source, archive.open(described, "w", force_zip64=True) as target:
        while piece := source.read(PIECE):
            target.write(piece)
            yield basket.empty()


def _node(kind: Collection, row: Mapping[str, Any]) -> str:
    children = []
    for column in kind.columns:
        value = row.get(column)
        node: dict[str, str] = {"key": _key(column)}
        if value is not None and value != "":
            node["value"] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=_plain)
        children.append(node)
    return json.dumps({"key": _key(kind.name) + "_ITEM", "children": children}, ensure_ascii=False)


def _key(name: str) -> str:
    return name.upper().replace("-", "_").replace(".", "_")


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


ENCODE = json.JSONEncoder(ensure_ascii=False, default=_plain).encode
"""What makes JSON of a row: one encoder, not a new one for each."""
