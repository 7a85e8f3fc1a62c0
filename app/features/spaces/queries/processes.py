"""Processes with their phases and categories: one, by its address, and the lists people see."""

import uuid
from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Executable, Select, bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.features.spaces.models import (
    Area,
    Category,
    FormerAddress,
    Phase,
    Process,
    ProcessState,
)
from app.kernel.errors import NotFound
from app.kernel.permissions import Actor, Permission

Q = TypeVar("Q", bound=Executable)


def _processes() -> Select[Process]:
    """Processes with their area, phases and categories: three statements, however many there are."""
    return select(Process).options(selectinload(Process.phases), selectinload(Process.categories))


def process(session: Session, process_id: uuid.UUID) -> Process | None:
    """The process with its phases and categories, whatever its state."""
    return session.scalars(_processes().where(Process.id == process_id)).one_or_none()


def dated_process(session: Session, process_id: uuid.UUID) -> Process | None:
    """The process with its phases as they are now, in one statement: what `action_open` and `why_closed` ask.

    The outline of its area, which may be long, and its categories are read when they are asked for.
    """
    return session.scalars(_DATED, {"id": process_id}).unique().one_or_none()


def dated(query: Q) -> Q:
    """Let a statement that selects a process bring its phases along, as they are now."""
    options = joinedload(Process.area).defer(Area.geojson), joinedload(Process.phases)
    # somebody may have stopped the vote since this transaction read it first
    return query.options(*options).execution_options(populate_existing=True)


_DATED = dated(select(Process).where(Process.id == bindparam("id")))


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


def may_see(actor: Actor, found: Process) -> bool:
    """Whether `actor` may see a process: drafts are for those who manage it, rehearsals for everybody on its staff."""
    if found.rehearsal_of is not None:
        return actor.may(Permission.STAFF_AREA, found.id)
    return found.state is not ProcessState.DRAFT or actor.may(Permission.PROCESS_MANAGE, found.id)


def categories_of(session: Session, process: Process, *, include_archived: bool = False) -> list[Category]:
    """The categories of the process in the order that staff gave them; archived ones only when asked for."""
    query = select(Category).where(Category.process_id == process.id).order_by(Category.position, Category.code)
    if not include_archived:
        query = query.where(Category.archived.is_(False))
    return list(session.scalars(query))


def outline(process: Process) -> str:
    """The border of the process: a GeoJSON geometry (polygon or multipolygon), as text."""
    return process.area.geojson
