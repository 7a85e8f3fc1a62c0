"""Adding up ballots."""

from fractions import Fraction

import pytest

from app.features.counting.use_cases import Ballot, BallotRefused, Tally


@pytest.mark.parametrize(
    "ballot",
    [Ballot(("a", "a")), Ballot(("a", "nowhere"))],
    ids=["a project twice", "a project that is not on the list"],
)
def test_a_ballot_that_cannot_be_counted_is_refused_and_leaves_no_trace(ballot):
    sums = Tally("approval", ["a", "b"])
    with pytest.raises(BallotRefused):
        sums.add(ballot)
    assert (sums.voters, sums.votes("a")) == (0, 0)


@pytest.mark.parametrize("points", [None, (1,), (1, 2, 3)])
def test_points_that_do_not_fit_the_projects_are_refused(points):
    with pytest.raises(BallotRefused):
        Tally("cumulative", ["a", "b"]).add(Ballot(("a", "b"), points))


def test_decimal_points_add_up_exactly():
    sums = Tally("cumulative", ["a"])
    for _ in range(10):
        sums.add(Ballot(("a",), (Fraction("0.1"),)))
    assert sums.score("a") == 1
    assert isinstance(sums.score("a"), int)


def test_a_class_of_equal_ballots_counts_like_each_of_them():
    one_by_one, at_once = Tally("approval", ["a", "b"]), Tally("approval", ["a", "b"])
    for _ in range(3):
        one_by_one.add(Ballot(("a",)))
    at_once.add(Ballot(("a",)), 3)
    assert [(sums.votes("a"), sums.voters) for sums in (one_by_one, at_once)] == [(3, 3), (3, 3)]


def test_whole_ballots_are_kept_together_for_rules_that_need_them():
    sums = Tally("approval", ["a", "b"], keep_ballots=True)
    sums.add(Ballot(("a",)))
    sums.add(Ballot(("a",)), 2)
    assert sums.ballots == {Ballot(("a",)): 3}
    assert Tally("approval", ["a"]).ballots is None


def test_places_beyond_the_announced_length_give_no_points():
    sums = Tally("ordinal", ["a", "b", "c"], max_length=2)
    sums.add(Ballot(("a", "b", "c")))
    assert [sums.score(name) for name in "abc"] == [2, 1, 0]
