"""Ties are decided by the written rules, in their order, and each one is told."""

import pytest

from app.features.counting.use_cases import Ballot, DrawNeeded, RuleOptions, Tally, Tie, TieRule, count
from tests.factories.counting import approvals, projects


def tied(*tie_rules: TieRule, budget: int = 60, drawn_order: tuple[str, ...] = (), rule: str = "greedy"):
    on_ballot = projects(dear=60, cheap=50)
    options = RuleOptions(rule=rule, tie_rules=tie_rules, drawn_order=drawn_order)
    return count(approvals(on_ballot, dear=3, cheap=3), on_ballot, budget, options)


@pytest.mark.parametrize(
    ("rule", "winner"), [(TieRule.LOWER_COST, "cheap"), (TieRule.HIGHER_COST, "dear"), (TieRule.LISTED_FIRST, "dear")]
)
def test_the_first_tie_rule_that_tells_them_apart_decides(rule, winner):
    result = tied(TieRule.MORE_VOTERS, rule)
    loser = "cheap" if winner == "dear" else "dear"
    assert result.winners == (winner,)
    assert result.ties == (Tie((winner, loser), 3, (rule,), decisive=True),)


def test_more_voters_go_before_fewer_with_the_same_points():
    on_ballot = projects(a=60, b=60)
    sums = Tally("cumulative", ["a", "b"])
    sums.add(Ballot(("a",), (4,)))
    sums.add(Ballot(("b",), (2,)), 2)
    result = count(sums, on_ballot, 60, RuleOptions(tie_rules=(TieRule.MORE_VOTERS, TieRule.LISTED_FIRST)))
    assert result.winners == ("b",)
    assert result.ties[0].decided_by == (TieRule.MORE_VOTERS,)


def test_a_tie_that_changes_nothing_is_told_and_called_so():
    both_win, both_lose = tied(TieRule.LOWER_COST, budget=110), tied(TieRule.LOWER_COST, budget=40)
    assert [tie.decisive for tie in (*both_win.ties, *both_lose.ties)] == [False, False]


def test_a_tie_between_one_that_fits_and_one_that_cannot_changes_nothing_unless_the_count_stops_there():
    assert not tied(TieRule.LOWER_COST, budget=55).ties[0].decisive
    assert tied(TieRule.LOWER_COST, budget=55, rule="greedy-no-skip").ties[0].decisive


def test_where_only_a_draw_can_decide_the_count_waits_for_it():
    with pytest.raises(DrawNeeded) as refused:
        tied(TieRule.MORE_VOTERS, TieRule.DRAWN)
    assert refused.value.groups == (("dear", "cheap"),)


def test_the_drawn_order_decides_once_it_is_known():
    result = tied(TieRule.DRAWN, drawn_order=("cheap", "dear"))
    assert result.winners == ("cheap",)
    assert result.ties[0].decided_by == (TieRule.DRAWN,)


def test_no_draw_is_needed_where_every_order_has_the_same_winners():
    result = tied(TieRule.DRAWN, budget=110)
    assert set(result.winners) == {"dear", "cheap"}
    assert result.ties == (Tie(("dear", "cheap"), 3, (), decisive=False),)


def test_a_draw_is_asked_for_only_among_those_whom_the_other_rules_left_equal():
    on_ballot = projects(a=10, b=40, c=40)
    options = RuleOptions(tie_rules=(TieRule.LOWER_COST, TieRule.DRAWN))
    with pytest.raises(DrawNeeded) as refused:
        count(approvals(on_ballot, a=1, b=1, c=1), on_ballot, 50, options)
    assert refused.value.groups == (("b", "c"),)


def test_conflicting_projects_with_equal_scores_are_a_tie_that_decides():
    on_ballot = projects(pool=10, rink=10)
    options = RuleOptions(rule="greedy-exclusive", conflicts=frozenset({frozenset({"pool", "rink"})}))
    assert count(approvals(on_ballot, pool=1, rink=1), on_ballot, 100, options).ties[0].decisive


def test_projects_without_votes_are_no_tie():
    on_ballot = projects(a=10, b=10)
    assert count(approvals(on_ballot), on_ballot, 100).ties == ()
