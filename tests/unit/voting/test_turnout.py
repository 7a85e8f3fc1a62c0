"""Turnout by group tells nothing about anybody: small numbers are left out, and cannot be worked out."""

from app.features.voting.voters.turnout import shown


def test_small_numbers_of_voters_and_of_non_voters_are_left_out():
    groups = {one.name: one.voted for one in shown([("a", 100, 50), ("b", 100, 4), ("c", 100, 97), ("d", 100, 5)])}

    assert groups == {"a": 50, "b": None, "c": None, "d": 5}


def test_one_small_group_takes_the_next_smallest_with_it_so_that_the_total_gives_nothing_away():
    groups = {one.name: one.entries for one in shown([("a", 100, 50), ("b", 9, 4), ("c", 60, 30)])}

    assert groups == {"a": 100, "b": None, "c": None}


def test_small_groups_that_are_still_small_together_take_more_with_them():
    """100 and 50 are shown of 107 and 51: the other two would be 1 of 7 together."""
    groups = [("a", 100, 50), ("b", 3, 1), ("c", 4, 0), ("d", 300, 150)]

    assert {one.name: one.voted for one in shown(groups)} == {"a": None, "b": None, "c": None, "d": 150}
    assert all(one.voted is None for one in shown(groups[1:3]))


def test_a_single_group_is_judged_alone():
    assert shown([("", 3, 1)])[0].voted is None
    assert shown([("", 30, 10)])[0].percent == 1 / 3
