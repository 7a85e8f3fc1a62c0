"""A minimum is exact: a number or a share of the ballots, as much as that or more."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.counting.use_cases import Ballot, InputRefused, Minimum, Project, Reason, RuleOptions, Tally, count


@given(
    score=st.integers(0, 400),
    ballots=st.integers(0, 400),
    value=st.fractions(0, 1, max_denominator=1000),
    above=st.booleans(),
)
def test_the_least_score_says_the_same_as_the_announced_share(score: int, ballots: int, value: Fraction, above: bool) -> None:
    least = Minimum(value, of_ballots=True, above=above).least(ballots)
    reached = score > value * ballots if above else score >= value * ballots
    assert (score >= least) is reached


@pytest.mark.parametrize(
    ("minimum", "winners"),
    [
        (Minimum(2), ("a", "b")),
        (Minimum(2, above=True), ("a",)),
        (Minimum(Fraction(1, 2), of_ballots=True), ("a", "b")),  # 2 of 4 ballots, the blank one included
        (Minimum(Fraction(1, 2), of_ballots=True, above=True), ("a",)),
        (Minimum(Fraction(76, 100), of_ballots=True), ()),
    ],
)
def test_only_projects_that_reach_the_minimum_win(minimum: Minimum, winners: tuple[str, ...]) -> None:
    tally = Tally("approval", ["a", "b", "c"])
    for choices in (("a", "b"), ("a", "b"), ("a", "c"), ()):
        tally.add(Ballot(choices))
    projects = [Project(one, 10) for one in "abc"]
    result = count(tally, projects, 30, RuleOptions("greedy-threshold", minimum=minimum))
    assert result.winners == winners
    assert result.why["c"].reason is Reason.BELOW_THRESHOLD


def test_a_minimum_that_is_passed_by_parts_of_points_is_refused() -> None:
    tally = Tally("cumulative", ["a"])
    tally.add(Ballot(("a",), (Fraction(1, 2),)))
    with pytest.raises(InputRefused):
        count(tally, [Project("a", 1)], 1, RuleOptions("greedy", minimum=Minimum(0, above=True)))
