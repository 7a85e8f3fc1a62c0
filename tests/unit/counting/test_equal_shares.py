"""Equal Shares: who wins, who paid, what more a loser would have needed, and when the shares stop growing."""

from fractions import Fraction

import pytest

from app.features.counting.use_cases import (
    Ballot,
    DrawNeeded,
    Ended,
    Reason,
    RuleOptions,
    Tally,
    TieRule,
    TooManyPoints,
    VoteType,
    ballots_with_a_winner,
    count,
)
from tests.factories.counting import projects


def whole(on_ballot, ballots, vote_type=VoteType.APPROVAL) -> Tally:
    tally = Tally(vote_type, [project.id for project in on_ballot], keep_ballots=True)
    return tally.add_all(
        (ballot if isinstance(ballot, Ballot) else Ballot(tuple(ballot.split())), number) for ballot, number in ballots
    )


def shares(on_ballot, ballots, budget, rule="equalshares", vote_type=VoteType.APPROVAL, **options):
    tie_rules = options.pop("tie_rules", (TieRule.LOWER_COST, TieRule.MORE_VOTERS, TieRule.LISTED_FIRST))
    return count(whole(on_ballot, ballots, vote_type), on_ballot, budget, RuleOptions(rule, tie_rules, **options))


def test_a_minority_gets_its_part_of_the_money():
    on_ballot = projects(road=60, bridge=60, garden=30, swing=30)
    ballots = [("road bridge", 60), ("garden swing", 40)]
    assert count(whole(on_ballot, ballots), on_ballot, 120).winners == ("road", "bridge")
    assert set(shares(on_ballot, ballots, 120).winners) == {"road", "garden"}


def test_supporters_share_the_cost_and_whoever_has_less_left_pays_less():
    # Ten voters have 10 each. The park costs each of its six supporters 6. Two of them also want the pool, with 4 left each.
    on_ballot = projects(park=36, pool=28)
    result = shares(on_ballot, [("park", 4), ("park pool", 2), ("pool", 2), ("", 2)], 100)
    park, pool = result.why["park"].paid, result.why["pool"].paid
    assert result.winners == ("park", "pool")
    assert (park.payers, park.in_full, park.each, park.money) == (6, 6, 6, 60)
    assert (pool.payers, pool.in_full, pool.each, pool.money) == (4, 2, 10, 28)


def test_what_a_loser_lacks_is_told_in_money_and_in_supporters():
    on_ballot = projects(park=36, pool=29)
    result = shares(on_ballot, [("park", 4), ("park pool", 2), ("pool", 2), ("", 2)], 100)
    pool = result.why["pool"]
    assert (pool.reason, pool.place, pool.left, pool.short_by) == (Reason.SUPPORTERS_SHORT, 2, 64, 0)
    assert (pool.paid.money, pool.paid.lacking, pool.paid.further_supporters) == (28, 1, 1)
    assert shares(on_ballot, [("park", 4), ("park pool", 2), ("pool", 3), ("", 1)], 100).winners == ("park", "pool")


def test_of_what_costs_more_than_the_budget_nobody_is_told_how_many_supporters_it_lacks():
    result = shares(projects(park=36, stadium=101), [("park stadium", 10)], 100)
    stadium = result.why["stadium"]
    assert (stadium.reason, stadium.short_by) == (Reason.SUPPORTERS_SHORT, 37)
    assert (stadium.paid.money, stadium.paid.lacking, stadium.paid.further_supporters) == (64, 37, None)


def test_blank_ballots_have_a_share_that_nobody_can_spend():
    on_ballot = projects(park=50)
    assert shares(on_ballot, [("park", 5), ("", 5)], 100).winners == ("park",)
    assert shares(on_ballot, [("park", 5), ("", 6)], 100).winners == ()


def test_nobody_votes_and_nothing_wins():
    on_ballot = projects(park=50)
    for rule in ("equalshares", "equalshares/add1", "equalshares/add1-comparison", "phragmen"):
        result = shares(on_ballot, [("", 3)], 100, rule)
        assert (result.winners, result.cost, result.why["park"].reason) == ((), 0, Reason.NO_VOTES)
        assert shares(on_ballot, [], 100, rule).winners == ()


def test_a_project_that_costs_nothing_wins_if_anybody_wants_it():
    on_ballot = projects(sign=0, statue=0, park=10)
    for rule in ("equalshares/add1", "phragmen"):
        assert shares(on_ballot, [("sign park", 1)], 10, rule).winners == ("sign", "park")


def test_a_project_below_the_minimum_score_takes_no_part():
    on_ballot = projects(park=10, pool=10)
    for rule in ("equalshares/add1", "phragmen"):
        result = shares(on_ballot, [("park", 2), ("pool", 1)], 20, rule, min_score=2)
        assert (result.winners, result.why["pool"].reason) == (("park",), Reason.BELOW_THRESHOLD)


