"""Tables as CSV (RFC 4180, UTF-8), safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: Any) -> str:
    """A value as text. Text that a spreadsheet would run as a formula gets an apostrophe before it; numbers are left alone."""
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = str(value).replace("\x00", "")
    return "'" + text if text.startswith(_FORMULA) else text


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, header: bool = True) -> Iterator[str]:
    """The lines of a CSV file, header first, one at a time: constant memory however long the table is.

    `header=False` goes on with a file that was begun.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    if header:
        writer.writerow(columns)
    for row in rows:
        if buffer.tell() > 32_768:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
        writer.writerow([cell(value) for value in row])
    yield buffer.getvalue()
