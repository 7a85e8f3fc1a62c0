"""The rule `greedy`: by score, skipping what does not fit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.features.counting.use_cases import Ballot, Project, Reason, Result, RuleOptions, Tally, TieRule, VoteType, count
from tests.factories.counting import approvals, projects, tally


def test_the_most_wanted_projects_win_until_the_money_is_spent():
    on_ballot = projects(bench=30, park=60, trees=20)
    result = count(approvals(on_ballot, bench=5, park=9, trees=7), on_ballot, 90)
    assert result.winners == ("park", "trees")
    assert (result.cost, result.budget, result.left) == (80, 90, 10)


def test_a_project_that_does_not_fit_is_skipped_and_a_smaller_one_still_wins():
    on_ballot = projects(hall=100, bench=10)
    result = count(approvals(on_ballot, hall=9, bench=1), on_ballot, 50)
    assert result.winners == ("bench",)
    assert result.why["hall"].reason is Reason.DID_NOT_FIT
    assert (result.why["hall"].left, result.why["hall"].short_by) == (50, 50)


def test_a_project_that_costs_exactly_what_is_left_wins():
    on_ballot = projects(park=60, bench=40)
    assert count(approvals(on_ballot, park=2, bench=1), on_ballot, 100).left == 0


def test_a_project_without_a_single_vote_never_wins_however_much_money_is_left():
    on_ballot = projects(park=60, statue=1)
    result = count(approvals(on_ballot, park=2), on_ballot, 1000)
    assert result.winners == ("park",)
    assert result.why["statue"].reason is Reason.NO_VOTES


def test_without_ballots_nothing_wins():
    on_ballot = projects(park=60)
    result = count(approvals(on_ballot), on_ballot, 100)
    assert (result.winners, result.cost, result.voters) == ((), 0, 0)


def test_blank_ballots_count_as_voters_and_change_nothing_else():
    on_ballot = projects(park=60)
    result = count(tally(on_ballot, [((), 3), (("park",), 1)]), on_ballot, 100)
    assert (result.voters, result.blank, result.winners) == (4, 3, ("park",))


def test_the_place_of_a_project_and_what_was_left_before_it_are_told_for_everyone():
    on_ballot = projects(a=50, b=30, c=30)
    result = count(approvals(on_ballot, a=3, b=2, c=1), on_ballot, 90)
    assert [(why.project, why.place, why.left) for why in result.why.values()] == [("a", 1, 90), ("b", 2, 40), ("c", 3, 10)]


def test_cumulative_ballots_are_counted_by_their_points():
    on_ballot = projects(a=60, b=60)
    sums = Tally("cumulative", ["a", "b"])
    sums.add(Ballot(("a", "b"), (1, 4)))
    sums.add(Ballot(("a",), (2,)))
    result = count(sums, on_ballot, 100)
    assert result.winners == ("b",)
    assert (result.why["a"].score, result.why["a"].votes) == (3, 2)


def test_ranked_ballots_give_max_length_points_to_the_first_place_and_one_less_to_each_next():
    on_ballot = projects(a=1, b=1, c=1, d=1)
    sums = tally(on_ballot, [(("b", "a", "c"), 2), (("a",), 1)], VoteType.ORDINAL, max_length=3)
    assert [sums.score(name) for name in "abcd"] == [2 * 2 + 3, 2 * 3, 2 * 1, 0]


def test_ranked_ballots_without_an_announced_length_give_as_many_points_as_they_name_projects():
    on_ballot = projects(a=1, b=1)
    sums = tally(on_ballot, [(("a", "b"), 1), (("b",), 1)], VoteType.ORDINAL)
    assert (sums.score("a"), sums.score("b")) == (2, 1 + 1)


def test_scoring_ballots_add_up_points_and_give_the_default_score_to_what_they_do_not_name():
    sums = Tally("scoring", ["a", "b"], default_score=1)
    sums.add(Ballot(("a",), (-2,)), 2)
    assert (sums.score("a"), sums.score("b")) == (-4, 2)


def test_an_announced_minimum_score_holds_under_greedy_too():
    on_ballot = projects(a=1, b=1)
    result = count(approvals(on_ballot, a=5, b=4), on_ballot, 10, RuleOptions(min_score=5))
    assert result.winners == ("a",)
    assert result.why["b"].reason is Reason.BELOW_THRESHOLD


IDS = ("a", "b", "c", "d", "e")


@st.composite
def elections(draw):
    costs = {name: draw(st.integers(0, 60)) for name in IDS[: draw(st.integers(1, 5))]}
    names = st.lists(st.sampled_from(list(costs)), unique=True, max_size=4)
    ballots = draw(st.lists(st.tuples(names.map(tuple), st.integers(1, 3)), max_size=12))
    return projects(**costs), ballots, draw(st.integers(0, 120))


def counted(election, options: RuleOptions | None = None, vote_type=VoteType.APPROVAL) -> Result:
    on_ballot, ballots, budget = election
    return count(tally(on_ballot, ballots, vote_type), on_ballot, budget, options)


@settings(max_examples=60, deadline=None)
@given(elections(), st.sampled_from((VoteType.APPROVAL, VoteType.ORDINAL)))
def test_nothing_is_ever_spent_beyond_the_budget(election, vote_type):
    on_ballot, _, budget = election
    result = counted(election, vote_type=vote_type)
    assert result.cost == sum(project.cost for project in on_ballot if project.id in result.winners) <= budget
    assert set(result.why) == {project.id for project in on_ballot}


@settings(max_examples=60, deadline=None)
@given(elections(), st.randoms(use_true_random=False))
def test_the_order_in_which_ballots_come_in_does_not_matter(election, random):
    on_ballot, ballots, budget = election
    single = [(choices, 1) for choices, number in ballots for _ in range(number)]
    random.shuffle(single)
    assert counted((on_ballot, single, budget)) == counted(election)


@settings(max_examples=60, deadline=None)
@given(elections())
def test_where_cost_and_a_draw_decide_ties_the_order_of_the_list_does_not_matter(election):
    on_ballot, ballots, budget = election
    options = RuleOptions(tie_rules=(TieRule.LOWER_COST, TieRule.DRAWN), drawn_order=IDS)
    assert counted((on_ballot[::-1], ballots, budget), options).winners == counted(election, options).winners


@settings(max_examples=60, deadline=None)
@given(elections())
def test_every_pair_with_equal_scores_is_reported_as_a_tie(election):
    result = counted(election)
    tied = {frozenset(tie.projects) for tie in result.ties}
    for one in result.why.values():
        for other in result.why.values():
            if one.project != other.project and one.score == other.score > 0:
                assert any({one.project, other.project} <= group for group in tied)


@settings(max_examples=80, deadline=None)
@given(elections())
def test_a_winner_with_one_vote_more_still_wins(election):
    on_ballot, ballots, budget = election
    for winner in counted(election).winners:
        assert winner in counted((on_ballot, [*ballots, ((winner,), 1)], budget)).winners


@settings(max_examples=80, deadline=None)
@given(
    elections(), st.sampled_from((None, 3)), st.booleans(), st.sampled_from(("greedy", "greedy-no-skip", "greedy-exclusive"))
)
def test_a_loser_wins_with_exactly_the_votes_it_is_told_it_needed_and_not_with_one_less(election, least, cheap_first, rule):
    on_ballot, ballots, budget = election
    ties = (TieRule.LOWER_COST, TieRule.LISTED_FIRST) if cheap_first else (TieRule.LISTED_FIRST,)
    conflicts = frozenset({frozenset({"a", "b"}), frozenset({"b", "d"})})
    options = RuleOptions(rule=rule, tie_rules=ties, min_score=least, conflicts=conflicts)

    def wins(loser: str, more: int) -> bool:
        extra = [((loser,), more)] if more else []
        return loser in counted((on_ballot, [*ballots, *extra], budget), options).winners

    for why in counted(election, options).why.values():
        if why.reason is Reason.WON:
            assert why.needed_score is None
        elif why.needed_score is None:
            assert not wins(why.project, 1000)
        else:
            assert wins(why.project, why.needed_score)
            assert not wins(why.project, why.needed_score - 1)


def test_a_project_dearer_than_the_whole_pot_is_told_that_no_vote_would_help():
    on_ballot = [Project("hall", 500)]
    why = count(approvals(on_ballot, hall=9), on_ballot, 100).why["hall"]
    assert why.needed_score is None
    assert why.short_by == 400


@pytest.mark.parametrize("number", [0, -1])
def test_a_ballot_counts_at_least_once(number):
    sums = Tally("approval", ["a"])
    with pytest.raises(ValueError, match="weight"):
        sums.add(Ballot(("a",)), number)
