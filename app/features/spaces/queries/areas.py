"""Areas: the tree, what lies below and above one, and in which one a place is."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import CTE, func, select
from sqlalchemy.orm import Session

from app.features.spaces.models import (
    Area,
    Process,
)
from app.kernel import geometry
from app.kernel.automated import decides
from app.kernel.geometry import Place
from app.kernel.texts import Texts

IMPORTED_AREA = "election-"


NOWHERE_AREA = "nowhere-"
"""How the codes of areas begin that an imported election brought: its hull, or no place at all, when it is never drawn."""


def has_place(area: Area) -> bool:
    """Whether the outline of the area says where it is. An election without coordinates has an area without a place."""
    return not area.code.startswith(NOWHERE_AREA)


def is_imported(area: Area) -> bool:
    """Whether an imported election brought the area."""
    return area.code.startswith((IMPORTED_AREA, NOWHERE_AREA))


def area_names(session: Session) -> dict[uuid.UUID, Texts]:
    """The names of all areas, without their outlines."""
    return dict(session.execute(select(Area.id, Area.name)).tuples().all())


def all_areas(session: Session) -> list[Area]:
    """Every area of the city as a tree read from the top: each one before those below it, by name within one parent."""
    return in_tree_order(session.scalars(select(Area)).all())


def in_tree_order(areas: Iterable[Area]) -> list[Area]:
    """Areas in the order of a tree; one whose parent is not among them stands at the top."""
    areas = list(areas)
    known = {a.id for a in areas}
    children: dict[uuid.UUID | None, list[Area]] = {}
    for each in sorted(areas, key=lambda a: (next(iter(a.name.values()), ""), a.code)):
        children.setdefault(each.parent_id if each.parent_id in known else None, []).append(each)
    ordered: list[Area] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        ordered.append(waiting.pop())
        waiting.extend(reversed(children.get(ordered[-1].id, [])))
    return ordered


def with_depth(areas: Iterable[Area]) -> list[tuple[Area, int]]:
    """Areas in the order of a tree, each with how many of the others it lies in."""
    depth: dict[uuid.UUID | None, int] = {}
    found = []
    for each in in_tree_order(areas):
        depth[each.id] = depth.get(each.parent_id, -1) + 1
        found.append((each, depth[each.id]))
    return found


def has_areas(session: Session) -> bool:
    """Whether the city has any area, without which there is no process."""
    return session.scalar(select(Area.id).limit(1)) is not None


def areas_in_use(session: Session) -> dict[uuid.UUID, int]:
    """How many processes each area has; areas without any are left out."""
    query = select(Process.area_id, func.count()).group_by(Process.area_id)
    return dict(session.execute(query).tuples().all())


def area(session: Session, area_id: uuid.UUID) -> Area | None:
    """The area with that id."""
    return session.get(Area, area_id)


def area_by_code(session: Session, code: str) -> Area | None:
    """The area with that code."""
    return session.scalars(select(Area).where(Area.code == code)).one_or_none()


def below(area_id: uuid.UUID) -> CTE:
    """A recursive CTE with the ids of an area and of all areas below it, for other rooms to join."""
    top = select(Area.id).where(Area.id == area_id).cte("areas_below", recursive=True)
    return top.union(select(Area.id).where(Area.parent_id == top.c.id))


def above(session: Session, area_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The ids of an area and of all areas that it lies in."""
    tree = select(Area.id, Area.parent_id).where(Area.id == area_id).cte("areas_above", recursive=True)
    tree = tree.union(select(Area.id, Area.parent_id).where(Area.id == tree.c.parent_id))
    return frozenset(session.scalars(select(tree.c.id)))


def areas_of(session: Session, process: Process) -> list[Area]:
    """The area of the process and all areas below it, from the largest level down, by code."""
    tree = below(process.area_id)
    query = select(Area).join(tree, tree.c.id == Area.id).order_by(Area.level, Area.code)
    return list(session.scalars(query))


@decides("area_of_place")
def area_at(session: Session, process: Process, place: Place) -> Area | None:
    """The smallest area of the process that holds the place's own point; None when it lies outside.

    One statement: the database answers with the few areas whose bounding box holds the point, Shapely decides among
    them. Whoever asks for thousands of places uses `area_finder`.
    """
    tree = below(process.area_id)
    query = (
        select(Area)
        .join(tree, tree.c.id == Area.id)
        .where(Area.west <= place.lon, Area.east >= place.lon, Area.south <= place.lat, Area.north >= place.lat)
        .order_by(Area.size, Area.level.desc(), Area.code)
    )
    return _first_holding(session.scalars(query).all(), place)


def _first_holding(areas: Sequence[Area], place: Place) -> Area | None:
    point = geometry.point(place.lon, place.lat)
    return next((candidate for candidate in areas if geometry.contains(candidate.geojson, point)), None)


@dataclass(frozen=True)
class AreaFinder:
    """The areas of one process, read once, for looking up many places without asking the database again."""

    areas: tuple[Area, ...]

    def at(self, place: Place) -> Area | None:
        """What `area_at` answers."""
        near = [a for a in self.areas if a.west <= place.lon <= a.east and a.south <= place.lat <= a.north]
        return _first_holding(near, place)


def area_finder(session: Session, process: Process) -> AreaFinder:
    """An `AreaFinder` for imports and other loops over many places."""
    return AreaFinder(tuple(sorted(areas_of(session, process), key=lambda a: (a.size, -a.level, a.code))))


def inside_process(session: Session, process: Process, place: Place) -> bool:
    """Whether the whole place lies inside the area of the process; its border counts as inside."""
    return geometry.contains(process.area.geojson, place)
