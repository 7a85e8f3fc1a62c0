"""What is announced before the vote: the projects with their costs, and the rule with everything it depends on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from app.features.counting.minimum import Minimum
from app.features.counting.numbers import DECIMALS, Score


class TieRule(StrEnum):
    """One way to put projects with the same score in an order."""

    LOWER_COST = "lower_cost"
    HIGHER_COST = "higher_cost"
    MORE_VOTERS = "more_voters"
    LISTED_FIRST = "listed_first"
    DRAWN = "drawn"


DEFAULT_TIE_RULES = (TieRule.LISTED_FIRST,)
"""Where a file announces no tie rule: who stands first in the published list of projects. See docs/counting.md for why."""

SHARES_TIE_RULES = (TieRule.LOWER_COST, TieRule.MORE_VOTERS, TieRule.LISTED_FIRST)
"""The same for Equal Shares, whose published descriptions name the first two."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project on the ballot. `cost` is in the smallest unit of money."""

    id: str
    cost: int


@dataclass(frozen=True, slots=True)
class RuleOptions:
    """The announced rule. Two counts with equal options, projects and ballots have equal results.

    `tie_rules` are tried in their order. `drawn_order` is the result of the public draw, first drawn first; only projects
    that were in a draw need to stand in it. `min_score` is the least score with which a project may win; it comes out of
    `minimum`, where that is what was announced, as soon as the number of ballots is known. `conflicts` are pairs of projects
    that exclude each other; None says that nobody has declared whether there are any. `withdrawn` are projects that were
    withdrawn after their ballot was fixed: ballots that name them count, and they win by no rule.

    For Equal Shares: `currency_unit` is what each voter's share grows by in a step of Add1, in the smallest unit (100 cents are
    one unit of the currency), and `stop_when_exhaustive` ends the steps as soon as no further project would fit.
    """

    rule: str = "greedy"
    tie_rules: tuple[TieRule, ...] = DEFAULT_TIE_RULES
    drawn_order: tuple[str, ...] = ()
    min_score: Score | None = None
    conflicts: frozenset[frozenset[str]] | None = field(default=None)
    currency_unit: int = 10**DECIMALS
    stop_when_exhaustive: bool = False
    minimum: Minimum | None = None
    withdrawn: frozenset[str] = frozenset()


def conflict_pairs(pairs: Iterable[tuple[str, str]]) -> frozenset[frozenset[str]]:
    """Conflicts in the form in which `RuleOptions` keeps them."""
    return frozenset(frozenset(pair) for pair in pairs)
