"""Public draws: which ties are still to be drawn, and the one order that follows from all draws. Pure.

A draw is a list of projects, first drawn first. What two draws say together holds too: after A before B, and B before C, nobody
draws between A and C.
"""

from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from app.features.counting.use_cases import Result, Tie, TieRule
from app.kernel.automated import decides


class Contradiction(ValueError):
    """Two draws say the opposite of each other."""


@decides("public_draw")
def order_of(draws: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """All drawn projects in one order in which every draw is kept. Raises Contradiction."""
    graph: TopologicalSorter[str] = TopologicalSorter()
    for draw in draws:
        for one in draw:
            graph.add(one)
        for before, after in pairwise(draw):
            graph.add(after, before)
    try:
        return tuple(graph.static_order())
    except CycleError:
        raise Contradiction from None


@decides("public_draw")
def never_drawn(result: Result, draws: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Ties that decide and look as if they were drawn, but hold projects that no draw has put in an order.

    They come up where an earlier draw has changed the course of the count.
    """
    if TieRule.DRAWN not in result.options.tie_rules:
        return []
    known = _pairs(draws)
    groups = [part for tie in result.ties if tie.decisive for part in _left_to_the_draw(result, tie)]
    return [part for part in groups if any(pair not in known for pair in pairwise(part))]


def _left_to_the_draw(result: Result, tie: Tie) -> list[tuple[str, ...]]:
    """The parts of a tie that are the same to every rule before the draw."""
    parts: list[list[str]] = []
    for project in tie.projects:
        if parts and _facts(result, parts[-1][0]) == _facts(result, project):
            parts[-1].append(project)
        else:
            parts.append([project])
    return [tuple(part) for part in parts if len(part) > 1]


def _facts(result: Result, project: str) -> tuple[int, ...]:
    rules, why = result.options.tie_rules, result.why[project]
    costs = TieRule.LOWER_COST in rules or TieRule.HIGHER_COST in rules
    return (why.cost if costs else 0, why.votes if TieRule.MORE_VOTERS in rules else 0)


def _pairs(draws: Sequence[Sequence[str]]) -> set[tuple[str, str]]:
    """Who was drawn before whom, what follows from several draws included."""
    after: dict[str, set[str]] = {}
    for draw in draws:
        for place, one in enumerate(draw):
            after.setdefault(one, set()).update(draw[place + 1 :])
    found: set[tuple[str, str]] = set()
    for one, others in after.items():
        reached, open_ = set[str](), list(others)
        while open_:
            other = open_.pop()
            if other not in reached:
                reached.add(other)
                open_ += after.get(other, set())
        found |= {(one, other) for other in reached}
    return found
