"""How far a vote is: over or not, its box, its pots; which votes keep anything about voters."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState, pots_of
from app.features.spaces.queries import Action, Process, action_open, process
from app.features.voting.models import (
    BoardHead,
    Box,
    BoxState,
    RollEntry,
    RuleComparison,
    VoteKey,
    VotingCode,
)
from app.kernel import clock


def comparison_of(session: Session, pot_id: uuid.UUID) -> RuleComparison | None:
    """What other rules would have chosen, once it is worked out."""
    return session.scalars(select(RuleComparison).where(RuleComparison.pot_id == pot_id)).first()


def closed(session: Session, pot: Pot) -> bool:
    """Whether the vote on this pot is over: it was fixed, no phase takes votes now, and none will."""
    return is_over(process(session, pot.process_id), pot, clock.now())


def is_over(space: Process | None, pot: Pot, now: datetime) -> bool:
    """The same for a process at hand."""
    if space is None or pot.state is PotState.DRAFT:
        return False
    votes = [phase for phase in space.phases if Action.VOTE in phase.actions]
    return bool(votes) and all(phase.ends_at <= now for phase in votes) and not action_open(space, Action.VOTE, now)


def box_of(session: Session, process_id: uuid.UUID) -> Box | None:
    """The ballot box of a process; none before its key is there, and none for imported elections."""
    return session.scalars(_BOX, {"process": process_id}).first()


def with_a_box(session: Session, process_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these processes have one; one question however many there are."""
    return set(session.scalars(select(Box.process_id).where(Box.process_id.in_(process_ids))))


_BOX = select(Box).where(Box.process_id == bindparam("process"))


def fixed_pots(session: Session, process_id: uuid.UUID) -> list[Pot]:
    """The pots of a process whose ballots were fixed here, and so go into its box; imported elections were fixed elsewhere."""
    return [pot for pot in pots_of(session, process_id) if pot.state is not PotState.DRAFT and "digest" in pot.options]


def pots_in_box(session: Session, box: Box) -> list[Pot]:
    """The pots whose envelopes a box holds: once it is closed those that its last signed head names, whatever else is fixed."""
    pots = fixed_pots(session, box.process_id)
    if box.state is BoxState.OPEN:
        return pots
    heads = select(BoardHead.pots).where(BoardHead.process_id == box.process_id).order_by(BoardHead.day.desc())
    last = session.scalars(heads.limit(1)).first()
    return pots if not last else [pot for pot in pots if any(str(pot.id) == one[0] for one in last)]


def votes_to_end(session: Session, process_id: uuid.UUID | None = None) -> Sequence[uuid.UUID]:
    """The processes (or this one) that keep anything about voters: a key, a box, a list or codes, whoever has voted."""
    keeps = or_(*(exists().where(table.process_id == Process.id) for table in (VoteKey, Box, RollEntry, VotingCode)))
    only = [Process.id == process_id] if process_id else []
    return session.scalars(select(Process.id).where(keeps, *only).order_by(Process.id)).all()


def open_boxes(session: Session) -> Sequence[uuid.UUID]:
    """The processes whose boxes take envelopes. One whose pots are all annulled is left alone a day later, when its last
    envelopes and the last state of its board are long dealt with: its keys may be gone, and nobody needs it."""
    fixed = (Pot.process_id == Box.process_id, Pot.state != PotState.DRAFT)
    counts = or_(Pot.annulled_at.is_(None), Pot.annulled_at > clock.now() - timedelta(days=1))
    alive = or_(~exists().where(*fixed), exists().where(*fixed, counts))
    return session.scalars(select(Box.process_id).where(Box.state == BoxState.OPEN, alive)).all()


def is_opened(session: Session, pot: Pot) -> bool:
    """Whether the ballots of a pot can be read: its box was opened, or it never had one (imported elections).

    Those of a disputed box can be read, too; `use_cases/openings.py` says that nobody counts them.
    """
    box = box_of(session, pot.process_id)
    return box is None or box.state in (BoxState.OPENED, BoxState.CONFIRMED, BoxState.DISPUTED)


def disputed_boxes(session: Session) -> Collection[uuid.UUID]:
    """The processes whose box was opened more than once, with openings that differ."""
    return frozenset(session.scalars(select(Box.process_id).where(Box.state == BoxState.DISPUTED)))


def count_under_way(box: Box, pot: Pot) -> dict[str, Any] | None:
    """How far counting a large pot in the background is, or why it has stopped; None when nobody asked for it."""
    found: dict[str, Any] | None = box.closing.get("counting", {}).get(str(pot.id))
    return found
