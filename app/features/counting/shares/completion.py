"""Add1: the share of every voter grows, one unit of the currency a step, as long as what is bought stays within the budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

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
) -> Completed:
    """Run Equal Shares with the equal share of the budget, then with larger ones; the last outcome is explained.

    Steps without any change are passed over: where the runs at both ends of a stretch have one pattern, so have all between.
    """
    guesses: dict[int, float] = {}
    step = completion.step or 0

    def run(steps: int, *, explain: bool = False) -> Outcome:
        money = budget + classes.voters * step * steps
        return Run(classes, costs, candidates, money, choose, guesses).result(explain=explain)

    steps, next_cost, outcome = 0, None, run(0)
    meetings = list(outcome.meetings)
    ahead = _Ahead()
    while (ended := _finished(outcome, costs, candidates, budget, completion)) is None:
        target = ahead.target(steps)
        larger = ahead.known(target) or run(target)
        if larger.pattern == outcome.pattern:
            ahead.reached()
        elif target > steps + 1:
            ahead.too_far(target, larger)
            continue
        else:
            ahead = _Ahead()
            meetings += larger.meetings
            if larger.cost > budget:
                next_cost, ended = larger.cost, Ended.NEXT_TOO_DEAR
                break
        steps, outcome = target, larger
    share = Fraction(budget, max(classes.voters, 1)) + step * steps
    return Completed(run(steps, explain=True), tuple(meetings), share, steps, ended, next_cost)


class _Ahead:
    """How far to look ahead: twice as far each time nothing has changed, then half-way to the nearest known change."""

    def __init__(self) -> None:
        self._reach = 1
        self._change: tuple[int, Outcome] | None = None

    def target(self, steps: int) -> int:
        """The step to look at next."""
        if self._change is None:
            return steps + self._reach
        return steps + max(1, (self._change[0] - steps) // 2)

    def known(self, steps: int) -> Outcome | None:
        """The outcome of this step, if it has been looked at."""
        return self._change[1] if self._change is not None and self._change[0] == steps else None

    def reached(self) -> None:
        """Nothing has changed up to the target."""
        self._reach *= 2

    def too_far(self, steps: int, outcome: Outcome) -> None:
        """Something changes on the way to this step."""
        self._change = (steps, outcome)


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
