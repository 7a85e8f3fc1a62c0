"""What an import would do: each row against the areas that the city has, parents before children."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from shapely.affinity import affine_transform
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from app.features.spaces.area_files.problems import FileRefused, Problem
from app.features.spaces.area_files.reading import read_features
from app.features.spaces.area_files.rows import ImportOptions, Row, read_rows
from app.features.spaces.outlines import Outline, outline_of
from app.kernel.errors import Refused
from app.kernel.messages import Message, msg
from app.kernel.texts import Texts

# Outlines of a city and its districts are rarely drawn from the same survey: slivers along the border are no mistake.
SHARE_INSIDE = 0.98


class Known(Protocol):
    """An area that the city has, with the code of the area that holds it ("" at the top)."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> Texts: ...
    @property
    def geojson(self) -> str: ...
    @property
    def parent_code(self) -> str: ...


class Change(StrEnum):
    """What an import does with one area."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True)
class Planned:
    """One area after the import, and what the import changes about it: `name`, `outline`, `parent`."""

    row: int
    code: str
    name: Texts
    parent_code: str
    level: int
    outline: Outline
    change: Change
    changes: tuple[str, ...] = ()
    repaired: bool = False

    @property
    def label(self) -> str:
        """A name to recognise the area by."""
        return next(iter(self.name.values()), self.code)


@dataclass(frozen=True)
class Plan:
    """All areas of a file, parents before children. Empty of news when nothing would change."""

    areas: tuple[Planned, ...]

    def of(self, change: Change) -> list[Planned]:
        """The areas with which the import does that."""
        return [planned for planned in self.areas if planned.change is change]

    @property
    def has_news(self) -> bool:
        """Whether the import would change anything."""
        return any(planned.change is not Change.SAME for planned in self.areas)

    @property
    def digest(self) -> str:
        """Recognises the plan that somebody looked at before they confirmed it."""
        seen = [[planned.code, planned.change, planned.changes, planned.parent_code] for planned in self.areas]
        return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:32]


def plan_import(content: bytes, options: ImportOptions, known: Sequence[Known]) -> Plan:
    """Check a whole file and say what importing it would do. Raises FileRefused with every problem found.

    Raises Refused when the parent that the options name does not exist.
    """
    rows, problems = read_rows(read_features(content), options)
    if problems:
        raise FileRefused(problems)
    if options.parent_code and options.parent_code not in {area.code for area in known} | {row.code for row in rows}:
        raise Refused(msg("There is no area with the code “%(code)s”.", code=options.parent_code), field="parent_code")
    return _Planner(rows, {area.code: area for area in known}).plan()


class _Planner:
    """Places rows in the tree of areas and checks that children lie inside their parents."""

    def __init__(self, rows: Sequence[Row], known: Mapping[str, Known]) -> None:
        self.rows = {row.code: row for row in rows}
        self.known = known
        self.polygons: dict[str, BaseGeometry] = {}

    def plan(self) -> Plan:
        problems: list[Problem] = []
        for row in self.rows.values():
            problems += [Problem(reason, row.number, row.label) for reason in self._wrong_parent(row)]
        if not problems:
            problems = self._outside_parent()
        if problems:
            raise FileRefused(sorted(problems, key=lambda problem: problem.row or 0))
        planned = [self._planned(row) for row in self.rows.values()]
        return Plan(tuple(sorted(planned, key=lambda each: (each.level, each.row))))

    def parent_code(self, code: str) -> str:
        """The code of the area that will hold `code`: as the file says, else as it is now."""
        row = self.rows.get(code)
        if row is not None and row.parent_code is not None:
            return row.parent_code
        return self.known[code].parent_code if code in self.known else ""

    def _wrong_parent(self, row: Row) -> list[Message]:
        parent = self.parent_code(row.code)
        if parent and parent not in self.rows and parent not in self.known:
            return [msg("Its parent “%(parent)s” is neither in this file nor among the city's areas.", parent=parent)]
        seen = {row.code}
        while parent:
            if parent in seen:
                return [msg("It lies inside itself: its parents lead in a circle.")]
            seen.add(parent)
            parent = self.parent_code(parent) if parent in self.rows or parent in self.known else ""
        return []

    def _outside_parent(self) -> list[Problem]:
        """Rows outside their parents, and areas of the city that a changed outline would leave outside."""
        problems = []
        for code in {*self.rows, *self.known}:
            parent = self.parent_code(code)
            if not parent or (code not in self.rows and parent not in self.rows):
                continue
            if reason := self._why_outside(code, parent):
                row = self.rows.get(code) or self.rows[parent]
                problems.append(Problem(reason, row.number, row.label))
        return problems

    def _why_outside(self, code: str, parent: str) -> Message | None:
        child, whole = self._polygon(code), self._polygon(parent)
        share = child.intersection(whole).area / child.area if child.area else 0.0
        if share >= SHARE_INSIDE:
            return None
        names = {"child": self._label(code), "parent": self._label(parent), "percent": int(share * 100)}
        if share == 0 and _swapped(child).intersection(whole).area > 0:
            return msg(
                "“%(child)s” lies outside “%(parent)s”, but inside it when longitude and latitude change places. "
                "GeoJSON writes longitude first.",
                **names,
            )
        return msg("Only %(percent)s%% of “%(child)s” lies inside “%(parent)s”.", **names)

    def _polygon(self, code: str) -> BaseGeometry:
        if code not in self.polygons:
            row = self.rows.get(code)
            self.polygons[code] = row.polygon if row else shape(json.loads(self.known[code].geojson))
        return self.polygons[code]

    def _label(self, code: str) -> str:
        row = self.rows.get(code)
        return row.label if row else next(iter(self.known[code].name.values()), code)

    def _planned(self, row: Row) -> Planned:
        outline = outline_of(row.polygon)
        parent, level, above = self.parent_code(row.code), 0, self.parent_code(row.code)
        while above:
            level, above = level + 1, self.parent_code(above)
        old = self.known.get(row.code)
        if old is None:
            return Planned(row.number, row.code, row.name, parent, level, outline, Change.ADDED, repaired=row.repaired)
        name = {**old.name, **row.name}
        differs = {"name": name != old.name, "outline": outline.geojson != old.geojson, "parent": parent != old.parent_code}
        changes = tuple(what for what, different in differs.items() if different)
        change = Change.CHANGED if changes else Change.SAME
        return Planned(row.number, row.code, name, parent, level, outline, change, changes, row.repaired)


def _swapped(polygon: BaseGeometry) -> BaseGeometry:
    """The polygon with longitude and latitude exchanged."""
    return affine_transform(polygon, (0, 1, 1, 0, 0, 0))
