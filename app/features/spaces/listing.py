"""In which order processes stand in lists, worked out from their dates alone: the processes of one page are read afterwards."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.spaces.models import Phase, Process, ProcessState
from app.features.spaces.queries import processes_in_order
from app.features.spaces.rules import Stage, stage_between
from app.kernel.paging import Page, page_of
from app.kernel.permissions import Actor, Permission

DRAFT = "draft"
GROUPS = (DRAFT, Stage.OPEN, Stage.COMING, Stage.FINISHED)


@dataclass(frozen=True)
class Dates:
    """What the order needs to know of a process; `first` and `last` are None before it has phases."""

    process_id: uuid.UUID
    state: ProcessState
    imported: bool
    first: datetime | None
    last: datetime | None


def dates_of_visible(session: Session, actor: Actor) -> list[Dates]:
    """From when until when each process runs that `actor` may see, the newest first: one statement, without texts."""
    first, last = func.min(Phase.starts_at), func.max(Phase.ends_at)
    query = (
        select(Process.id, Process.state, Process.imported, first, last)
        .outerjoin(Phase, (Phase.process_id == Process.id) & Phase.removed_at.is_(None))
        .where(Process.rehearsal_of.is_(None))
        .group_by(Process.id, Process.state, Process.imported, Process.created_at)
        .order_by(Process.created_at.desc(), Process.id)
    )
    managed = actor.processes_where(Permission.PROCESS_MANAGE)
    if managed is not None:
        query = query.where((Process.state != ProcessState.DRAFT) | Process.id.in_(managed))
    return [Dates(*row) for row in session.execute(query)]


def _ends_of_running_phases(session: Session, now: datetime) -> dict[uuid.UUID, datetime]:
    """Until when the present phase of each process runs; of several, the one that began last."""
    running = (Phase.starts_at <= now, Phase.ends_at > now, Phase.removed_at.is_(None))
    query = select(Phase.process_id, Phase.ends_at).where(*running).order_by(Phase.starts_at, Phase.position)
    return dict(session.execute(query).tuples().all())


def grouped_ids(session: Session, actor: Actor, now: datetime) -> dict[str, list[uuid.UUID]]:
    """Processes by where they stand: open ones by their end, coming ones by their beginning, then the finished.

    Among the finished the city's own come before elections that were imported from a file, the last finished first.
    """
    groups: dict[str, list[Dates]] = {group: [] for group in GROUPS}
    for each in dates_of_visible(session, actor):
        draft = each.state is ProcessState.DRAFT
        groups[DRAFT if draft else stage_between(each.state, each.first, each.last, now)].append(each)
    ends = _ends_of_running_phases(session, now)
    never = now.replace(year=9999)
    groups[Stage.OPEN].sort(key=lambda each: ends.get(each.process_id, never))
    groups[Stage.COMING].sort(key=lambda each: each.first or never)
    groups[Stage.FINISHED].sort(key=lambda each: (not each.imported, each.last or now), reverse=True)
    return {group: [each.process_id for each in found] for group, found in groups.items()}


def page_by_group(session: Session, actor: Actor, now: datetime, number: int, size: int) -> Page[tuple[str, Process]]:
    """One page of all processes, each with the group it stands in; the groups follow each other."""
    ordered = [(group, one) for group, ids in grouped_ids(session, actor, now).items() for one in ids]
    page = page_of(ordered, number, size)
    group_of = {process_id: group for group, process_id in page.items}
    found = processes_in_order(session, [process_id for _group, process_id in page.items])
    return Page([(group_of[process.id], process) for process in found], page.number, page.size, page.total)


def page_where_begins(groups: dict[str, list[uuid.UUID]], group: str, size: int) -> int:
    """The number of the page of `page_by_group` on which `group` begins, and with it its heading."""
    before = sum(len(groups[earlier]) for earlier in GROUPS[: GROUPS.index(group)])
    return before // size + 1


def newest_page(session: Session, actor: Actor, number: int, size: int) -> Page[Process]:
    """One page of all processes that `actor` may see, the newest first."""
    page = page_of([each.process_id for each in dates_of_visible(session, actor)], number, size)
    return Page(processes_in_order(session, page.items), page.number, page.size, page.total)
