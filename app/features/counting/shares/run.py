"""One run of Equal Shares: what is bought when every voter begins with the same given share.

Again and again the project with the lowest price by cost is bought, as long as there is one that its supporters can pay for.
Prices only rise while money is spent, so a price once looked at is a lower bound, and most projects need no second look.
"""

import hashlib
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
    """What a run bought, in this order.

    `pattern` is a digest of every comparison that was made: who could pay in full, what could be paid for, what was cheaper.
    With one pattern all prices and balances are linear in the share, so two runs that have it share it, and the outcome, with
    every run between them.
    """

    bought: list[int] = field(default_factory=list)
    cost: int = 0
    meetings: list[Meeting] = field(default_factory=list)
    purchases: list[Purchase] = field(default_factory=list)
    unspent: dict[int, Fraction] = field(default_factory=dict)
    pattern: bytes = b""


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
        self._pattern = hashlib.blake2b(digest_size=16)
        self.outcome = Outcome()

    def result(self, *, explain: bool = False) -> Outcome:
        """Buy until nothing can be bought. With `explain`, also say who paid what and what supporters of losers still have."""
        while quotes := self._best():
            price = self._cheapest(quotes)
            for quote in quotes:
                if quote.project != price.project:
                    heappush(self._waiting, (quote.low, quote.project))
            if explain:
                self.outcome.purchases.append(self._purchase(price))
            self._purse.pay(price.project, price.numerator, price.pull, price.spent)
            self.outcome.bought.append(price.project)
            self.outcome.cost += self._costs[price.project]
        if explain:
            left = [one for one in self._candidates if one not in set(self.outcome.bought)]
            self.outcome.unspent = {one: self._money(one) for one in left}
        self.outcome.pattern = self._pattern.digest()
        return self.outcome

    def _best(self) -> list[Quote]:
        """The projects that may have the lowest price now; empty when nothing can be paid for."""
        quotes: list[Quote] = []
        bound = float("inf")
        while self._waiting and self._waiting[0][0] <= bound:
            _, project = heappop(self._waiting)
            guess = self._guesses.get(project, 0.0)
            quote = quick(project, self._costs[project], self._classes.supporters[project], self._purse, guess)
            if quote is None:
                self._note(b"too little", project)
            else:
                self._note(quote.short, project)
                quotes.append(quote)
                self._guesses[project] = quote.about
                bound = min(bound, quote.high)
        return quotes

    def _cheapest(self, quotes: list[Quote]) -> Price:
        bound = min(quote.high for quote in quotes)
        close = [quote for quote in quotes if quote.low <= bound]
        prices = [exact(quote, self._costs[quote.project], self._classes, self._purse) for quote in close]
        for price in prices:
            self._note(price.short.tobytes() + price.spent.tobytes(), price.project)
        if len(prices) == 1:
            return prices[0]
        by_cost = [Fraction(price.numerator, price.pull * self._costs[price.project]) for price in prices]
        lowest = min(by_cost)
        equal = [price for price, relative in zip(prices, by_cost, strict=True) if relative == lowest]
        self._note(b"cheapest", *(price.project for price in equal))
        if len(equal) == 1:
            return equal[0]
        projects = tuple(sorted(price.project for price in equal))
        taken = self._choose(projects)
        meeting = Meeting(projects, taken, lowest / self._purse.denominator, self._apart(projects))
        self.outcome.meetings.append(meeting)
        return next(price for price in equal if price.project == taken)

    def _apart(self, projects: Sequence[int]) -> bool:
        """Whether no voter with money supports two of the projects: then each is bought at its price, in any order."""
        rows = np.concatenate([self._classes.supporters[one].rows for one in projects])
        rows = rows[self._purse.has_money[rows]]
        return len(np.unique(rows)) == len(rows)

    def _note(self, what: bytes, *projects: int) -> None:
        self._pattern.update(b"%d:%b" % (len(what), what))
        for project in projects:
            self._pattern.update(b"%d," % project)

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
