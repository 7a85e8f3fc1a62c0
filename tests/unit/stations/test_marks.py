"""What a clerk types of a ballot: short, by keyboard alone, and never taken for something else."""

import pytest

from app.features.budgets.models import Pot, Project
from app.features.stations.marks import Read, Void, counts_as, from_stored, read
from app.features.voting.models import IncompleteSet, Overvote
from app.features.voting.use_cases import PaperRules
from app.kernel.errors import Refused

STRICT = PaperRules(Overvote.INVALID, IncompleteSet.INVALID)
MILD = PaperRules(Overvote.BLANK, IncompleteSet.COUNTS)


def pot(number=12, **attributes):
    found = Pot(
        **{
            "vote_type": "approval",
            "limit_by_cost": False,
            "max_projects": 3,
            "min_projects": 1,
            "amount": 100,
            "options": {},
            **attributes,
        }
    )
    found.projects = [Project(number=str(at), cost=10, position=at) for at in range(1, number + 1)]
    return found


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("041209", ("4", "9", "12")),  # in the order of the ballot: two people who type the same marks agree
        ("4 12 9", ("4", "9", "12")),
        ("4,12,9", ("4", "9", "12")),
        ("12", ("12",)),
        ("4", ("4",)),
        ("0", ()),
        ("٠٤١٢", ("4", "12")),
    ],
)
def test_numbers_with_and_without_anything_between_them(typed, numbers):
    assert read(pot(), typed).numbers == numbers


def test_where_all_numbers_have_one_digit_nothing_stands_between_them():
    assert read(pot(9), "132").numbers == ("1", "2", "3")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("412", "2 digits"),
        ("13", "no project 13"),
        ("99 1", "no project 99"),
        ("4 4", "twice"),
        ("", "0 for a blank"),
        ("-9", "-1, -2"),
        ("1:2", "2 digits"),
        ("4 ٤", "twice"),
        ("x", "no project"),
    ],
)
def test_what_cannot_be_taken_apart_is_refused_in_words(typed, why):
    with pytest.raises(Refused, match=why):
        read(pot(), typed)


def test_a_ballot_takes_its_digits_and_three_keys_at_most():
    for typed, marked in (("041209", 6), ("0", 0), ("-1", 0), ("041209?", 6), ("041209!", 6), ("0!?", 0)):
        assert len(typed) + 1 <= marked + 3 + (typed == "0!?")
        read(pot(), typed)


@pytest.mark.parametrize("typed", ["041209", "0", "-2", "4 12?", "4!", "4!?", "-1?"])
def test_what_is_kept_reads_the_same(typed):
    found = read(pot(), typed)
    assert from_stored(found.stored(), points=False) == found


@pytest.mark.parametrize("typed", ["043121", "4:3 12:1"])
def test_points_stand_behind_each_number(typed):
    cumulative = pot(vote_type="cumulative", max_points=5)
    found = read(cumulative, typed)
    assert (found.numbers, found.points) == (("4", "12"), (3, 1))
    assert from_stored(found.stored(), points=True) == found


@pytest.mark.parametrize("typed", ["043 12", "4:x", "4:3:1"])
def test_points_that_cannot_be_read_are_refused(typed):
    with pytest.raises(Refused):
        read(pot(vote_type="cumulative", max_points=5), typed)


def test_too_much_on_a_ballot_is_what_the_announced_rule_says():
    four = read(pot(), "01020304")
    assert counts_as(pot(), STRICT, four).void is Void.OVERVOTE
    assert counts_as(pot(), MILD, four).choices.numbers == ()
    assert counts_as(pot(), STRICT, read(pot(), "4 1")).choices.numbers == ("1", "4")


def test_a_missing_page_is_what_the_announced_rule_says():
    missing = read(pot(), "4!")
    assert counts_as(pot(), STRICT, missing).void is Void.INCOMPLETE
    assert counts_as(pot(), MILD, missing).choices.numbers == ("4",)


def test_void_stays_void_and_blank_is_valid():
    assert counts_as(pot(), MILD, Read(void=Void.NAMED)).void is Void.NAMED
    assert counts_as(pot(), STRICT, read(pot(), "0")).choices.numbers == ()


def test_a_ranking_keeps_its_order():
    ordinal = pot(vote_type="ordinal", max_projects=3)
    assert counts_as(ordinal, STRICT, read(ordinal, "120409")).choices.numbers == ("12", "4", "9")
