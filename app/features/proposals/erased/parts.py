"""How a part of this room is declared and counted, and what is said of more than one."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.features.proposals.models import (
    Proposal,
)
from app.kernel.erasing import (
    Fate,
    Part,
    Subject,
    changed,
    declare,
)
from app.kernel.messages import Message, msg

TYPED = msg("It is somebody else's voice. That your hands typed it is no longer said.")


UNSEEN = msg("Moderators or others refer to them, so an empty entry stays. Their text goes.")


def taken_off(session: Session, column: InstrumentedAttribute[int], proposals: Sequence[uuid.UUID]) -> None:
    """Take away from a proposal's number as many as the proposal is named. A number that was too small already ends at
    nothing: it must not keep anybody from being erased.
    """
    times: dict[uuid.UUID, int] = {}
    for one in proposals:
        times[one] = times.get(one, 0) + 1
    for number in sorted(set(times.values())):
        same = sorted(one for one, count in times.items() if count == number)
        changed(
            session,
            update(Proposal).where(Proposal.id.in_(same)).values({column: case((column >= number, column - number), else_=0)}),
        )


def count_of(model: Any, condition: Any, **which: Any) -> Any:
    """What counts the rows of a table of which `condition` holds."""

    def count(session: Session, subject: Subject) -> int:
        return session.scalar(select(func.count()).select_from(model).where(condition(subject, **which))) or 0

    return count


def part(name: str, fate: Fate, title: Message, order: int, count: Any, run: Any, *columns: Any, **more: Any) -> None:
    """Declare a part by the columns that it empties."""
    names = tuple(f"{column.class_.__tablename__}.{column.key}" for column in columns)
    declare(Part(name, fate, title, names, more.pop("why", None), order, count, run, **more))
