"""One order out of several public draws, and which ties none of them has put in an order."""

import pytest

from app.features.counting.use_cases import Ballot, DrawNeeded, Project, RuleOptions, Tally, TieRule, count
from app.features.voting.draws import Contradiction, never_drawn, order_of


def _count(drawn: tuple[str, ...]) -> object:
    tally = Tally("approval", ["a", "b", "c"])
    for choice in "aabbcc":
        tally.add(Ballot((choice,)))
    options = RuleOptions("greedy", (TieRule.DRAWN,), drawn)
    return count(tally, [Project(one, 10) for one in "abc"], 20, options)


def test_the_order_keeps_every_draw() -> None:
    order = order_of([["a", "x", "b"], ["a", "c", "b"], ["y", "z"]])
    assert [one for one in order if one in "axb"] == ["a", "x", "b"]
    assert [one for one in order if one in "acb"] == ["a", "c", "b"]
    assert order.index("y") < order.index("z")


def test_two_draws_cannot_say_the_opposite() -> None:
    with pytest.raises(Contradiction):
        order_of([["a", "b"], ["b", "c"], ["c", "a"]])


def test_a_tie_that_nobody_drew_is_found_even_if_one_of_its_projects_was_drawn_with_others() -> None:
    with pytest.raises(DrawNeeded):
        _count(())
    assert never_drawn(_count(("a", "b")), [["a", "b"]]) == [("a", "b", "c")]


@pytest.mark.parametrize("draws", [[["b", "c", "a"]], [["b", "c"], ["c", "a"]]])
def test_what_was_drawn_decides(draws: list[list[str]]) -> None:
    result = _count(order_of(draws))
    assert never_drawn(result, draws) == []
    assert set(result.winners) == {"b", "c"}
