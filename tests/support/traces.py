"""Looks for traces of somebody: in every column of every table, the search index, and every file of the data folder."""

import json
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, inspect, text


def spellings(person_id: UUID, *texts: str) -> dict[str, bytes]:
    """What to look for, in small letters: the id as people and as databases write it, and texts, also as JSON
    writes them by the numbers of their letters."""
    wanted = {str(person_id), person_id.hex, *texts, *(json.dumps(one)[1:-1] for one in texts)}
    return {one: one.lower().encode() for one in wanted} | {"id in bytes": person_id.bytes}


def in_tables(engine: Engine, wanted: dict[str, bytes]) -> set[tuple[str, str, str]]:
    """(table, column, what) for every value that holds one of them, whatever its type. Virtual tables and their shadows too."""
    found = set()
    with engine.connect() as connection:
        for table in _tables(engine):
            result = connection.execute(text(f'SELECT * FROM "{table}"'))
            columns = list(result.keys())
            for row in result:
                for column, value in zip(columns, row, strict=True):
                    found |= {(table, column, what) for what in _held(value, wanted)}
    return found


def in_files(folder: Path, wanted: dict[str, bytes]) -> set[tuple[str, str]]:
    """(file, what) for every file that holds one of them in its bytes or its name."""
    found = set()
    for path in folder.rglob("*"):
        if path.is_file():
            held = path.read_bytes() + b"\n" + path.name.encode()
            found |= {(path.relative_to(folder).as_posix(), what) for what in _held(held, wanted)}
    return found


def _tables(engine: Engine) -> Iterable[str]:
    if engine.dialect.name != "sqlite":
        return inspect(engine).get_table_names()
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars())


def _held(value: object, wanted: dict[str, bytes]) -> set[str]:
    if value is None:
        return set()
    raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
    low = raw.lower()
    return {what for what, bytes_ in wanted.items() if (bytes_ in raw if what == "id in bytes" else bytes_ in low)}
