"""What a count says: who wins, why, and how each tie was decided."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from app.features.counting.announced import RuleOptions, TieRule
from app.features.counting.numbers import Score


class Reason(StrEnum):
    """Why a project won or lost."""

    WON = "won"
    DID_NOT_FIT = "did_not_fit"
    NO_VOTES = "no_votes"
    BELOW_THRESHOLD = "below_threshold"
    STOPPED = "stopped"
    EXCLUDED = "excluded"
    WITHDRAWN = "withdrawn"
    SUPPORTERS_SHORT = "supporters_short"


@dataclass(frozen=True, slots=True)
class Tie:
    """Projects with the same score, in the order in which they were taken.

    `decided_by` are the tie rules that made this order, and is empty where no rule was needed because every order gives the
    same winners. `decisive` says whether another order would have changed who wins.
    """

    projects: tuple[str, ...]
    score: Score
    decided_by: tuple[TieRule, ...]
    decisive: bool


@dataclass(frozen=True, slots=True)
class Paid:
    """Who paid for a project, or could not, where voters have money of their own. Sums are in the smallest unit, exact.

    `money` is what all supporters had together when it was bought, or at the end if it was not. Of a winner, `payers` paid;
    `in_full` of them paid `each` (for each point, where ballots have points), the others the less that they had left. Of a
    loser, `lacking` is what its supporters had too little, and `further_supporters` how many people with a whole share would
    have made up for it: None where nobody could have, because it costs more than the budget.
    """

    money: Fraction
    payers: int = 0
    in_full: int = 0
    each: Fraction | None = None
    lacking: Fraction | None = None
    further_supporters: int | None = None


class Ended(StrEnum):
    """Why the shares grew no further."""

    NO_COMPLETION = "no_completion"
    NEXT_TOO_DEAR = "next_too_dear"
    ALL_WON = "all_won"
    EXHAUSTIVE = "exhaustive"
    NOBODY_VOTED = "nobody_voted"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many voters have more of the projects they named among the winners of Equal Shares, and how many among greedy's.

    The outcome of Equal Shares stands unless more voters are better off with the other one.
    """

    better_with_shares: int
    better_with_greedy: int
    indifferent: int
    shares_winners: tuple[str, ...]
    greedy_winners: tuple[str, ...]

    @property
    def greedy_preferred(self) -> bool:
        """Whether greedy's winners replace those of Equal Shares."""
        return self.better_with_greedy > self.better_with_shares


@dataclass(frozen=True, slots=True)
class SharesOutcome:
    """How Equal Shares came to its end: the share of each voter at first and in the end, and the steps between.

    `next_cost` is what the next step would have bought, where that was more than the budget.
    """

    first_share: Fraction
    share: Fraction
    steps: int
    ended: Ended
    next_cost: int | None = None
    comparison: Comparison | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """How one project fared. Money is in the smallest unit.

    `place` counts from 1. `left` is the money that was left when its turn came. `short_by` is how much more than that it
    costs. `needed_score` is how much more it would have needed, all else unchanged, to win: votes or points by vote type,
    and None for a winner or where no score would help; `outranks` is the project it would then have passed, if any.
    `excluded_by` is the winner it conflicts with. `paid` is there where supporters pay for their projects themselves.
    """

    project: str
    place: int
    score: Score
    votes: int
    cost: int
    left: int
    reason: Reason
    short_by: int = 0
    needed_score: int | None = None
    outranks: str | None = None
    excluded_by: str | None = None
    paid: Paid | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one pot. `winners` are in the order in which they were funded; `why` is in the order of places."""

    options: RuleOptions
    winners: tuple[str, ...]
    cost: int
    budget: int
    ties: tuple[Tie, ...]
    why: dict[str, Why]
    voters: int
    blank: int
    shares: SharesOutcome | None = None

    @property
    def left(self) -> int:
        """Money nobody got."""
        return self.budget - self.cost
