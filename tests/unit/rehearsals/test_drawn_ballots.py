"""Ballots drawn by lot keep the limits of their pot."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.features.rehearsals.rules import draw_choices, marked
from app.features.rehearsals.rules import test_number as number_of

COSTS = st.lists(st.integers(1, 1000), min_size=2, max_size=30).map(
    lambda costs: [(str(place), cost) for place, cost in enumerate(costs)]
)


@given(COSTS, st.integers(), st.integers(1, 10))
def test_no_more_projects_than_a_voter_may_choose_and_each_once(costs, seed, most):
    drawn = draw_choices(costs, Random(seed), most=most, most_cost=None)

    assert 1 <= len(drawn) <= most
    assert len(set(drawn)) == len(drawn)
    assert set(drawn) <= {number for number, _cost in costs}


@given(COSTS, st.integers(), st.integers(1, 3000))
def test_never_for_more_money_than_the_pot_holds(costs, seed, money):
    drawn = draw_choices(costs, Random(seed), most=None, most_cost=money)

    assert sum(dict(costs)[number] for number in drawn) <= money


def test_a_number_looks_like_one_on_a_card_and_like_no_real_one():
    assert [number_of(1), number_of(1000)] == ["TEST-0001", "TEST-1000"]


def test_the_mark_stands_before_every_language_and_falls_back_to_english():
    assert marked({"en": "Parks", "fi": "Puistot", "sv": "Parker"}, {"en": "Rehearsal", "fi": "Harjoitus"}) == {
        "en": "Rehearsal: Parks",
        "fi": "Harjoitus: Puistot",
        "sv": "Rehearsal: Parker",
    }
