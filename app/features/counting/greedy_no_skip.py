"""Greedy without skipping: by score, and the count ends at the first project that does not fit."""

from collections.abc import Sequence

from app.features.counting.announced import Project, RuleOptions
from app.features.counting.greedy import Greedy
from app.features.counting.in_turn import InTurn
from app.features.counting.result import Result
from app.features.counting.tally import Tally

WITHDRAWN_COST = 999_999_999
"""Published files write this cost, in whole units, for a project withdrawn after the vote. It must not end the count."""


class GreedyNoSkip(Greedy):
    """The rule `greedy-no-skip`."""

    name = "greedy-no-skip"

    def count(self, tally: Tally, projects: Sequence[Project], budget: int, options: RuleOptions) -> Result:
        withdrawn_from = WITHDRAWN_COST * options.currency_unit
        return InTurn(tally, projects, budget, options, stops=True, withdrawn_from=withdrawn_from).result()
