"""One run of Equal Shares: what is bought when every voter begins with the same given share.

Again and again the project with the lowest price by cost is bought, as long as there is one that its supporters can pay for.
Prices only rise while money is spent, so a price once looked at is a lower bound, and most projects need no second look.

With a larger share and the same purchases in the same order nobody ever has less: whoever paid in full pays no more than
before, and whoever was short had nothing left anyway. So no price is higher than with the smaller share, and what supporters
could pay for, they still can. `Run.like` rests on this: two runs can vouch for all runs between them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import heapify, heappop, heappush

import numpy as np

from app.features.counting.shares.classes import Classes
from app.features.counting.shares.purse import ROUNDING, Purse
from app.features.counting.shares.quote import Price, Quote, exact, quick

Choose = Callable[[Sequence[int]], int]
"""Picks the project that goes first among those with the same price."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """A project that was bought: each supporter paid `price` for each point, but `short` ones the less that they had left.

    `money` is what all supporters had together before. All sums are in the smallest unit.
    """

    project: int
    price: Fraction
    payers: int
    short: int
    money: Fraction


@dataclass(frozen=True, slots=True)
class Meeting:
    """Projects that had the same lowest price, the one that was taken, and whether another order could matter."""

    projects: tuple[int, ...]
    taken: int
    price: Fraction
    apart: bool


@dataclass(slots=True)
class Outcome:
    """What a run bought, in this order; for each purchase a bound that its price by cost does not exceed, and who met there."""

    bought: list[int] = field(default_factory=list)
    highs: list[float] = field(default_factory=list)
    met: dict[int, Meeting] = field(default_factory=dict)
    cost: int = 0
    purchases: list[Purchase] = field(default_factory=list)
    unspent: dict[int, Fraction] = field(default_factory=dict)


class Run:
    """`candidates` are the projects that may win, with costs above nothing; `share` is the money of all voters together."""

    def __init__(
        self,
        classes: Classes,
        costs: Sequence[int],
        candidates: Sequence[int],
        share: int,
        choose: Choose,
        guesses: dict[int, float] | None = None,
    ) -> None:
        self._guesses = {} if guesses is None else guesses
        self._classes, self._costs, self._choose = classes, costs, choose
        self._purse = Purse(classes, share)
        self._waiting = [(1 / classes.supporters[one].total_pull * (1 - 8 * ROUNDING), one) for one in candidates]
        heapify(self._waiting)
        self._candidates = candidates
        self.outcome = Outcome()

    def result(self, *, explain: bool = False) -> Outcome:
        """Buy until nothing can be bought. With `explain`, also say who paid what and what supporters of losers still have."""
        while quotes := self._best():
            price = self._cheapest(quotes)
            self._put_back(quotes, price.project)
            if explain:
                self.outcome.purchases.append(self._purchase(price))
            self._buy(price)
        if explain:
            left = [one for one in self._candidates if one not in set(self.outcome.bought)]
            self.outcome.unspent = {one: self._money(one) for one in left}
        return self.outcome

    def like(self, before: Outcome) -> Outcome | None:
        """The outcome, if this run and that with a smaller share prove it for every share between; None if they do not.

        They prove it where each purchase is cheaper, even at its price with the smaller share, than all others are with this
        one; where projects that met have the same price in both runs; and where nothing more can be paid for in the end.
        """
        for turn, project in enumerate(before.bought):
            meeting = before.met.get(turn)
            group = (project,) if meeting is None else meeting.projects
            quotes = self._within(before.highs[turn], group)
            if quotes is None:
                return None
            if meeting is None:
                price = self._exact(quotes[0])
            else:
                prices = [self._exact(quote) for quote in quotes]
                if any(self._by_cost(one) / self._purse.denominator != meeting.price for one in prices):
                    return None
                self.outcome.met[turn] = Meeting(group, project, meeting.price, self._apart(group))
                price = next(one for one in prices if one.project == project)
                self._put_back(quotes, project)
            self._buy(price)
        return None if self._best() else self.outcome

    def _best(self) -> list[Quote]:
        """The projects that may have the lowest price now; empty when nothing can be paid for."""
        quotes: list[Quote] = []
        bound = float("inf")
        while self._waiting and self._waiting[0][0] <= bound:
            if (quote := self._quote(heappop(self._waiting)[1])) is not None:
                quotes.append(quote)
                bound = min(bound, quote.high)
        return quotes

    def _within(self, high: float, group: Sequence[int]) -> list[Quote] | None:
        """The quotes of a group; None where another may cost no more than `high`, or one of them cannot be paid for."""
        quotes: list[Quote] = []
        while self._waiting and self._waiting[0][0] <= high:
            quote = self._quote(heappop(self._waiting)[1])
            if quote is None:
                continue
            if quote.project in group:
                quotes.append(quote)
            elif quote.low > high:
                heappush(self._waiting, (quote.low, quote.project))
            else:
                return None
        return quotes if len(quotes) == len(group) else None

    def _quote(self, project: int) -> Quote | None:
        guess = self._guesses.get(project, 0.0)
        quote = quick(project, self._costs[project], self._classes.supporters[project], self._purse, guess)
        if quote is not None:
            self._guesses[project] = quote.about
        return quote

    def _put_back(self, quotes: Sequence[Quote], bought: int) -> None:
        for quote in quotes:
            if quote.project != bought:
                heappush(self._waiting, (quote.low, quote.project))

    def _buy(self, price: Price) -> None:
        cost = self._costs[price.project]
        self.outcome.highs.append(price.numerator / (price.pull * self._purse.denominator * cost) * (1 + 8 * ROUNDING))
        self.outcome.bought.append(price.project)
        self.outcome.cost += cost
        self._purse.pay(price.project, price.numerator, price.pull, price.spent)

    def _exact(self, quote: Quote) -> Price:
        return exact(quote, self._costs[quote.project], self._classes, self._purse)

    def _by_cost(self, price: Price) -> Fraction:
        """The price by cost, times the denominator of the purse."""
        return Fraction(price.numerator, price.pull * self._costs[price.project])

    def _cheapest(self, quotes: list[Quote]) -> Price:
        bound = min(quote.high for quote in quotes)
        prices = [self._exact(quote) for quote in quotes if quote.low <= bound]
        if len(prices) == 1:
            return prices[0]
        by_cost = [self._by_cost(price) for price in prices]
        lowest = min(by_cost)
        equal = [price for price, relative in zip(prices, by_cost, strict=True) if relative == lowest]
        if len(equal) == 1:
            return equal[0]
        projects = tuple(sorted(price.project for price in equal))
        taken = self._choose(projects)
        meeting = Meeting(projects, taken, lowest / self._purse.denominator, self._apart(projects))
        self.outcome.met[len(self.outcome.bought)] = meeting
        return next(price for price in equal if price.project == taken)

    def _apart(self, projects: Sequence[int]) -> bool:
        """Whether no voter with money supports two of the projects: then each is bought at its price, in any order."""
        rows = np.concatenate([self._classes.supporters[one].rows for one in projects])
        rows = rows[self._purse.has_money[rows]]
        return len(np.unique(rows)) == len(rows)

    def _money(self, project: int) -> Fraction:
        return Fraction(self._purse.money(self._classes.supporters[project]), self._purse.denominator)

    def _purchase(self, price: Price) -> Purchase:
        supporters = self._classes.supporters[price.project]
        with_money = self._purse.has_money[supporters.rows]
        return Purchase(
            project=price.project,
            price=Fraction(price.numerator, price.pull * self._purse.denominator),
            payers=int(supporters.weights[with_money].sum()),
            short=int(supporters.weights[with_money & price.short].sum()),
            money=self._money(price.project),
        )
