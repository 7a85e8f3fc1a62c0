"""The fair order of the day: the same for everyone, another one tomorrow, and nobody is favoured."""

import itertools
import random
from collections import Counter
from datetime import date, timedelta

from app.features.proposals.models import new_draw
from app.features.proposals.queries.lists import PRIME, day_numbers

DAY = date(2026, 5, 11)


def order_of(day, draws):
    a, b = day_numbers(day)
    return sorted(draws, key=lambda draw: ((draw % PRIME * a + b) % PRIME, draw))


def test_a_day_has_one_order_for_everyone():
    draws = [new_draw() for _ in range(50)]
    assert order_of(DAY, draws) == order_of(DAY, list(reversed(draws)))


def test_tomorrow_has_another_order():
    draws = [new_draw() for _ in range(50)]
    assert order_of(DAY, draws) != order_of(DAY + timedelta(days=1), draws)


def test_over_the_days_each_is_about_as_often_first_as_any_other():
    chance = random.Random(1)
    draws = [chance.getrandbits(62) for _ in range(10)]
    days = 3_000
    first = Counter(order_of(DAY + timedelta(days=n), draws)[0] for n in range(days))
    expected = days / len(draws)
    # Chi-squared with 9 degrees of freedom: 27.9 is passed by one fair draw in a thousand.
    assert sum((first[draw] - expected) ** 2 / expected for draw in draws) < 27.9


def test_over_the_days_each_place_is_as_likely_for_a_proposal():
    chance = random.Random(2)
    draws = [chance.getrandbits(62) for _ in range(20)]
    days = 2_000
    places = Counter(order_of(DAY + timedelta(days=n), draws).index(draws[0]) for n in range(days))
    expected = days / len(draws)
    # 19 degrees of freedom: 43.8 is passed by one fair draw in a thousand.
    assert sum((places[place] - expected) ** 2 / expected for place in range(len(draws))) < 43.8


def test_neighbours_of_one_day_are_not_neighbours_for_ever():
    draws = [new_draw() for _ in range(200)]
    today, tomorrow = order_of(DAY, draws), order_of(DAY + timedelta(days=1), draws)
    pairs = {frozenset(pair) for pair in itertools.pairwise(today)}
    kept = sum(frozenset(pair) in pairs for pair in itertools.pairwise(tomorrow))
    assert kept < 15


def test_the_product_fits_into_the_integers_of_both_databases():
    assert (PRIME - 1) * (PRIME - 1) + PRIME < 2**63
