"""Equal Shares and Phragmén as a textbook would write them, voter by voter and in fractions: our counts are held against it."""

from collections.abc import Sequence
from fractions import Fraction

Wants = dict[str, int]
"""What one voter gives to each project: one, or points."""


def fixed_shares(voters: Sequence[Wants], costs: dict[str, int], share: Fraction, order: Sequence[str]) -> list[str]:
    """What is bought when every voter begins with `share`; among equals the first of `order` goes first."""
    balance = [share] * len(voters)
    waiting = [name for name in order if costs[name] > 0 and any(wants.get(name) for wants in voters)]
    bought = []
    while True:
        prices = {name: price for name in waiting if (price := lowest_price(name, voters, costs[name], balance)) is not None}
        if not prices:
            return bought
        best = min(
            waiting, key=lambda name: (prices[name] / costs[name] if name in prices else float("inf"), order.index(name))
        )
        for index, wants in enumerate(voters):
            balance[index] -= min(balance[index], prices[best] * wants.get(best, 0))
        bought.append(best)
        waiting.remove(best)


def lowest_price(name: str, voters: Sequence[Wants], cost: int, balance: Sequence[Fraction]) -> Fraction | None:
    """The price for a point at which payments add up to the cost; None if the supporters have too little."""
    supporters = [(wants[name], left) for wants, left in zip(voters, balance, strict=True) if wants.get(name)]
    if sum(left for _, left in supporters) < cost:
        return None
    supporters.sort(key=lambda one: one[1] / one[0])
    rest, points = Fraction(cost), sum(given for given, _ in supporters)
    for given, left in supporters:
        if rest / points * given <= left:
            break
        rest, points = rest - left, points - given
    return rest / points


def add1(
    voters: Sequence[Wants],
    costs: dict[str, int],
    budget: int,
    order: Sequence[str],
    *,
    unit: int = 1,
    exhaustive: bool = False,
) -> list[str]:
    """Add1, every step of it."""
    share = Fraction(budget, len(voters))
    wanted = [name for name in order if costs[name] > 0 and any(wants.get(name) for wants in voters)]
    bought = fixed_shares(voters, costs, share, order)
    while len(bought) < len(wanted):
        spent = sum(costs[name] for name in bought)
        if exhaustive and all(spent + costs[name] > budget for name in wanted if name not in bought):
            break
        share += unit
        larger = fixed_shares(voters, costs, share, order)
        if sum(costs[name] for name in larger) > budget:
            break
        bought = larger
    return bought


def phragmen(voters: Sequence[Wants], costs: dict[str, int], budget: int, order: Sequence[str]) -> list[str]:
    """Money flows evenly; the count ends when a project could be paid for and does not fit."""
    load = [Fraction(0)] * len(voters)
    waiting = [name for name in order if costs[name] <= budget and any(wants.get(name) for wants in voters)]
    bought: list[str] = []
    while waiting:
        moments = {}
        for name in waiting:
            supporters = [index for index, wants in enumerate(voters) if wants.get(name)]
            moments[name] = (costs[name] + sum(load[index] for index in supporters)) / Fraction(len(supporters))
        first = min(moments.values())
        equal = [name for name in waiting if moments[name] == first]
        left = budget - sum(costs[name] for name in bought)
        if any(costs[name] > left for name in equal):
            break
        for index, wants in enumerate(voters):
            if wants.get(equal[0]):
                load[index] = first
        bought.append(equal[0])
        waiting.remove(equal[0])
    return bought
