"""The variations of greedy: without skipping, with a threshold, with conflicts."""

import pytest

from app.features.counting.greedy import Greedy
from app.features.counting.use_cases import (
    RULES,
    Ballot,
    InputRefused,
    PbError,
    Project,
    Reason,
    RuleDataMissing,
    RuleNotSupported,
    RuleOptions,
    TieRule,
    VoteType,
    conflict_pairs,
    count,
    count_election,
    read_election,
    supported,
)
from tests.factories.counting import approvals, pb, projects


def test_without_skipping_the_count_ends_at_the_first_project_that_does_not_fit():
    on_ballot = projects(park=60, hall=100, bench=10)
    result = count(approvals(on_ballot, park=9, hall=5, bench=4), on_ballot, 100, RuleOptions(rule="greedy-no-skip"))
    assert result.winners == ("park",)
    assert [why.reason for why in result.why.values()] == [Reason.WON, Reason.DID_NOT_FIT, Reason.STOPPED]
    assert (result.why["bench"].needed_score, result.why["bench"].outranks) == (2, "hall")


def test_a_project_below_the_threshold_does_not_end_the_count():
    on_ballot = projects(hall=100, bench=10)
    options = RuleOptions(rule="greedy-no-skip", min_score=5)
    result = count(approvals(on_ballot, hall=4, bench=6), on_ballot, 50, options)
    assert result.winners == ("bench",)
    assert result.why["hall"].reason is Reason.BELOW_THRESHOLD


def test_a_withdrawn_project_does_not_end_the_count():
    on_ballot = [Project("gone", 99999999900), Project("bench", 10)]
    result = count(approvals(on_ballot, gone=9, bench=6), on_ballot, 50, RuleOptions(rule="greedy-no-skip"))
    assert result.winners == ("bench",)
    assert result.why["gone"].reason is Reason.WITHDRAWN
    assert result.why["gone"].needed_score is None


def test_a_score_equal_to_the_threshold_is_enough():
    on_ballot = projects(a=10, b=10)
    result = count(approvals(on_ballot, a=50, b=49), on_ballot, 100, RuleOptions(rule="greedy-threshold", min_score=50))
    assert result.winners == ("a",)
    assert (result.why["b"].reason, result.why["b"].needed_score) == (Reason.BELOW_THRESHOLD, 1)


def test_a_threshold_rule_without_a_threshold_is_refused():
    on_ballot = projects(a=10)
    with pytest.raises(RuleDataMissing, match="min_score"):
        count(approvals(on_ballot, a=1), on_ballot, 10, RuleOptions(rule="greedy-threshold"))


def test_a_project_that_excludes_a_winner_is_skipped_and_names_it():
    on_ballot = projects(pool=50, rink=40, bench=10)
    options = RuleOptions(rule="greedy-exclusive", conflicts=conflict_pairs([("rink", "pool")]))
    result = count(approvals(on_ballot, pool=9, rink=8, bench=1), on_ballot, 100, options)
    assert result.winners == ("pool", "bench")
    assert (result.why["rink"].reason, result.why["rink"].excluded_by) == (Reason.EXCLUDED, "pool")
    assert (result.why["rink"].needed_score, result.why["rink"].outranks) == (2, "pool")


def test_a_loser_excludes_nobody():
    on_ballot = projects(pool=500, rink=40)
    options = RuleOptions(rule="greedy-exclusive", conflicts=conflict_pairs([("rink", "pool")]))
    assert count(approvals(on_ballot, pool=9, rink=8), on_ballot, 100, options).winners == ("rink",)


def test_a_rule_about_conflicts_is_refused_while_nobody_has_declared_them():
    on_ballot = projects(a=10)
    with pytest.raises(RuleDataMissing, match="conflicts"):
        count(approvals(on_ballot, a=1), on_ballot, 10, RuleOptions(rule="greedy-exclusive"))
    declared_none = RuleOptions(rule="greedy-exclusive", conflicts=frozenset())
    assert count(approvals(on_ballot, a=1), on_ballot, 10, declared_none).winners == ("a",)


@pytest.mark.parametrize("rule", ["equalshares/add2", "mes", "greedy-custom", "unknown", "", "Greedy"])
def test_a_rule_that_is_not_here_is_refused_and_never_counted_as_another(rule):
    on_ballot = projects(a=10)
    assert not supported(rule, VoteType.APPROVAL)
    with pytest.raises(RuleNotSupported):
        count(approvals(on_ballot, a=1), on_ballot, 10, RuleOptions(rule=rule))


def test_the_greedy_family_counts_every_type_of_ballot():
    family = [rule for rule in RULES if rule.startswith("greedy")]
    assert len(family) == 4
    assert all(supported(rule, vote_type) for rule in family for vote_type in VoteType)
    assert not supported("greedy", "shouting")


class WholeBallots(Greedy):
    """Stands for the rules that look at whole ballots."""

    name = "whole-ballots"
    needs_ballots = True

    def count(self, tally, projects, budget, options):
        assert tally.ballots == {Ballot(("p1",)): 1, Ballot(("p1", "p2")): 1}
        return super().count(tally, projects, budget, options)


def test_a_rule_that_looks_at_whole_ballots_is_given_them(monkeypatch):
    monkeypatch.setitem(RULES, WholeBallots.name, WholeBallots())
    election = read_election(pb(meta={"rule": WholeBallots.name}).encode())
    assert count_election(election).winners == ("p1",)
    with pytest.raises(InputRefused, match="keeps ballots"):
        count(election.tally, election.head.on_ballot(), 1, RuleOptions(rule=WholeBallots.name))


def test_a_file_whose_tie_needs_a_draw_says_which_projects_to_draw_among():
    election = read_election(pb(projects=("a;200", "b;200"), votes=["v1;a,b"]).encode())
    with pytest.raises(PbError, match="a, b") as refused:
        count_election(election, tie_rules=(TieRule.DRAWN,))
    assert refused.value.field == "tie_rules"


def test_projects_that_are_not_those_of_the_tally_are_refused():
    on_ballot = projects(a=10)
    with pytest.raises(InputRefused):
        count(approvals(on_ballot, a=1), projects(a=10, b=10), 100)
    with pytest.raises(InputRefused):
        count(approvals(on_ballot, a=1), [*on_ballot, *on_ballot], 100)


@pytest.mark.parametrize(("cost", "budget"), [(-1, 10), (1, -10)])
def test_negative_money_is_refused(cost, budget):
    on_ballot = projects(a=cost)
    with pytest.raises(InputRefused, match="negative"):
        count(approvals(on_ballot, a=1), on_ballot, budget)
