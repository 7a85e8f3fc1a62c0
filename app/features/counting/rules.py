"""The counting rules of the house. A rule that is not here is refused; it is never counted as if it were another one."""

from collections.abc import Sequence
from dataclasses import replace

from app.features.counting.announced import Project, RuleOptions
from app.features.counting.ballots import VoteType
from app.features.counting.greedy import Greedy
from app.features.counting.greedy_exclusive import GreedyExclusive
from app.features.counting.greedy_no_skip import GreedyNoSkip
from app.features.counting.greedy_threshold import GreedyThreshold
from app.features.counting.phragmen import Phragmen
from app.features.counting.result import Result
from app.features.counting.rule import Rule
from app.features.counting.shares.rules import EqualShares, EqualSharesAdd1, EqualSharesAdd1Comparison, EqualSharesComparison
from app.features.counting.tally import Tally

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Greedy(),
        GreedyNoSkip(),
        GreedyThreshold(),
        GreedyExclusive(),
        EqualShares(),
        EqualSharesComparison(),
        EqualSharesAdd1(),
        EqualSharesAdd1Comparison(),
        Phragmen(),
    )
}


class RuleNotSupported(Exception):
    """The platform does not count by this rule, or not ballots of this type by it."""

    def __init__(self, rule: str, vote_type: str | None = None) -> None:
        super().__init__(rule if vote_type is None else f"{rule}, {vote_type}")
        self.rule, self.vote_type = rule, vote_type


class InputRefused(ValueError):
    """The projects and the tally do not belong together, or a sum of money is negative: a mistake of the caller."""


def supported(rule: str, vote_type: VoteType | str) -> bool:
    """Whether ballots of this type can be counted by this rule. Names are those of `.pb` files."""
    return rule in RULES and vote_type in {str(known) for known in RULES[rule].vote_types}


def needs_ballots(rule: str) -> bool:
    """Whether a count by this rule needs a tally that keeps whole ballots."""
    return rule in RULES and RULES[rule].needs_ballots


def rule_for(rule: str, vote_type: VoteType | str) -> Rule:
    """The rule of this name. Raises RuleNotSupported."""
    if rule not in RULES:
        raise RuleNotSupported(rule)
    if not supported(rule, vote_type):
        raise RuleNotSupported(rule, str(vote_type))
    return RULES[rule]


def count(tally: Tally, projects: Sequence[Project], budget: int, options: RuleOptions | None = None) -> Result:
    """Count one pot: who wins, why, and how ties were decided. Money is in the smallest unit.

    Raises RuleNotSupported; DrawNeeded where a tie that decides is left to a draw not yet held; RuleDataMissing where the
    rule needs more than the options say; InputRefused where projects and tally do not belong together.
    """
    options = options or RuleOptions()
    rule = rule_for(options.rule, tally.vote_type)
    if len({project.id for project in projects}) != len(projects) or {one.id for one in projects} != set(tally.project_ids):
        raise InputRefused("the projects are not those of the tally")
    if budget < 0 or any(project.cost < 0 for project in projects):
        raise InputRefused("money is never negative")
    if rule.needs_ballots and tally.ballots is None:
        raise InputRefused(f"{rule.name} needs a tally that keeps ballots")
    return rule.count(tally, projects, budget, _with_minimum(options, tally))


def _with_minimum(options: RuleOptions, tally: Tally) -> RuleOptions:
    """The announced minimum as a score, now that the ballots are there."""
    if options.minimum is None:
        return options
    if any(tally.score(one) != int(tally.score(one)) for one in tally.project_ids):
        raise InputRefused("a minimum that is a share, or must be passed, needs whole scores")
    return replace(options, min_score=options.minimum.least(tally.voters))
