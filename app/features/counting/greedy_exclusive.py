"""Greedy with conflicts: a project that excludes one that has already won is skipped."""

from collections.abc import Sequence

from app.features.counting.announced import Project, RuleOptions
from app.features.counting.greedy import Greedy
from app.features.counting.result import Result
from app.features.counting.rule import RuleDataMissing
from app.features.counting.tally import Tally


class GreedyExclusive(Greedy):
    """The rule `greedy-exclusive`. Published `.pb` files carry no conflicts, so they cannot be counted by it alone.

    An empty set of conflicts says that none were declared; None says that nobody knows, and is refused.
    """

    name = "greedy-exclusive"

    def count(self, tally: Tally, projects: Sequence[Project], budget: int, options: RuleOptions) -> Result:
        if options.conflicts is None:
            raise RuleDataMissing(self.name, "conflicts")
        return super().count(tally, projects, budget, options)