def test_with_add1_the_shares_grow_by_one_unit_of_the_currency_while_the_budget_is_kept():
    # Two voters with 1.00 each. At 2.50 the bench can be bought, one step earlier it could not: 1.00, 2.00, 3.00.
    on_ballot = projects(bench=250, tree=150)
    result = shares(on_ballot, [("bench", 1), ("tree", 1)], 200, "equalshares/add1")
    assert (result.winners, result.shares.steps, result.shares.share) == (("tree",), 1, 200)
    assert (result.shares.ended, result.shares.next_cost) == (Ended.NEXT_TOO_DEAR, 400)
    assert shares(on_ballot, [("bench", 1), ("tree", 1)], 200).winners == ()
    finer = shares(on_ballot, [("bench", 1), ("tree", 1)], 200, "equalshares/add1", currency_unit=1)
    assert (finer.winners, finer.shares.share) == (("tree",), 249)


def test_an_equal_share_may_be_a_fraction_and_grows_from_there():
    on_ballot = projects(a=100, b=1000)
    result = shares(on_ballot, [("a", 1), ("b", 1), ("", 1)], 200, "equalshares/add1")
    assert result.shares.first_share == Fraction(200, 3)
    assert (result.shares.share - result.shares.first_share) % 100 == 0


def test_shares_stop_growing_once_everything_has_won():
    on_ballot = projects(a=100, b=100)
    result = shares(on_ballot, [("a", 1), ("b", 9)], 1000, "equalshares/add1")
    assert (set(result.winners), result.shares.ended) == ({"a", "b"}, Ended.ALL_WON)


def test_shares_may_stop_growing_once_no_further_project_fits():
    on_ballot = projects(a=60, b=60, c=90)
    ballots = [("a", 3), ("b", 3), ("c", 4)]
    until = shares(on_ballot, ballots, 100, "equalshares/add1", currency_unit=1, stop_when_exhaustive=True)
    assert until.shares.ended in (Ended.EXHAUSTIVE, Ended.NEXT_TOO_DEAR)
    on_ballot = projects(a=60, b=41, c=35)
    ballots = [("a", 6), ("b", 1), ("c", 3)]
    until = shares(on_ballot, ballots, 100, "equalshares/add1", currency_unit=1, stop_when_exhaustive=True)
    assert (until.winners, until.shares.ended) == (("a", "c"), Ended.EXHAUSTIVE)


def test_very_many_steps_that_change_nothing_take_no_time():
    on_ballot = projects(hall=100_000_000_00, bench=100)
    result = shares(on_ballot, [("hall", 1), ("bench", 9)], 100_000_000_00, "equalshares/add1")
    assert result.winners == ("bench",)
    assert result.shares.next_cost == 100_000_001_00
    assert result.shares.steps == 90_000_000 - 1


def test_the_other_outcome_is_taken_where_more_voters_have_more_of_their_projects_in_it():
    on_ballot = projects(dear=100, a=30, b=30)
    ballots = [("dear", 6), ("a b", 4)]
    result = shares(on_ballot, ballots, 100, "equalshares-comparison")
    compared = result.shares.comparison
    assert (compared.better_with_shares, compared.better_with_greedy, compared.indifferent) == (4, 6, 0)
    assert (result.winners, compared.shares_winners, compared.greedy_winners) == (("dear",), ("a",), ("dear",))
    assert result.why["a"].reason is Reason.DID_NOT_FIT
    assert shares(on_ballot, ballots, 100, "equalshares").winners == ("a",)


def test_as_many_on_both_sides_leave_the_outcome_of_equal_shares():
    on_ballot = projects(dear=100, a=50)
    result = shares(on_ballot, [("dear", 5), ("a", 5)], 100, "equalshares-comparison", tie_rules=(TieRule.HIGHER_COST,))
    assert not result.shares.comparison.greedy_preferred
    assert result.winners == ("a",)


def test_points_count_as_so_many_parts_of_the_payment():
    on_ballot = projects(park=30, pool=20)
    ballots = [(Ballot(("park", "pool"), (4, 1)), 1), (Ballot(("park",), (2,)), 1), (Ballot(("pool",), (0,)), 1)]
    result = shares(on_ballot, ballots, 90, vote_type=VoteType.CUMULATIVE)
    park = result.why["park"].paid
    assert result.winners == ("park",)
    assert (park.payers, park.in_full, park.each) == (2, 2, 5)
    halves = [(Ballot(("park", "pool"), (Fraction(2), Fraction(1, 2))), 1), (Ballot(("park",), (1,)), 1), (Ballot(()), 1)]
    result = shares(on_ballot, [(Ballot(one.choices, one.points or ()), n) for one, n in halves], 90, vote_type="cumulative")
    assert result.why["park"].paid.each == 10


