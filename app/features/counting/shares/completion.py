"""Add1: the share of every voter grows, one unit of the currency a step, as long as what is bought stays within the budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.features.counting.progress import tell
from app.features.counting.result import Ended
from app.features.counting.shares.classes import Classes
from app.features.counting.shares.run import Choose, Meeting, Outcome, Run


@dataclass(frozen=True, slots=True)
class Completion:
    """Whether shares grow (`step` of the smallest unit for each voter; none without completion) and when they stop."""

    step: int | None
    stop_when_exhaustive: bool = False


@dataclass(frozen=True, slots=True)
class Completed:
    """The last outcome within the budget, what came before it, and why there is no further step."""

    outcome: Outcome
    meetings: tuple[Meeting, ...]
    share: Fraction
    steps: int
    ended: Ended
    next_cost: int | None


def complete(
    classes: Classes,
    costs: Sequence[int],
    candidates: Sequence[int],
    budget: int,
    completion: Completion,
    choose: Choose,
    *,
    first: int | None = None,
) -> Completed:
    """Run Equal Shares with the equal share of the budget, then with larger ones; the last outcome is explained.

    `first` is what all voters have together at the beginning, where that is not the whole budget.
    Steps are passed over where the runs at both ends of a stretch prove that all between have the same outcome.
    """
    guesses: dict[int, float] = {}
    step = completion.step or 0
    first = budget if first is None else first

    def run(steps: int) -> Run:
        return Run(classes, costs, candidates, first + classes.voters * step * steps, choose, guesses)

    steps, next_cost, outcome = 0, None, run(0).result()
    meetings = list(outcome.met.values())
    ahead = _Ahead()
    while (ended := _finished(outcome, costs, candidates, budget, completion)) is None:
        target = ahead.target(steps)
        larger = run(target).result() if target == steps + 1 else run(target).like(outcome)
        if larger is None:
            ahead.too_far(target)
            continue
        ahead.reached(target, changed=larger.bought != outcome.bought)
        meetings += larger.met.values()
        if larger.cost > budget:
            next_cost, ended = larger.cost, Ended.NEXT_TOO_DEAR
            break
        steps, outcome = target, larger
        tell(steps)
    share = Fraction(first, max(classes.voters, 1)) + step * steps
    return Completed(run(steps).result(explain=True), tuple(meetings), share, steps, ended, next_cost)


MOST_PATIENCE = 8


class _Ahead:
    """How far to look ahead: half as far as the last outcome held, then ever further, but half-way to a step too far.

    Where every other step changes something, looking ahead is in vain: then some steps are taken singly first.
    """

    def __init__(self) -> None:
        self._reach = 1
        self._changed_at = self._reached = 0
        self._too_far: int | None = None
        self._singly, self._patience = 0, 1

    def target(self, steps: int) -> int:
        """The step to look at next."""
        if self._singly:
            return steps + 1
        if self._too_far is not None and self._too_far > steps + 1:
            return steps + min(self._reach, (self._too_far - steps + 1) // 2)
        return steps + self._reach

    def reached(self, steps: int, *, changed: bool) -> None:
        """The outcome is known up to this step, where it may have changed."""
        if changed:
            self._reach = max(1, (steps - self._changed_at) // 2)
            self._changed_at = steps
        else:
            self._reach = 2 * (steps - self._reached)
        if steps > self._reached + 1:
            self._patience = 1
        self._reached = steps
        self._singly = max(0, self._singly - 1)

    def too_far(self, target: int) -> None:
        """Nothing is known about the way to this step."""
        self._too_far = target
        if target == self._reached + 2:
            self._singly, self._patience = self._patience, min(2 * self._patience, MOST_PATIENCE)


def _finished(
    outcome: Outcome, costs: Sequence[int], candidates: Sequence[int], budget: int, completion: Completion
) -> Ended | None:
    """Why there is no further step, if so."""
    if not candidates:
        return Ended.NOBODY_VOTED
    if completion.step is None:
        return Ended.NO_COMPLETION
    if len(outcome.bought) == len(candidates):
        return Ended.ALL_WON
    bought = set(outcome.bought)
    if completion.stop_when_exhaustive and all(outcome.cost + costs[one] > budget for one in candidates if one not in bought):
        return Ended.EXHAUSTIVE
    return None
