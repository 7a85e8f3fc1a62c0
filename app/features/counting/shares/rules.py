"""The rules of the Equal Shares family, under their names in `.pb` files."""

from collections.abc import Sequence

from app.features.counting.announced import SHARES_TIE_RULES, Project, RuleOptions
from app.features.counting.ballots import VoteType
from app.features.counting.result import Result
from app.features.counting.rule import Rule
from app.features.counting.tally import Tally


class EqualShares(Rule):
    """The rule `equalshares`: Equal Shares with the equal share of the budget and no completion."""

    name = "equalshares"
    vote_types = frozenset((VoteType.APPROVAL, VoteType.CHOOSE_ONE, VoteType.CUMULATIVE))
    needs_ballots = True
    tie_rules = SHARES_TIE_RULES
    add1 = False
    comparison = False

    def count(self, tally: Tally, projects: Sequence[Project], budget: int, options: RuleOptions) -> Result:
        from app.features.counting.shares.count import SharesCount, Variant  # takes NumPy along, which others do without

        return SharesCount(tally, projects, budget, options, Variant(self.add1, self.comparison)).result()


class EqualSharesComparison(EqualShares):
    """The rule `equalshares-comparison`: greedy's outcome replaces that of `equalshares` where more voters prefer it."""

    name = "equalshares-comparison"
    comparison = True


class EqualSharesAdd1(EqualShares):
    """The rule `equalshares/add1`: shares grow by one unit of the currency a step, as long as the budget is kept."""

    name = "equalshares/add1"
    add1 = True


class EqualSharesAdd1Comparison(EqualSharesAdd1):
    """The rule `equalshares/add1-comparison`: greedy's outcome replaces that of Add1 where more voters prefer it."""

    name = "equalshares/add1-comparison"
    comparison = True