def test_points_beyond_all_measure_are_refused_and_not_rounded():
    on_ballot = projects(park=30)
    with pytest.raises(TooManyPoints):
        shares(on_ballot, [(Ballot(("park",), (10**30,)), 1)], 90, vote_type=VoteType.CUMULATIVE)


def test_a_tie_is_told_with_the_rule_that_decided_it_and_whether_it_mattered():
    on_ballot = projects(a=60, b=60)
    result = shares(on_ballot, [("a b", 2)], 100, tie_rules=(TieRule.LISTED_FIRST,))
    (tie,) = result.ties
    assert (tie.projects, tie.score, tie.decided_by, tie.decisive) == (("a", "b"), 2, (TieRule.LISTED_FIRST,), True)
    result = shares(on_ballot, [("a", 2), ("b", 2)], 120, tie_rules=(TieRule.LISTED_FIRST,))
    assert [tie.decisive for tie in result.ties] == [False]


def test_a_draw_is_asked_for_only_where_it_decides():
    on_ballot = projects(a=60, b=60)
    for rule in ("equalshares", "phragmen"):
        assert set(shares(on_ballot, [("a", 2), ("b", 2)], 120, rule, tie_rules=(TieRule.DRAWN,)).winners) == {"a", "b"}
    with pytest.raises(DrawNeeded) as refused:
        shares(on_ballot, [("a b", 2)], 100, tie_rules=(TieRule.DRAWN,))
    assert refused.value.groups == (("a", "b"),)
    drawn = shares(on_ballot, [("a b", 2)], 100, tie_rules=(TieRule.DRAWN,), drawn_order=("b", "a"))
    assert drawn.winners == ("b",)


def test_prices_too_close_for_floating_point_are_told_apart():
    # One supporter more in a million million makes the cheaper price; and equal ones are a tie, whatever rounding says.
    many = 10**12
    on_ballot = projects(a=many, b=many)
    result = shares(on_ballot, [("a", many), ("b", many + 1)], 3 * many, tie_rules=(TieRule.LISTED_FIRST,))
    assert (result.winners, result.ties) == (("b", "a"), ())
    thirds = projects(c=10, a=7, b=7)
    result = shares(thirds, [("c a", 3), ("c b", 3), ("c", 1)], 30, tie_rules=(TieRule.LISTED_FIRST,))
    assert result.winners == ("c", "a", "b")
    assert [tie.projects for tie in result.ties] == [("a", "b")]


def test_two_ties_that_decide_only_together_are_told_as_decisive_and_left_to_a_draw():
    # At a share of 5 three are equal, at 6 all four: only "large" before "fair" before the small ones buys "fair".
    on_ballot = projects(small=1, tiny=1, fair=5, large=6)
    voter = [("small tiny fair large", 1)]
    add1 = {"rule": "equalshares/add1", "currency_unit": 1}
    result = shares(on_ballot, voter, 5, tie_rules=(TieRule.LISTED_FIRST,), **add1)
    assert result.winners == ("small", "tiny")
    assert any(tie.decisive for tie in result.ties)
    backwards = shares(on_ballot[::-1], voter, 5, tie_rules=(TieRule.LISTED_FIRST,), **add1)
    assert backwards.winners == ("fair",)
    with pytest.raises(DrawNeeded) as left:
        shares(on_ballot, voter, 5, tie_rules=(TieRule.DRAWN,), **add1)
    assert any({"small", "fair"} <= set(group) for group in left.value.groups)


def test_phragmen_ends_when_a_project_could_be_paid_for_and_does_not_fit():
    on_ballot = projects(a=60, b=50, c=10, huge=500)
    result = shares(on_ballot, [("a", 6), ("b", 4), ("c huge", 1)], 100, "phragmen")
    assert result.winners == ("c", "a")
    assert (result.why["b"].reason, result.why["b"].short_by) == (Reason.DID_NOT_FIT, 20)
    assert result.why["huge"].reason is Reason.DID_NOT_FIT
    early = shares(projects(a=60, b=50, c=30), [("a", 6), ("b", 4), ("c", 1)], 100, "phragmen")
    assert [why.reason for why in early.why.values()] == [Reason.WON, Reason.DID_NOT_FIT, Reason.STOPPED]


def test_the_number_of_ballots_with_a_winner_is_one_figure_for_the_whole_city():
    ballots = [(Ballot(("a", "b")), 3), (Ballot(("b",)), 2), (Ballot(()), 4), (Ballot(("a",), (0,)), 5)]
    assert ballots_with_a_winner(ballots, ["a"]) == 3
    assert ballots_with_a_winner(ballots, []) == 0
