"""The order of projects: by score, and among equals by the announced tie rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from app.features.counting.announced import Project, RuleOptions, TieRule
from app.features.counting.numbers import Score
from app.features.counting.tally import Tally


class DrawNeeded(Exception):
    """A tie decides who wins, and the announced rules leave it to a public draw that has not taken place.

    `groups` are the projects to draw among. Put the drawn order into `RuleOptions.drawn_order` and count again.
    """

    def __init__(self, groups: Sequence[tuple[str, ...]]) -> None:
        super().__init__("; ".join(", ".join(group) for group in groups))
        self.groups = tuple(groups)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A project with everything that its place depends on. `tie_key` has one value for each tie rule, smaller is better."""

    id: str
    cost: int
    score: Score
    votes: int
    tie_key: tuple[int, ...]
    listed: int

    @property
    def key(self) -> tuple[Score, tuple[int, ...]]:
        """Smaller stands before larger; equal keys are a tie that no rule has decided."""
        return (-self.score, self.tie_key)


def in_order(tally: Tally, projects: Sequence[Project], options: RuleOptions) -> tuple[Candidate, ...]:
    """All projects from the first place to the last. What no tie rule decides stays as listed, and `undecided` finds it."""
    measure = [_MEASURES[rule] for rule in options.tie_rules]
    drawn = {project: place for place, project in enumerate(options.drawn_order)}
    candidates = []
    for listed, project in enumerate(projects):
        facts = _Facts(project.cost, tally.votes(project.id), listed, drawn.get(project.id, len(drawn)))
        tie_key = tuple(of(facts) for of in measure)
        candidates.append(Candidate(project.id, project.cost, tally.score(project.id), facts.votes, tie_key, listed))
    return tuple(sorted(candidates, key=lambda candidate: (*candidate.key, candidate.listed)))


def equal_scores(candidates: Sequence[Candidate]) -> list[tuple[Candidate, ...]]:
    """The groups of two and more candidates with one score, in order."""
    groups = (tuple(group) for _, group in groupby(candidates, key=lambda candidate: candidate.score))
    return [group for group in groups if len(group) > 1]


def undecided(group: Sequence[Candidate]) -> list[tuple[Candidate, ...]]:
    """The parts of a group of equals, ordered by the tie rules, that no announced rule puts in an order.

    Where supporters pay, equals can have different scores: what counts there is when, or with how much, they can be paid.
    """
    parts = (tuple(part) for _, part in groupby(group, key=lambda candidate: candidate.tie_key))
    return [part for part in parts if len(part) > 1]


def deciding_rules(group: Sequence[Candidate], options: RuleOptions) -> tuple[TieRule, ...]:
    """The tie rules that made the order of a group, in their announced order."""
    used = set()
    for before, after in pairwise(group):
        differing = (index for index, pair in enumerate(zip(before.tie_key, after.tie_key, strict=True)) if pair[0] != pair[1])
        used.add(next(differing, None))
    return tuple(rule for index, rule in enumerate(options.tie_rules) if index in used)


@dataclass(frozen=True, slots=True)
class _Facts:
    cost: int
    votes: int
    listed: int
    drawn: int


_MEASURES: dict[TieRule, Callable[[_Facts], int]] = {
    TieRule.LOWER_COST: lambda facts: facts.cost,
    TieRule.HIGHER_COST: lambda facts: -facts.cost,
    TieRule.MORE_VOTERS: lambda facts: -facts.votes,
    TieRule.LISTED_FIRST: lambda facts: facts.listed,
    TieRule.DRAWN: lambda facts: facts.drawn,
}
