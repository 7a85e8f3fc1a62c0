"""A large pot is counted in the background: nothing is locked while ballots are added up, then the outcome is kept.

What was counted must still be true when it is kept: if a draw was entered or paper totals came meanwhile, it is counted again.
"""

import uuid
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState, require_valid
from app.features.budgets.queries import pot as pot_by_id
from app.features.budgets.use_cases import record_count
from app.features.voting.models import Box
from app.features.voting.queries import ballots_cast, box_of, count_under_way, paper_totals
from app.features.voting.use_cases import under_way
from app.features.voting.use_cases.boxes import box_to_change
from app.features.voting.use_cases.counting import before_counting, count_pot
from app.features.voting.use_cases.openings import require_readable
from app.kernel import audit, outbox
from app.kernel.errors import Conflict, NotFound
from app.kernel.messages import Message, msg
from app.kernel.permissions import SYSTEM, Actor, Permission

COUNTING = "pot.counting"


def begin_counting(session: Session, actor: Actor, pot_id: uuid.UUID) -> Pot:
    """Count a pot, or say that it is to be counted where that takes long. Asking again takes up what has been left lying.

    Refuses at once what counting would refuse.
    """
    pot = pot_by_id(session, pot_id)
    if pot is None or not actor.may(Permission.BUDGET_CERTIFY, pot.process_id):
        raise NotFound
    if box_of(session, pot.process_id) is None or ballots_cast(session, pot) <= under_way.AT_ONCE:
        return count_pot(session, actor, pot_id)
    box = box_to_change(session, actor, pot.process_id)
    session.refresh(pot, ["state", "annulled_at"])
    work = count_under_way(box, pot)
    if work is not None and under_way.why_stopped(work) is None:
        outbox.post_again(session, COUNTING, pot_id=str(pot_id), process_id=str(pot.process_id))
        return pot
    _require_countable(session, pot)
    total = ballots_cast(session, pot)
    _keep(box, pot, under_way.begun(actor, total))
    session.flush()
    audit.record(session, actor, "pot.counting", pot, process_id=pot.process_id, ballots=total)
    outbox.post(session, COUNTING, pot_id=str(pot_id), process_id=str(pot.process_id))
    return pot


def pot_to_count(session: Session, pot_id: uuid.UUID) -> Pot | None:
    """The pot, while it is still to be counted in the background."""
    pot = pot_by_id(session, pot_id)
    box = box_of(session, pot.process_id) if pot is not None else None
    work = count_under_way(box, pot) if pot is not None and box is not None else None
    return pot if work is not None and under_way.why_stopped(work) is None else None


def counted_from(session: Session, pot: Pot) -> dict[str, Any]:
    """All that can change between counting and keeping the outcome: what was drawn, what was counted on paper."""
    paper = paper_totals(session, pot)
    return {"options": pot.options, "paper": asdict(paper) if paper else None}


def finish_counting(session: Session, pot_id: uuid.UUID, record: dict[str, Any], basis: dict[str, Any]) -> None:
    """Keep the outcome for whoever asked; where it was counted from something else than what holds now, count once more."""
    pot = pot_by_id(session, pot_id)
    if pot is None:
        return
    box = box_to_change(session, SYSTEM, pot.process_id)
    session.refresh(pot, ["state", "annulled_at", "options"])
    work = count_under_way(box, pot)
    if work is None or under_way.why_stopped(work) is not None:
        return
    _require_countable(session, pot)
    if counted_from(session, pot) != basis:
        _keep(box, pot, {**work, "done": 0})
        outbox.post(session, COUNTING, pot_id=str(pot_id), process_id=str(pot.process_id))
    else:
        record_count(session, under_way.asked_by(session, work, pot.process_id), pot, record)
        _keep(box, pot, None)
    session.flush()


def stop_counting(session: Session, pot_id: uuid.UUID, why: Message) -> None:
    """Say why the pot could not be counted."""
    pot = pot_by_id(session, pot_id)
    if pot is None:
        return
    box = box_to_change(session, SYSTEM, pot.process_id)
    if (work := count_under_way(box, pot)) is not None:
        _keep(box, pot, {**work, **under_way.stopped_by(why)})
        session.flush()


def _require_countable(session: Session, pot: Pot) -> None:
    require_valid(pot)
    if pot.state is PotState.CERTIFIED:
        raise Conflict(msg("This count is certified. It stays as it is."))
    require_readable(session, pot)
    for check in before_counting:
        check(session, pot)


def _keep(box: Box, pot: Pot, work: dict[str, Any] | None) -> None:
    others = {name: one for name, one in box.closing.get("counting", {}).items() if name != str(pot.id)}
    box.closing = {**box.closing, "counting": others if work is None else {**others, str(pot.id): work}}
