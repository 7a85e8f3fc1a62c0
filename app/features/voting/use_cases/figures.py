"""Numbers about codes, contested participations and turnout: they stand in the protocol, and outlive the rows they count."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, few_ballots
from app.features.spaces.queries import area_names, process
from app.features.voting.models import Contest, ContestState
from app.features.voting.publication import choice_of, from_our_box, published_of
from app.features.voting.queries import fixed_pots, is_over
from app.features.voting.voters.eligibility import code_counts, granted_ballots, prints_of
from app.features.voting.voters.turnout import Group, by_area, by_bracket, by_sex
from app.kernel import clock


def undecided_contests(session: Session, process_id: uuid.UUID) -> bool:
    """Whether somebody who said that another person voted in their name waits for an answer."""
    waiting = select(Contest.id).where(Contest.process_id == process_id, Contest.state == ContestState.OPEN)
    return session.scalar(waiting.limit(1)) is not None


def figures_of(session: Session, process_id: uuid.UUID) -> dict[str, Any]:
    """Codes by state, letters, contested participations by pot, and turnout by group as it is shown; nothing about a voter.

    Turnout is there once the vote on every pot is over, without small groups.
    """
    return {
        "codes": {state.value: number for state, number in code_counts(session, process_id).items()},
        "letters": sum(one.letters for one in prints_of(session, process_id)),
        "contests": _contests(session, process_id),
        "turnout": _turnout(session, process_id),
    }


def _contests(session: Session, process_id: uuid.UUID) -> dict[str, dict[str, int]]:
    cast = granted_ballots(session, process_id)
    rows = session.execute(
        select(Contest.pot_id, Contest.state, func.count(), func.sum(case((Contest.granted_slot != "", 1), else_=0)))
        .where(Contest.process_id == process_id)
        .group_by(Contest.pot_id, Contest.state)
    )
    found: dict[str, dict[str, int]] = {}
    for pot_id, state, number, granted in rows:
        empty = {one.value: 0 for one in ContestState} | {"granted": 0, "granted_and_cast": cast.get(pot_id, 0)}
        of_pot = found.setdefault(str(pot_id), empty)
        of_pot[state.value] += number
        of_pot["granted"] += granted
    return found


def _turnout(session: Session, process_id: uuid.UUID) -> dict[str, list[dict[str, Any]]] | None:
    space, pots = process(session, process_id), fixed_pots(session, process_id)
    if not pots or not all(is_over(space, pot, clock.now()) for pot in pots):
        return None
    names = {str(area): dict(name) for area, name in area_names(session).items()}
    return {
        "area": [{**one, "title": names.get(one["group"], {})} for one in _groups(by_area(session, process_id))],
        "age": _groups(by_bracket(session, process_id)),
        "sex": _groups(by_sex(session, process_id)),
    }


def _groups(groups: Sequence[Group]) -> list[dict[str, Any]]:
    return [{"group": one.name, "entries": one.entries, "voted": one.voted} for one in groups]


def publication_of(session: Session, pot: Pot) -> dict[str, Any] | None:
    """What of the ballots of a counted pot is published, by whose decision and why; None while that is open."""
    published, choice = published_of(session, pot) if from_our_box(session, pot) else None, choice_of(session, pot.id)
    if published is None:
        return None
    found: dict[str, Any] = {"published": published.value, "by_rule": few_ballots(pot)}
    if choice is not None and not few_ballots(pot):
        found |= {"reason": choice.reason, "ballots": choice.ballots, "unique_ballots": choice.unique_ballots}
    return found
