"""A pot is counted, from opened ballots alone."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, joined, require_valid, too_few
from app.features.budgets.queries import pot as pot_by_id
from app.features.budgets.use_cases import as_record, draws_of, not_supported, record_count
from app.features.counting.numbers import Score, parse_score
from app.features.counting.use_cases import Ballot as CountedBallot
from app.features.counting.use_cases import (
    DrawNeeded,
    RuleDataMissing,
    Tally,
    ballots_with_a_winner,
    count,
    needs_ballots,
    supported,
)
from app.features.counting.use_cases import Project as CountedProject
from app.features.voting.announced import announced_rule
from app.features.voting.draws import never_drawn
from app.features.voting.queries import (
    PaperTotals,
    ballot_classes,
    ballots_cast,
    paper_rows,
    paper_totals,
    totals_by_channel,
)
from app.features.voting.use_cases.openings import require_readable
from app.kernel.automated import decides
from app.kernel.errors import Conflict, NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission

ROWS_NEEDED = msg(
    "The rule of this pot looks at whole ballots, so totals of paper ballots cannot be counted. "
    "Paper ballots must be entered one by one at the voting desk while the vote is open."
)
before_counting: list[Callable[[Session, Pot], None]] = []
"""What else must be in order before a pot is counted; each raises Refused, saying what is missing."""


def count_pot(session: Session, actor: Actor, pot_id: uuid.UUID, progress: Callable[[int], None] | None = None) -> Pot:
    """Count a closed pot by its rule, from the stored ballots, and keep the outcome for the committee.

    A rule that is not supported yet is said to be so, and nothing is counted by another. Raises Forbidden while people
    still vote, NotFound without the committee's role.
    """
    pot = pot_by_id(session, pot_id)
    if pot is None or not actor.may(Permission.BUDGET_CERTIFY, pot.process_id):
        raise NotFound
    session.execute(select(Pot.id).where(Pot.id == pot_id).with_for_update())
    session.refresh(pot, ["state", "annulled_at"])
    require_valid(pot)
    for check in before_counting:
        check(session, pot)
    return record_count(session, actor, pot, outcome_of(session, pot, progress))


@decides("counting")
def outcome_of(session: Session, pot: Pot, progress: Callable[[int], None] | None = None) -> dict[str, Any]:
    """What counting the stored ballots by the pot's own rule gives, as it is kept with the pot; nothing is changed.

    Where the rule is not supported, or lacks what it needs, the record says so and names no winners. Raises Forbidden while
    people still vote, Conflict before the box is opened.
    """
    imported = bool(pot.options.get("imported"))
    channels = totals_by_channel(session, pot)
    channels = channels if imported else joined(channels)
    require_readable(session, pot)
    paper = paper_totals(session, pot)
    on_paper = paper.ballots if paper else 0
    few = not imported and too_few(ballots_cast(session, pot) - on_paper, on_paper)
    sums = {"paper": _told_of(paper, few=few)} if paper else {}
    if not supported(pot.rule, pot.vote_type):
        return not_supported(pot.rule, ballots_cast(session, pot), channels) | sums
    tally = tally_of(session, pot, progress)
    projects = [CountedProject(project.number, project.cost) for project in pot.projects]
    try:
        result = count(tally, projects, pot.amount, announced_rule(pot))
    except RuleDataMissing as error:
        return not_supported(pot.rule, tally.voters, channels, missing=error.field) | sums
    except DrawNeeded as needed:
        waiting = not_supported(pot.rule, tally.voters, channels, missing="draw") | sums
        return {**waiting, "draw_among": [list(group) for group in needed.groups]}
    if to_draw := never_drawn(result, draws_of(pot).get("draws") or ()):
        waiting = not_supported(pot.rule, tally.voters, channels, missing="draw") | sums
        return {**waiting, "draw_among": [list(group) for group in to_draw]}
    known = paper is None and not few
    with_a_winner = ballots_with_a_winner(counted_classes(session, pot), result.winners) if known else None
    return as_record(result, channels, with_a_winner, finer=not few) | sums


def _told_of(paper: PaperTotals, *, few: bool) -> dict[str, Any]:
    """What the record says of paper: its votes only where they can stand beside those from the box."""
    whole = asdict(paper)
    return {name: whole[name] for name in ("stations", "participations", "ballots", "invalid")} if few else whole


def counted_classes(session: Session, pot: Pot) -> Iterator[tuple[CountedBallot, int]]:
    """The stored ballots as counting reads them, equal ones joined."""
    yield from as_counted(ballot_classes(session, pot))


def as_counted(classes: Iterable[tuple[str, str, int]]) -> Iterator[tuple[CountedBallot, int]]:
    """Classes of equal ballots, as they are stored, for counting."""
    for choices, points, number in classes:
        given = tuple(_score(text) for text in points.split(",")) if points else None
        yield CountedBallot(tuple(choices.split(",")) if choices else (), given), number


def tally_of(
    session: Session, pot: Pot, progress: Callable[[int], None] | None = None, *, keep_ballots: bool | None = None
) -> Tally:
    """The sums of the stored ballots and those on paper; whole ballots are kept where its rule needs them, or if asked."""
    options = pot.options
    tally = Tally(
        pot.vote_type,
        [project.number for project in pot.projects],
        max_length=options.get("max_length", pot.max_projects),
        default_score=_score(str(options.get("default_score") or 0)),
        keep_ballots=needs_ballots(pot.rule) if keep_ballots is None else keep_ballots,
    )
    for ballot, number in counted_classes(session, pot):
        tally.add(ballot, number)
        if progress is not None:
            progress(number)
    if (paper := paper_totals(session, pot)) is not None:
        if (rows := paper_rows(session, pot)) is not None:
            return tally.add_all(as_counted(rows))
        if tally.ballots is not None:
            raise Conflict(ROWS_NEEDED)
        tally.add_totals(paper.ballots, paper.blank, paper.votes, paper.points)
    return tally


def _score(text: str) -> Score:
    return parse_score(text)
