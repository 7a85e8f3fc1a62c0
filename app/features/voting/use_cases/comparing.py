"""What other rules would have chosen, worked out after a count is certified or corrected. Only the announced rule counts."""

import uuid
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState, few_ballots
from app.features.budgets.queries import pot as pot_by_id
from app.features.budgets.use_cases import DRAWN_AGAIN, corrected
from app.features.counting.use_cases import (
    DrawNeeded,
    RuleDataMissing,
    TooManyPoints,
    ballots_with_a_winner,
    count,
    supported,
)
from app.features.counting.use_cases import Project as CountedProject
from app.features.voting.announced import announced_rule
from app.features.voting.models import RuleComparison
from app.features.voting.use_cases.counting import tally_of
from app.kernel.automated import decides

COMPARED = ("greedy", "greedy-no-skip", "equalshares", "equalshares/add1", "phragmen")
"""The rules beside the announced one, in their order. Variants that need more than was announced are left out."""


def pots_to_compare(session: Session) -> list[uuid.UUID]:
    """Certified pots that were counted here and are not compared yet."""
    compared = exists().where(RuleComparison.pot_id == Pot.id)
    pots = session.scalars(select(Pot).where(Pot.state == PotState.CERTIFIED, ~compared).order_by(Pot.certified_at, Pot.id))
    return [pot.id for pot in pots if can_compare(pot) and DRAWN_AGAIN not in pot.options]


def can_compare(pot: Pot) -> bool:
    """Whether the page exists for a pot. Of few ballots not even this is told: every further rule says more about them.

    Ballots on paper are totals, and other rules need whole ballots: with them nothing is compared.
    """
    result = pot.result or {}
    if not result.get("supported") or result.get("paper"):
        return False
    return pot.state is PotState.CERTIFIED and not few_ballots(pot)


@decides("compared_rules")
def compare_rules(session: Session, pot_id: uuid.UUID) -> bool:
    """Count a certified pot by each rule that fits its ballots and keep what they would have chosen; once.

    Not while a draw is entered anew for a correction: other rules would go by another draw than the certified count.
    """
    session.execute(select(Pot.id).where(Pot.id == pot_id).with_for_update())
    pot = pot_by_id(session, pot_id, fresh=True)
    done = session.scalar(select(RuleComparison.id).where(RuleComparison.pot_id == pot_id))
    if pot is None or done is not None or not can_compare(pot) or DRAWN_AGAIN in pot.options:
        return False
    session.add(RuleComparison(pot_id=pot_id, rules=_outcomes(session, pot)))
    session.flush()
    return True


def _outcomes(session: Session, pot: Pot) -> list[dict[str, Any]]:
    tally = tally_of(session, pot, keep_ballots=True)
    ballots = list((tally.ballots or {}).items())
    projects = [CountedProject(project.number, project.cost) for project in pot.projects]
    found = [_outcome(pot.rule, (pot.result or {})["winners"], (pot.result or {})["cost"], ballots)]
    for rule in COMPARED:
        if rule == pot.rule or not supported(rule, pot.vote_type):
            continue
        try:
            result = count(tally, projects, pot.amount, replace(announced_rule(pot), rule=rule))
        except (DrawNeeded, RuleDataMissing, TooManyPoints):
            found.append({"rule": rule, "winners": None})
        else:
            found.append(_outcome(rule, result.winners, result.cost, ballots))
    return found


def _outcome(rule: str, winners: Any, cost: int, ballots: Any) -> dict[str, Any]:
    return {"rule": rule, "winners": list(winners), "cost": cost, "with_a_winner": ballots_with_a_winner(ballots, winners)}


def _compare_anew(session: Session, pot: Pot) -> None:
    """The comparison was made beside a count that does not hold any more; the next task makes it of the corrected one."""
    session.execute(delete(RuleComparison).where(RuleComparison.pot_id == pot.id))


corrected.append(_compare_anew)
