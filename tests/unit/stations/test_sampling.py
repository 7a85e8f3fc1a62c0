"""The bound on wrong ballots holds, and what could change a winner is never taken for safe."""

import random
from itertools import pairwise
from math import comb

import pytest

from app.features.stations.sampling import could_change, most_wrong, size_of


def exact(ballots, bad, read, wrong):
    ways = sum(comb(bad, found) * comb(ballots - bad, read - found) for found in range(wrong + 1) if read >= found)
    return ways / comb(ballots, read)


@pytest.mark.parametrize(
    ("ballots", "read", "wrong"), [(300, 200, 0), (300, 200, 5), (1000, 200, 0), (1000, 200, 1), (50, 50, 3)]
)
def test_the_bound_is_the_largest_that_is_not_ruled_out(ballots, read, wrong):
    most = most_wrong(ballots, read, wrong)
    assert most >= wrong
    if most < ballots - read + wrong:
        assert exact(ballots, most + 1, read, wrong) <= 0.05
    if most > wrong:
        assert exact(ballots, most, read, wrong) > 0.05


def test_more_errors_allow_more_and_more_reading_allows_fewer():
    assert all(one < other for one, other in pairwise(most_wrong(5000, 200, wrong) for wrong in range(6)))
    assert all(one > other for one, other in pairwise(most_wrong(5000, read, 0) for read in (200, 400, 800, 1600)))
    assert most_wrong(500, 500, 7) == 7


def test_the_bound_covers_the_truth_in_nineteen_of_twenty_draws():
    chance = random.Random(7)
    bad = set(range(60))
    missed = 0
    for _ in range(400):
        wrong = len(bad & set(chance.sample(range(2000), 200)))
        missed += most_wrong(2000, 200, wrong) < len(bad)
    assert missed <= 400 * 0.08


@pytest.mark.parametrize(
    ("rule", "ballots", "size"),
    [("greedy", 200, 200), ("greedy", 201, 200), ("greedy", 25_486, 510), ("equalshares/add1", 25_486, 25_486)],
)
def test_how_many_are_read_at_first(rule, ballots, size):
    assert size_of(rule, ballots) == size


def winners_of(rule, scores, costs, amount):
    left, won = amount, set()
    for one in sorted(scores, key=lambda one: (-scores[one], one)):
        if not scores[one]:
            break
        if costs[one] <= left:
            left -= costs[one]
            won.add(one)
        elif rule == "greedy-no-skip":
            break
    return won


@pytest.mark.parametrize("rule", ["greedy", "greedy-no-skip"])
def test_where_it_says_no_nothing_within_reach_changes_the_winners(rule):
    """Ballots are changed at random and against the result, within what it says could be wrong."""
    chance = random.Random(5)
    safe = 0
    for _ in range(1500):
        costs = {str(at): chance.randint(1, 6) for at in range(6)}
        scores = {one: chance.randint(0, 40) for one in costs}
        amount, wrong = chance.randint(4, 14), chance.randint(1, 4)
        before = winners_of(rule, scores, costs, amount)
        if could_change(rule, scores, costs, list(before), amount, 2 * wrong):
            continue
        safe += 1
        for one in costs:
            for other in costs:
                if one != other:
                    moved = {**scores, one: max(0, scores[one] - wrong), other: scores[other] + wrong}
                    assert winners_of(rule, moved, costs, amount) == before
        for _again in range(20):
            moved = {one: max(0, score + chance.randint(-wrong, wrong)) for one, score in scores.items()}
            assert winners_of(rule, moved, costs, amount) == before
    assert safe > 100
