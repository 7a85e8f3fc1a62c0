"""Names of the areas of the city, light enough for every page: the outlines, which are long, stay where they are."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.model import Model


@dataclass(frozen=True)
class AreaName:
    """An area without its outline."""

    id: uuid.UUID
    code: str
    parent_id: uuid.UUID | None
    name: dict[str, str]
    level: int


@dataclass(frozen=True)
class AreaNames:
    """All areas of the city by id and by code: a few hundred at most, read in one statement."""

    by_id: dict[uuid.UUID, AreaName]

    def name(self, area_id: uuid.UUID | None) -> dict[str, str] | None:
        """Name of the area in the city's languages."""
        found = self.by_id.get(area_id) if area_id else None
        return found.name if found else None

    def by_code(self, code: str) -> AreaName | None:
        """The area with that code."""
        return next((area for area in self.by_id.values() if area.code == code), None)

    def below(self, tops: Iterable[uuid.UUID]) -> Sequence[AreaName]:
        """The areas `tops` and everything below them, each after the area it lies in, by level and code."""
        wanted = set(tops)
        ordered = sorted(self.by_id.values(), key=lambda area: (area.level, area.code))
        grown = True
        while grown:
            more = {area.id for area in ordered if area.parent_id in wanted} - wanted
            grown = bool(more)
            wanted |= more
        return [area for area in ordered if area.id in wanted]


def area_names(session: Session) -> AreaNames:
    """The names of all areas."""
    area = Model.metadata.tables["area"]
    rows = session.execute(select(area.c.id, area.c.code, area.c.parent_id, area.c.name, area.c.level))
    return AreaNames({row.id: AreaName(row.id, row.code, row.parent_id, row.name, row.level) for row in rows})
