"""Greedy with a threshold: only projects that reach an announced score take part."""

from collections.abc import Sequence

from app.features.counting.announced import Project, RuleOptions
from app.features.counting.greedy import Greedy
from app.features.counting.result import Result
from app.features.counting.rule import RuleDataMissing
from app.features.counting.tally import Tally


class GreedyThreshold(Greedy):
    """The rule `greedy-threshold`. A score equal to the threshold is enough."""

    name = "greedy-threshold"

    def count(self, tally: Tally, projects: Sequence[Project], budget: int, options: RuleOptions) -> Result:
        if options.min_score is None:
            raise RuleDataMissing(self.name, "min_score")
        return super().count(tally, projects, budget, options)
