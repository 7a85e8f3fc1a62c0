"""What a project would cost its supporters now: a quick bound in floating point, and the exact price on demand.

The price is the number `y` at which the supporters' payments, `min(balance, y × points)` each, add up to the cost. That sum
grows by at least one whole `pull` for each unit of `y` as long as there is money left, so an error of the sum is an error of
`y` at most as large. This is what makes the bounds of `quick` safe.
"""

from itertools import count
from typing import NamedTuple

import numpy as np

from app.features.counting.shares.classes import Classes, Flags, Floats, Supporters
from app.features.counting.shares.purse import ROUNDING, Purse


class Quote(NamedTuple):
    """A project that its supporters can pay for. `low` and `high` are bounds of its price by cost, the order of purchases.

    `about` and `within` bound the price for a point; `within` is infinite where floating point cannot tell. `in_full` says
    that certainly every supporter has more than its part, `short` marks those who, as far as floating point tells, have less.
    """

    project: int
    low: float
    high: float
    about: float
    within: float
    in_full: bool
    short: bytes


class Price(NamedTuple):
    """The exact price for a point: `numerator` / (the purse's denominator × `pull`).

    Supporters who are `short` pay the less that they have; those who are `spent`, the short ones and those who can just pay in
    full, have nothing left afterwards.
    """

    project: int
    numerator: int
    pull: int
    short: Flags
    spent: Flags


def quick(project: int, cost: int, supporters: Supporters, purse: Purse, guess: float = 0.0) -> Quote | None:
    """Bounds of the price now, or None if the supporters together cannot pay the cost. A good `guess` saves time."""
    balance = purse.balance[supporters.rows]
    money = float(supporters.weights.dot(balance))
    slack = 2 * (supporters.number * purse.error + ROUNDING * (len(balance) + 16) * money)
    if money < cost - slack:
        return None
    if money < cost + 4 * slack:
        if purse.money(supporters) < cost * purse.denominator:
            return None
        least = cost / supporters.total_pull
        return Quote(project, least / cost * (1 - 8 * ROUNDING), float("inf"), least, float("inf"), in_full=False, short=b"")
    about, short = _solve(cost, supporters, balance, guess)
    within = 4 * (supporters.number * purse.error + ROUNDING * (len(balance) + 16) * cost) / supporters.least_pull
    low, high = (about - within) / cost * (1 - 8 * ROUNDING), (about + within) / cost * (1 + 8 * ROUNDING)
    in_full = not short and bool((balance > (about + within) * supporters.points).all())
    return Quote(project, low, high, about, within, in_full, short)


def _solve(cost: int, supporters: Supporters, balance: Floats, guess: float) -> tuple[float, bytes]:
    """The price for a point in floating point, and who cannot pay it in full; nothing if everybody can.

    Newton's method: those who are short at a guess pay all, the others share the rest. Payments are concave in the price, so
    the second price is too low wherever the guess was, and from there on ever more people are short, until nobody is added.
    """
    points, pull, paying = supporters.points, supporters.pull, supporters.weights * balance
    short = balance < guess * points
    number = int(np.count_nonzero(short))
    if number == len(balance):
        number = 0
    for turn in count():
        if number:
            price = (cost - float(paying.dot(short))) / (supporters.total_pull - float(pull.dot(short)))
        else:
            price = cost / supporters.total_pull
        short = balance < price * points
        before, number = number, int(np.count_nonzero(short))
        if number == before or (turn and number < before) or number == len(balance):
            break
    return price, short.tobytes() if number else b""


def exact(quote: Quote, cost: int, classes: Classes, purse: Purse) -> Price:
    """The exact price. Only supporters whose balance is too close to it to tell are looked at one by one."""
    supporters = classes.supporters[quote.project]
    if quote.in_full:
        nobody = np.zeros(len(supporters.rows), dtype=np.bool_)
        return Price(quote.project, cost * purse.denominator, supporters.total_pull, nobody, nobody)
    balance = purse.balance[supporters.rows]
    asked = quote.about * supporters.points
    tolerance = quote.within * supporters.points + 4 * purse.error + 4 * ROUNDING * asked
    short = balance < asked - tolerance
    close = balance <= asked + tolerance
    close &= ~short
    numerator = cost * purse.denominator - purse.money(supporters, short)
    pull = supporters.total_pull - int(supporters.pull.dot(short))
    if not close.any():
        return Price(quote.project, numerator, pull, short, short)
    places = np.flatnonzero(close)
    looked_at = zip(
        purse.balances(supporters.rows[places]),
        map(int, np.broadcast_to(supporters.points, len(balance))[places].tolist()),
        map(int, supporters.weights[places].tolist()),
        places.tolist(),
        strict=True,
    )
    poorest_first = sorted(looked_at, key=lambda one: one[0] / (one[1] * purse.denominator))
    changed = True
    while changed:
        changed = False
        for left, points, weight, place in poorest_first:
            if not short[place] and left * pull < numerator * points:
                numerator, pull = numerator - weight * left, pull - weight * points
                short[place] = changed = True
    spent = short.copy()
    for left, points, _, place in poorest_first:
        spent[place] |= left * pull == numerator * points
    return Price(quote.project, numerator, pull, short, spent)
