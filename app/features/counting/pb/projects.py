"""PROJECTS: one row for each project, in the order of the published list."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from app.features.counting.messages import msg
from app.features.counting.numbers import DECIMALS
from app.features.counting.pb.cells import Cell
from app.features.counting.pb.errors import Notices, PbError, shortened
from app.features.counting.pb.model import PbProject

_Value = TypeVar("_Value")

_TYPED = frozenset(
    ("project_id", "cost", "votes", "score", "name", "category", "beneficiaries", "target", "selected", "latitude", "longitude")
)


def read_projects(
    rows: Iterable[tuple[int, Sequence[str]]], columns: Sequence[str], notices: Notices, decimals: int = DECIMALS
) -> tuple[PbProject, ...]:
    """The projects from their rows, the header not included."""
    found: dict[str, PbProject] = {}
    for line, row in rows:
        row = fitted(_name_kept_whole(row, columns, line, notices), columns, line, notices)
        cells = {column: Cell(line, column, text) for column, text in zip(columns, row, strict=True)}
        project = _project(cells, notices, decimals)
        if project.project_id in found:
            first = found[project.project_id].line
            expected = msg("an id of its own, “%(id)s” is on line %(first)s already", id=project.project_id, first=first)
            raise PbError(line=line, field="project_id", expected=expected)
        found[project.project_id] = project
    return tuple(found.values())


NEEDED = frozenset(("project_id", "cost", "voter_id", "vote"))
"""Columns without which a row says nothing; a row that ends before one of them is cut off."""


def fitted(row: Sequence[str], columns: Sequence[str], line: int, notices: Notices) -> Sequence[str]:
    """The row with exactly one field for each column, with a notice where that takes care.

    Empty fields too many are cut off. Fields that are missing at the end are taken for empty, unless a column is among them
    that the count needs.
    """
    if len(row) == len(columns):
        return row
    if len(row) < len(columns) and NEEDED.isdisjoint(columns[len(row) :]):
        notices.add("missing_fields", "file", msg("Fields missing at the end of lines were taken for empty."), line=line)
        return [*row, *[""] * (len(columns) - len(row))]
    if len(row) < len(columns) or any(field.strip() for field in row[len(columns) :]):
        expected = msg("%(columns)s fields as in the header, found %(found)s", columns=len(columns), found=len(row))
        raise PbError(line=line, field=columns[min(len(row), len(columns) - 1)], expected=expected)
    notices.add("empty_fields", "file", msg("Empty fields at the end of lines were passed over."), line=line)
    return row[: len(columns)]


def _name_kept_whole(row: Sequence[str], columns: Sequence[str], line: int, notices: Notices) -> Sequence[str]:
    """The row, where a name without quotation marks holds semicolons: all that is too much belongs to it.

    Only where id and cost stand before it, so that nothing that counts can have moved.
    """
    surplus = len(row) - len(columns)
    if surplus < 1 or not any(field.strip() for field in row[len(columns) :]) or "name" not in columns:
        return row
    name = columns.index("name")
    if not NEEDED.isdisjoint(columns[name:]):
        return row
    text = msg("The name of a project holds semicolons without quotation marks around it; it was kept whole.")
    notices.add("semicolons", "name", text, line=line)
    return [*row[:name], ";".join(row[name : name + surplus + 1]), *row[name + surplus + 1 :]]


def _project(cells: dict[str, Cell], notices: Notices, decimals: int) -> PbProject:
    filled = {column: cell for column, cell in cells.items() if cell.text}
    latitude, longitude = _location(filled, cells["project_id"].line, notices)
    told = {
        "votes": _told(filled, "votes", Cell.whole, notices),
        "selected": _told(filled, "selected", Cell.whole, notices),
    }
    score = _told(filled, "score", Cell.score, notices)
    known = {**told, "score": score, "latitude": latitude, "longitude": longitude}
    as_written = {column for column, value in known.items() if value is None and column in filled}
    return PbProject(
        project_id=_identifier(cells["project_id"]),
        cost=_cost(cells["cost"], notices, decimals),
        votes=told["votes"],
        score=score,
        name=cells["name"].text if "name" in cells else "",
        categories=filled["category"].items() if "category" in filled else (),
        targets=next((filled[column].items() for column in ("beneficiaries", "target") if column in filled), ()),
        selected=told["selected"],
        latitude=latitude,
        longitude=longitude,
        extra=tuple((column, cell.text) for column, cell in cells.items() if column not in _TYPED or column in as_written),
        line=cells["project_id"].line,
    )


def _told(filled: dict[str, Cell], column: str, read: Callable[[Cell], _Value], notices: Notices) -> _Value | None:
    """What the file tells of the result. The count takes no part of it, so a value that cannot be read does not stop it."""
    if column not in filled:
        return None
    try:
        return read(filled[column])
    except PbError as error:
        text = msg("A value that is no number, such as “%(found)s”, was passed over.", found=shortened(filled[column].text))
        notices.add("not_read", column, text, line=error.line)
        return None


def _identifier(cell: Cell) -> str:
    if not cell.text or "," in cell.text:
        expected = msg("an id without commas, found “%(found)s”", found=shortened(cell.text))
        raise PbError(line=cell.line, field=cell.field, expected=expected)
    return cell.text


def _cost(cell: Cell, notices: Notices, decimals: int) -> int:
    cost = cell.money(notices, decimals)
    if cost == 0:
        notices.add("no_cost", "cost", msg("Projects without a cost always fit."), line=cell.line)
    return cost


def _location(filled: dict[str, Cell], line: int | None, notices: Notices) -> tuple[float | None, float | None]:
    latitude = filled["latitude"].degrees(90, notices) if "latitude" in filled else None
    longitude = filled["longitude"].degrees(180, notices) if "longitude" in filled else None
    if (latitude is None) != (longitude is None):
        field = "longitude" if longitude is None else "latitude"
        notices.add("half_a_place", field, msg("A project with only one coordinate is not on the map."), line=line)
    return latitude, longitude
