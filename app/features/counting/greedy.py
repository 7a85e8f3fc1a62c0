"""Greedy: by score, the highest first; a project that does not fit into what is left is skipped and the count goes on."""

from collections.abc import Sequence

from app.features.counting.announced import Project, RuleOptions
from app.features.counting.ballots import VoteType
from app.features.counting.in_turn import InTurn
from app.features.counting.result import Result
from app.features.counting.rule import Rule
from app.features.counting.tally import Tally


class Greedy(Rule):
    """The rule `greedy`. An announced minimum score holds here too: nobody may win below it."""

    name = "greedy"
    vote_types = frozenset(VoteType)

    def count(self, tally: Tally, projects: Sequence[Project], budget: int, options: RuleOptions) -> Result:
        return InTurn(tally, projects, budget, options).result()
