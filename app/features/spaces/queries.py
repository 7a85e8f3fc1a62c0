"""How processes, phases, categories and areas are looked up; other rooms ask here."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import CTE, Select, bindparam, func, select
from sqlalchemy.orm import Session, joinedload, lazyload, selectinload

from app.features.spaces.area_files.plan import Plan, plan_import
from app.features.spaces.area_files.rows import ImportOptions
from app.features.spaces.models import (
    Action,
    Area,
    AreaUpload,
    Category,
    FormerAddress,
    Participation,
    Phase,
    Process,
    ProcessState,
    Publication,
)
from app.features.spaces.ready import not_ready
from app.features.spaces.ready import register as register_ready
from app.features.spaces.rules import Stage, action_open, next_phase, open_until, phase_now, stage, why_closed
from app.kernel import geometry
from app.kernel.errors import NotFound
from app.kernel.geometry import Place
from app.kernel.permissions import Actor, Permission
from app.kernel.texts import Texts

__all__ = [
    "IMPORTED_AREA",
    "NOWHERE_AREA",
    "Action",
    "Area",
    "Category",
    "Participation",
    "Phase",
    "Process",
    "ProcessState",
    "Publication",
    "Stage",
    "above",
    "action_open",
    "area",
    "area_at",
    "area_by_code",
    "area_finder",
    "areas_of",
    "categories_of",
    "dated_process",
    "has_place",
    "inside_process",
    "may_see",
    "next_phase",
    "not_ready",
    "open_until",
    "outline",
    "phase_now",
    "process",
    "process_by_slug",
    "register_ready",
    "stage",
    "visible_process",
    "visible_processes",
    "why_closed",
]


IMPORTED_AREA = "election-"
NOWHERE_AREA = "nowhere-"
"""How the codes of areas begin that an imported election brought: its hull, or no place at all, when it is never drawn."""


def has_place(area: Area) -> bool:
    """Whether the outline of the area says where it is. An election without coordinates has an area without a place."""
    return not area.code.startswith(NOWHERE_AREA)


def is_imported(area: Area) -> bool:
    """Whether an imported election brought the area."""
    return area.code.startswith((IMPORTED_AREA, NOWHERE_AREA))


def _processes() -> Select[Process]:
    """Processes with their area, phases and categories: three statements, however many there are."""
    return select(Process).options(selectinload(Process.phases), selectinload(Process.categories))


def process(session: Session, process_id: uuid.UUID) -> Process | None:
    """The process with its phases and categories, whatever its state."""
    return session.scalars(_processes().where(Process.id == process_id)).one_or_none()


def dated_process(session: Session, process_id: uuid.UUID) -> Process | None:
    """The process with its phases alone, as they are now, in one statement: what `action_open` and `why_closed` ask."""
    return session.scalars(_DATED, {"id": process_id}).unique().one_or_none()


_DATED = (
    select(Process)
    .where(Process.id == bindparam("id"))
    .options(lazyload(Process.area), joinedload(Process.phases))
    .execution_options(populate_existing=True)  # somebody may have stopped the vote since this transaction read it first
)


def process_by_slug(session: Session, slug: str) -> Process | None:
    """The same by the name in its address. Pages for residents ask `visible_process`, which hides drafts."""
    if not slug.isascii() or "\0" in slug:  # no address of ours, and PostgreSQL would not even look for a null byte
        return None
    return session.scalars(_processes().where(Process.slug == slug)).one_or_none()


def visible_process(session: Session, actor: Actor, slug: str) -> Process:
    """The process of that address if `actor` may see it. Raises NotFound, for drafts to everybody but administrators."""
    found = process_by_slug(session, slug)
    if found is None or not may_see(actor, found):
        raise NotFound
    return found


def visible_processes(session: Session, actor: Actor) -> list[Process]:
    """Every process that `actor` may see, the newest first; drafts for those who manage processes only.

    Rehearsals are in no list: they are reached from the process that they rehearse.
    """
    query = _processes().where(Process.rehearsal_of.is_(None)).order_by(Process.created_at.desc(), Process.id)
    managed = actor.processes_where(Permission.PROCESS_MANAGE)
    if managed is not None:
        query = query.where((Process.state != ProcessState.DRAFT) | Process.id.in_(managed))
    return list(session.scalars(query))


def processes_in_order(session: Session, ids: Sequence[uuid.UUID]) -> list[Process]:
    """These processes in the order in which their ids come."""
    found = {each.id: each for each in session.scalars(_processes().where(Process.id.in_(ids)))}
    return [found[process_id] for process_id in ids if process_id in found]


def process_by_former_slug(session: Session, slug: str) -> Process | None:
    """The process that once had this address, so that old links still lead to it."""
    if not slug.isascii() or "\0" in slug:
        return None
    former = select(FormerAddress.process_id).where(FormerAddress.slug == slug)
    return session.scalars(_processes().where(Process.id.in_(former))).one_or_none()


def removed_phases(session: Session, process: Process) -> list[Phase]:
    """Phases that staff took out and may restore, the last removed first."""
    query = select(Phase).where(Phase.process_id == process.id, Phase.removed_at.is_not(None))
    return list(session.scalars(query.order_by(Phase.removed_at.desc())))


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


def may_see(actor: Actor, found: Process) -> bool:
    """Whether `actor` may see a process: drafts are for those who manage it, rehearsals for everybody on its staff."""
    if found.rehearsal_of is not None:
        return actor.may(Permission.STAFF_AREA, found.id)
    return found.state is not ProcessState.DRAFT or actor.may(Permission.PROCESS_MANAGE, found.id)


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


def categories_of(session: Session, process: Process, *, include_archived: bool = False) -> list[Category]:
    """The categories of the process in the order that staff gave them; archived ones only when asked for."""
    query = select(Category).where(Category.process_id == process.id).order_by(Category.position, Category.code)
    if not include_archived:
        query = query.where(Category.archived.is_(False))
    return list(session.scalars(query))


def outline(process: Process) -> str:
    """The border of the process: a GeoJSON geometry (polygon or multipolygon), as text."""
    return process.area.geojson


@dataclass(frozen=True)
class KnownArea:
    """An area of the city as the plan of an import sees it; `parent_code` is empty at the top."""

    code: str
    name: Texts
    geojson: str
    parent_code: str


def plan_areas(session: Session, content: bytes, options: ImportOptions) -> Plan:
    """What importing the file would do now. Raises FileRefused with every problem of the file, Refused for the options."""
    areas = session.scalars(select(Area)).all()
    codes = {each.id: each.code for each in areas}
    known = [KnownArea(a.code, a.name, a.geojson, codes[a.parent_id] if a.parent_id else "") for a in areas]
    return plan_import(content, options, known)


def upload(session: Session, upload_id: uuid.UUID) -> AreaUpload | None:
    """A checked file that waits for confirmation."""
    return session.get(AreaUpload, upload_id)


def plan_of_upload(session: Session, upload: AreaUpload) -> Plan:
    """What importing the kept file would do now, checked again."""
    return plan_areas(session, upload.content, ImportOptions(**upload.options))
