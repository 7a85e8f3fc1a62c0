"""Everything we keep about one person, as a file for them: a JSON tree, and a CSV a kind with a README of the columns."""

import json
import zipfile
from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel import clock
from app.kernel.messages import Message
from app.kernel.personal_data import collections, exceptions
from app.kernel.tables import csv_lines

Translate = Callable[[Message], str]
IN_MEMORY = 4_000_000


def takeout(session: Session, person_id: UUID, translate: Translate) -> IO[bytes]:
    """A ZIP file at its beginning; small ones stay in memory, large ones on disk."""
    target = cast("IO[bytes]", SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115  the answer closes it
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("everything.json", "w") as file:
            _write_tree(session, person_id, file)
        for kind in collections():
            with archive.open(f"{kind.name}.csv", "w") as file:
                rows = ([row.get(column) for column in kind.columns] for row in kind.read(session, person_id))
                for lines in csv_lines(list(kind.columns), rows):
                    file.write(lines.encode())
        archive.writestr("README.txt", readme(translate))
    target.seek(0)
    return target


def _write_tree(session: Session, person_id: UUID, file: IO[bytes]) -> None:
    """`{"taken_at": …, "data": {kind: [rows]}}`, written row by row."""
    head = json.dumps({"taken_at": clock.now().isoformat()})[:-1]
    file.write(f'{head}, "data": {{'.encode())
    for number, kind in enumerate(collections()):
        file.write(f"{',' if number else ''}\n{json.dumps(kind.name)}: [".encode())
        for index, row in enumerate(kind.read(session, person_id)):
            text = json.dumps(dict(row), ensure_ascii=False, default=_plain)
            file.write(f"{',' if index else ''}\n  {text}".encode())
        file.write(b"]")
    file.write(b"\n}}\n")


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def readme(translate: Translate) -> str:
    """What each file and column means, and what is not in here and why; in the reader's language."""
    lines = []
    for kind in collections():
        lines += [f"{kind.name}.csv: {translate(kind.title)}", ""]
        lines += [f"  {column}: {translate(text)}" for column, text in kind.columns.items()]
        lines.append("")
    lines += [f"{table}: {translate(why)}" for table, why in sorted(exceptions().items())]
    return "\n".join(lines) + "\n"
