"""Rows of fields, with the line on which each begins."""

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from app.features.counting.messages import msg
from app.features.counting.pb.errors import Notices, PbError

SECTIONS = ("META", "PROJECTS", "VOTES")

LONGEST_FIELD = 1 << 24
"""Characters of one field. The usual limit of the csv module would take a long text for an open quotation mark."""

csv.field_size_limit(LONGEST_FIELD)

_LINE_END = re.compile(r"\r\n|\r|\n")


class Rows:
    """The rows of a file: one by one for META and PROJECTS, in batches for VOTES."""

    def __init__(self, lines: Iterable[str], notices: Notices) -> None:
        self._notices = notices
        self._row_lines: list[str] = []
        self._read = 0
        self._source = iter(lines)
        self._lines = self._numbered(self._source)
        self._reader = csv.reader(self._lines, delimiter=";", strict=True)

    @property
    def last_line(self) -> int:
        """The number of the line read last."""
        return self._read

    def one(self) -> tuple[int, list[str]] | None:
        """The next row that says something, its fields stripped; None at the end of the file."""
        blank: list[int] = []
        while True:
            line = self._read + 1
            fields = self._next(line)
            if fields is None:
                return None
            if any(fields):
                self._note_blank(blank)
                return line, fields
            blank.append(line)

    def batches(self, size: int) -> Iterator[tuple[int, list[list[str]]]]:
        """All further rows in lists of `size`, untouched, each list with the line on which it begins."""
        before, reader = self._read, csv.reader(self._source, delimiter=";", strict=True)
        while True:
            line = before + reader.line_num + 1
            try:
                rows = list(islice(reader, size))
            except csv.Error as error:
                raise BrokenQuotes from error
            self._read = before + reader.line_num
            if not rows:
                return
            yield line, rows

    def _numbered(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            self._read += 1
            self._row_lines.append(line)
            yield line

    def _next(self, line: int) -> list[str] | None:
        seen: list[str] = []
        self._row_lines = seen
        try:
            return [field.strip() for field in next(self._reader)]
        except StopIteration:
            return None
        except csv.Error:
            self._reader = csv.reader(self._lines, delimiter=";", strict=True)
            if len(seen) != 1 or seen[0].count('"') % 2:
                raise unclosed_quote(line) from None
            text = msg("Quotation marks inside a field are not doubled. They were kept as they stand.")
            self._notices.add("quotation_marks", "file", text, line=line)
            return [field.strip() for field in seen[0].rstrip("\r\n").split(";")]

    def _note_blank(self, lines: list[int]) -> None:
        for line in lines:
            note_blank(self._notices, line)


class BrokenQuotes(Exception):
    """Somewhere in the batch a quotation mark is not closed. `first_broken_row` finds the line."""


def first_broken_row(lines: Iterable[str]) -> PbError:
    """Read row by row to say on which line the quotation mark stands that breaks the file."""
    numbered = _Counted(lines)
    reader = csv.reader(numbered, delimiter=";", strict=True)
    line = 1
    try:
        while True:
            line = numbered.count + 1
            next(reader)
    except (csv.Error, StopIteration):
        return unclosed_quote(line)


class _Counted:
    def __init__(self, lines: Iterable[str]) -> None:
        self._lines, self.count = iter(lines), 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.count += 1
        return line


def unclosed_quote(line: int) -> PbError:
    """The error for a quotation mark that swallows what follows."""
    return PbError(line=line, field="file", expected=msg("a closing quotation mark for the one that opens on this line"))


def note_blank(notices: Notices, line: int) -> None:
    """Say that an empty line was passed over."""
    notices.add("blank_line", "file", msg("Empty lines were passed over."), line=line)


def section_named(fields: list[str]) -> str | None:
    """The section that begins with this row, if it does. Empty fields behind its name do not matter."""
    name = fields[0].strip().upper()
    return name if name in SECTIONS and not any(field.strip() for field in fields[1:]) else None


def lines_in(fields: Iterable[str]) -> int:
    """How many lines a row takes: one, and one more for each line end inside a quoted field."""
    return 1 + sum(len(_LINE_END.findall(field)) for field in fields if "\n" in field or "\r" in field)
