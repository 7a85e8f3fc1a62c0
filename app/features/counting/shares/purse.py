"""What each class of voters has left, in floating point for speed, and exactly where something depends on it.

A class that still has money has paid its full part for every winner it supports, and one that could not is out of money. So
a balance is the equal share minus the prices of some winners, and the money of many voters is a sum of few exact numbers with
whole coefficients. Those numbers are kept with one common denominator, as integers that only grow in length.
"""

from math import gcd

import numpy as np

from app.features.counting.shares.classes import Classes, Flags, Supporters, Whole

ROUNDING = 2.0**-53
"""The largest relative error of one operation in floating point."""


class Purse:
    """The money of all voters while one count runs. Every voter begins with `share` / `voters` in the smallest unit."""

    def __init__(self, classes: Classes, share: int) -> None:
        self._classes, self._share = classes, share
        self._unit = 1
        self.denominator = max(classes.voters, 1)
        self.prices: list[int] = []
        self.balance = np.full(classes.size, share / self.denominator)
        self.has_money = np.full(classes.size, share > 0)
        self._turn = np.full(len(classes.project_ids), -1, dtype=np.int64)
        self.error = ROUNDING * (4 * classes.longest + 4) * share / self.denominator

    def money(self, supporters: Supporters, among: Flags | None = None) -> int:
        """What supporters of a project, all or some, have together, times `denominator`: an exact number."""
        counted = self.has_money[supporters.rows]
        if among is not None:
            counted &= among
        money = int(supporters.weights.dot(counted)) * self._share * self._unit
        if self.prices and money:
            choices = self._classes.choices(supporters)
            turns = self._turn[choices.project]
            bought = (turns >= 0) & counted[choices.place]
            parts = np.bincount(turns[bought], weights=choices.pull[bought])
            money -= sum(int(part) * price for part, price in zip(parts.tolist(), self.prices, strict=False) if part)
        return money

    def balances(self, rows: Whole) -> list[int]:
        """What one voter of each class has, times `denominator`: exact numbers."""
        known: dict[tuple[tuple[int, float], ...], int] = {}
        found = []
        classes = self._classes
        for row in rows.tolist():
            if not self.has_money[row]:
                found.append(0)
                continue
            part = slice(classes.starts[row], classes.starts[row + 1])
            turns = self._turn[classes.project_of[part]]
            choices = zip(turns.tolist(), classes.points_of[part].tolist(), strict=True)
            paid = tuple((turn, points) for turn, points in choices if turn >= 0)
            if paid not in known:
                spent = sum(self.prices[turn] * int(points) for turn, points in paid)
                known[paid] = self._share * self._unit - spent
            found.append(known[paid])
        return found

    def pay(self, project: int, numerator: int, pull: int, spent: Flags) -> None:
        """All supporters pay `numerator` / (`denominator` × `pull`) for each point; those who are `spent` pay all they have."""
        supporters = self._classes.supporters[project]
        common = gcd(numerator, pull)
        numerator, pull = numerator // common, pull // common
        if pull != 1:
            self.prices = [price * pull for price in self.prices]
            self.denominator *= pull
            self._unit *= pull
        self._turn[project] = len(self.prices)
        self.prices.append(numerator)
        price = numerator / self.denominator
        left = np.where(spent, 0.0, self.balance[supporters.rows] - price * supporters.points)
        self.balance[supporters.rows] = np.maximum(left, 0.0)
        self.has_money[supporters.rows[spent]] = False
