"""Reading a list of voters: a CSV file, row by row, with every mistake by its line. Pure; nothing of the file is kept."""

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from app.features.voting.rules import canonical_date, canonical_number
from app.kernel.errors import Refused
from app.kernel.messages import Message, msg, nmsg

MOST_BYTES = 30_000_000
MOST_ROWS = 500_000
MOST_PROBLEMS = 200
_NAMES = {
    "number": {"number", "register_number", "card", "card_number"},
    "born": {"born", "birth_date", "date_of_birth"},
    "postcode": {"postcode", "postal_code", "zip"},
    "area": {"area", "district"},
    "age": {"age", "age_bracket"},
    "sex": {"sex", "gender"},
}
_SEXES = {"f": "f", "female": "f", "w": "f", "m": "m", "male": "m", "x": "x", "d": "x", "other": "x", "diverse": "x"}
_BRACKET = re.compile(r"\d{1,3}(?:-\d{1,3}|\+)?")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class RollRow:
    """One voter: the number, and what else the file has: date of birth, area, and for turnout alone age bracket and sex.

    Never shown and never logged.
    """

    number: str = field(repr=False)
    born: str = field(default="", repr=False)
    area: UUID | None = field(default=None, repr=False)
    age: str = field(default="", repr=False)
    sex: str = field(default="", repr=False)


@dataclass(frozen=True)
class RollProblem:
    """What is wrong at one place of the file. It repeats nothing that stands in the file."""

    line: int
    column: str
    expected: Message

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.expected}"


class RollRefused(Refused):
    """The file is not imported, not even in part."""

    def __init__(self, problems: Sequence[RollProblem]) -> None:
        super().__init__(
            nmsg(
                "Nothing was imported: one place in this file needs another look.",
                "Nothing was imported: %(num)s places in this file need another look.",
                len(problems),
            ),
            field="file",
        )
        self.problems = tuple(problems)


def read_roll(content: bytes, today: date, areas: Mapping[str, UUID | None] | None = None) -> list[RollRow]:
    """The voters of a file. UTF-8 with or without a mark, or Latin-1; comma, semicolon or tab. Raises RollRefused.

    `areas`: the areas of the process by code and by name, folded, None for a name that two have; without it the column area
    is not looked at.
    """
    if len(content) > MOST_BYTES:
        raise RollRefused([RollProblem(1, "file", msg("The file is too large. At most 30 MB fit; import it in parts."))])
    text = _decoded(content)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    problems: list[RollProblem] = []
    rows: list[RollRow] = []
    first_lines: dict[str, int] = {}
    try:
        columns = _columns(next(lines, []))
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            _read_row(cells, columns, lines.line_num, today, areas, rows, first_lines, problems)
            if len(rows) > MOST_ROWS or len(problems) >= MOST_PROBLEMS:
                break
    except csv.Error:
        problems.append(RollProblem(lines.line_num or 1, "file", msg("Expected rows of a CSV file: a quotation mark is open.")))
    if len(rows) > MOST_ROWS:
        problems.append(RollProblem(lines.line_num, "file", msg("The file has too many rows. Import it in parts.")))
    if not rows and not problems:
        problems.append(RollProblem(1, "file", msg("Expected at least one voter below the first line.")))
    if problems:
        raise RollRefused(problems)
    return rows


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        raise RollRefused([RollProblem(1, "file", msg("Expected a CSV file. Save your table as CSV (UTF-8)."))])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _delimiter(text: str) -> str:
    head = text.split("\n", 1)[0]
    return max(",;\t", key=head.count)


def _columns(head: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, cell in enumerate(head):
        name = re.sub(r"[\s-]+", "_", cell.strip().lower())
        known = next((key for key, names in _NAMES.items() if name in names), None)
        if known is None or known in found:
            raise RollRefused(
                [
                    RollProblem(
                        1, "file", msg("Expected the columns number, born, postcode, area, age and sex, once each at most.")
                    )
                ]
            )
        found[known] = place
    if "number" not in found:
        raise RollRefused([RollProblem(1, "number", msg("Expected a column “number” in the first line."))])
    return found


def _read_row(
    cells: Sequence[str],
    columns: dict[str, int],
    line: int,
    today: date,
    areas: Mapping[str, UUID | None] | None,
    rows: list[RollRow],
    first_lines: dict[str, int],
    problems: list[RollProblem],
) -> None:
    if len(cells) != len(columns):
        problems.append(RollProblem(line, "row", msg("Expected %(num)s cells, as in the first line.", num=len(columns))))
        return
    before = len(problems)
    number, born = cells[columns["number"]], ""
    try:
        number = canonical_number(number)
    except Refused:
        problems.append(RollProblem(line, "number", msg("Expected 5 to 32 letters and digits, as on the card.")))
    if "born" in columns and cells[columns["born"]].strip():
        born = canonical_date(cells[columns["born"]])
        if not _ISO.fullmatch(born) or not "1880-01-01" <= born <= today.isoformat():
            problems.append(RollProblem(line, "born", msg("Expected a date of birth such as 1951-06-30 or 30.6.1951.")))
    area, age, sex = _more(cells, columns, line, areas, problems)
    if number in first_lines:
        problems.append(
            RollProblem(line, "number", msg("This number stands in line %(line)s too. Keep one.", line=first_lines[number]))
        )
    if len(problems) == before:
        first_lines[number] = line
        rows.append(RollRow(number, born, area, age, sex))


def _more(
    cells: Sequence[str],
    columns: dict[str, int],
    line: int,
    areas: Mapping[str, UUID | None] | None,
    problems: list[RollProblem],
) -> tuple[UUID | None, str, str]:
    """Area, age bracket and sex of a row, as far as the file has them."""
    cell = {name: cells[place].strip() for name, place in columns.items()}
    area, age, sex = None, cell.get("age", "").replace("–", "-").replace(" ", ""), cell.get("sex", "").lower()
    if areas is not None and cell.get("area"):
        area = areas.get(folded(cell["area"]))
        if area is None:
            problems.append(RollProblem(line, "area", msg("Expected the code or the name of one area of this process.")))
    if age and not _BRACKET.fullmatch(age):
        problems.append(RollProblem(line, "age", msg("Expected an age bracket such as 18-24 or 65+.")))
    if sex and sex not in _SEXES:
        problems.append(RollProblem(line, "sex", msg("Expected f, m or x, or nothing.")))
    return area, age, _SEXES.get(sex, "")


def folded(text: str) -> str:
    """The code or name of an area as it is compared."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
