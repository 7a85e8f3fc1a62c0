"""What every change to a process has in common: the permission, the lock, the record of what was and what is."""

import uuid
from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from app.features.spaces.models import Process
from app.kernel.errors import NotFound
from app.kernel.permissions import Actor, Permission


class _Positioned(Protocol):
    position: int


def process_to_change(session: Session, actor: Actor, process_id: uuid.UUID) -> Process:
    """The process, locked until the end of the transaction.

    Raises Forbidden for everybody but those who manage it, NotFound when there is none.
    """
    actor.require(Permission.PROCESS_MANAGE, process_id)
    # Without the join to the area: PostgreSQL checks a row that somebody changed meanwhile against the joined row as it
    # was, and would find none when the area changed too.
    query = select(Process).options(lazyload(Process.area)).where(Process.id == process_id).with_for_update()
    found = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFound
    return found


def apply(row: Any, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give `row` new values; returns what was and what is, of the columns that differ, as JSON values for the audit log."""
    before, after = {}, {}
    for name, value in values.items():
        old = getattr(row, name)
        if old != value:
            before[name], after[name] = plain(old), plain(value)
            setattr(row, name, value)
    if after:
        row.version += 1
    return before, after


def plain(value: Any) -> Any:
    """A column's value as JSON."""
    return value if isinstance(value, dict | list | int | float | None) else str(value)


def moved(rows: Sequence[_Positioned], index: int, by: int) -> bool:
    """Move the row at `index` one place up (-1) or down (1) and number all rows anew; False when it is at the end already."""
    target = index + by
    possible = 0 <= target < len(rows)
    order = list(rows)
    if possible:
        order[index], order[target] = order[target], order[index]
    for position, row in enumerate(order):
        if row.position != position:
            row.position = position
    return possible
