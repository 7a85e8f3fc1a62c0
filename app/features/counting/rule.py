"""What a counting rule is to the rest of the house."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from app.features.counting.announced import DEFAULT_TIE_RULES, Project, RuleOptions, TieRule
from app.features.counting.ballots import VoteType
from app.features.counting.result import Result
from app.features.counting.tally import Tally


class RuleDataMissing(Exception):
    """The rule needs something that was not announced. `field` names what: `min_score` or `conflicts`."""

    def __init__(self, rule: str, field: str) -> None:
        super().__init__(f"{rule} needs {field}")
        self.rule, self.field = rule, field


class TooManyPoints(ValueError):
    """The points of all ballots together are too many for exact sums. No ballot paper of this world has so many."""


class Rule(ABC):
    """A counting rule. To add one, write one file with a subclass and name it in `rules.py`.

    `needs_ballots` asks for a tally that keeps whole ballots (`Tally(..., keep_ballots=True)`). `tie_rules` are taken where a
    file announces none.
    """

    name: ClassVar[str]
    vote_types: ClassVar[frozenset[VoteType]]
    needs_ballots: ClassVar[bool] = False
    tie_rules: ClassVar[tuple[TieRule, ...]] = DEFAULT_TIE_RULES

    @abstractmethod
    def count(self, tally: Tally, projects: Sequence[Project], budget: int, options: RuleOptions) -> Result:
        """The result. `projects` are in the order of the published list; money is in the smallest unit.

        Raises DrawNeeded, and RuleDataMissing where the options lack what the rule needs.
        """
