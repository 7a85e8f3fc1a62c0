"""Long work that nobody is at any more: found, and taken up again by a button or a command.

The outbox gives up what has failed for a day and a half, and a row can be lost. What stands in the box as under way is then
work without anybody; this module knows which row each piece of work needs.
"""

import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, pots_of
from app.features.voting.models import Box, Closing
from app.features.voting.queries import count_under_way
from app.features.voting.use_cases.boxes import box_to_change
from app.features.voting.use_cases.closing import WORK
from app.features.voting.use_cases.counting_long import COUNTING
from app.features.voting.use_cases.opening_here import OPENING
from app.features.voting.use_cases.under_way import why_stopped
from app.kernel import outbox
from app.kernel.permissions import SYSTEM

_KINDS: dict[str, str] = {
    **WORK,
    Closing.OPENING: OPENING,
    Closing.TAKING_IN: OPENING,
}


def box_rests(session: Session, box: Box) -> bool:
    """Whether closing or opening is under way and nobody takes it up soon."""
    kind = _KINDS.get(box.closing.get("step", ""))
    return kind is not None and outbox.rests(session, kind, process_id=str(box.process_id))


def count_rests(session: Session, box: Box, pot: Pot) -> bool:
    """The same of counting a pot."""
    return _is_counted(box, pot) and outbox.rests(session, COUNTING, **_of_pot(pot))


def go_on(session: Session, process_id: uuid.UUID) -> list[tuple[str, bool]]:
    """Have every piece of work on a box taken up that nobody takes up soon.

    Returns all that is under way, and whether it rested; raises NotFound where there is no box.
    """
    box = box_to_change(session, SYSTEM, process_id)
    return [(kind, outbox.post_again(session, kind, **payload)) for kind, payload in _under_way(session, box)]


def with_work(session: Session) -> list[uuid.UUID]:
    """The processes whose box is being closed or opened, or whose pots are being counted."""
    boxes = session.scalars(select(Box).order_by(Box.process_id)).all()
    return [box.process_id for box in boxes if any(_under_way(session, box))]


def _under_way(session: Session, box: Box) -> Iterator[tuple[str, dict[str, Any]]]:
    if (kind := _KINDS.get(box.closing.get("step", ""))) is not None:
        yield kind, {"process_id": str(box.process_id)}
    if box.closing.get("counting"):
        yield from ((COUNTING, _of_pot(pot)) for pot in pots_of(session, box.process_id) if _is_counted(box, pot))


def _is_counted(box: Box, pot: Pot) -> bool:
    work = count_under_way(box, pot)
    return work is not None and why_stopped(work) is None


def _of_pot(pot: Pot) -> dict[str, Any]:
    return {"pot_id": str(pot.id), "process_id": str(pot.process_id)}
