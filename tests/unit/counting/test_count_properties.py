"""What holds for every election, whatever its ballots: budget, order, ties, purses; and our counts against plain ones."""

import random
from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.features.counting.use_cases import (
    RULES,
    Ballot,
    DrawNeeded,
    Project,
    Result,
    RuleOptions,
    Tally,
    TieRule,
    VoteType,
    conflict_pairs,
    count,
    supported,
)
from tests.support import plain_counting

EVERY_COUNT = [(rule, vote_type) for rule in RULES for vote_type in VoteType if supported(rule, vote_type)]
SHARES = [rule for rule in RULES if rule.startswith("equalshares")]


@dataclass(frozen=True)
class Town:
    projects: list[Project]
    budget: int
    vote_type: VoteType
    ballots: list[Ballot]

    def count(
        self, rule: str, *, ballots: list[Ballot] | None = None, listed: list[Project] | None = None, **options
    ) -> Result:
        tally = Tally(self.vote_type, [one.id for one in self.projects], keep_ballots=True)
        tally.add_all((ballot, 1) for ballot in (self.ballots if ballots is None else ballots))
        settled = {"min_score": 1, "conflicts": conflict_pairs([("p0", "p1")]), "currency_unit": 1, **options}
        return count(tally, listed or self.projects, self.budget, RuleOptions(rule, **settled))

    def wants(self) -> list[dict[str, int]]:
        return [
            {
                name: points
                for name, points in zip(ballot.choices, ballot.points or (1,) * len(ballot.choices), strict=True)
                if points
            }
            for ballot in self.ballots
        ]

    @property
    def costs(self) -> dict[str, int]:
        return {project.id: project.cost for project in self.projects}


@st.composite
def towns(draw, vote_type: VoteType | None = None, largest: int = 40) -> Town:
    vote_type = vote_type or draw(st.sampled_from(list(VoteType)))
    names = [f"p{index}" for index in range(draw(st.integers(1, 6)))]
    costs = draw(st.lists(st.integers(1, largest), min_size=len(names), max_size=len(names)))
    most = 1 if vote_type is VoteType.CHOOSE_ONE else len(names)
    ballots = []
    for choices in draw(st.lists(st.lists(st.sampled_from(names), unique=True, max_size=most), min_size=1, max_size=9)):
        points = st.integers(-2 if vote_type is VoteType.SCORING else 0, 4)
        given = tuple(draw(points) for _ in choices) if vote_type.gives_points else None
        ballots.append(Ballot(tuple(choices), given))
    projects = [Project(name, cost) for name, cost in zip(names, costs, strict=True)]
    return Town(projects, draw(st.integers(0, 2 * largest)), vote_type, ballots)


@pytest.mark.parametrize(("rule", "vote_type"), EVERY_COUNT, ids=str)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_the_budget_is_kept_and_the_order_of_ballots_does_not_matter(rule, vote_type, data):
    town = data.draw(towns(vote_type))
    result = town.count(rule)
    assert result.cost == sum(town.costs[name] for name in result.winners) <= town.budget
    assert len(set(result.winners)) == len(result.winners)
    wanted = {name for wants in town.wants() for name in wants}
    assert set(result.winners) <= wanted
    assert set(result.why) == set(town.costs)
    if rule == "greedy-exclusive":
        assert not {"p0", "p1"} <= set(result.winners)
    assert {name for name, why in result.why.items() if why.reason == "won"} == set(result.winners)
    assert [why.place for why in result.why.values()] == list(range(1, len(town.costs) + 1))
    other = town.count(rule, ballots=data.draw(st.permutations(town.ballots)))
    assert (other.winners, other.why, set(other.ties)) == (result.winners, result.why, set(result.ties))


@pytest.mark.parametrize("rule", list(RULES))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_whoever_wins_only_by_the_order_of_the_list_wins_in_a_tie_that_is_told(rule, data):
    vote_type = VoteType.APPROVAL
    town = data.draw(towns(vote_type, largest=6))
    result = town.count(rule)
    other = town.count(rule, listed=town.projects[::-1])
    if set(other.winners) != set(result.winners):
        assert any(tie.decisive for tie in result.ties)
    for tie in result.ties:
        assert len(tie.projects) > 1
        assert tie.decided_by in ((TieRule.LISTED_FIRST,), ())


@pytest.mark.parametrize("rule", [*SHARES, "phragmen"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_decisive_tie_is_one_in_which_a_draw_is_asked_for(rule, data):
    town = data.draw(towns(VoteType.APPROVAL, largest=6))
    if any(tie.decisive for tie in town.count(rule).ties):
        with pytest.raises(DrawNeeded):
            town.count(rule, tie_rules=(TieRule.DRAWN,))
    else:
        town.count(rule, tie_rules=(TieRule.DRAWN,))


def test_equals_with_different_numbers_of_votes_are_drawn_among_too():
    # Both can be paid at the same moment, and only one of them fits.
    projects, ballots = [Project("p0", 4), Project("p1", 2)], [Ballot(("p0",)), Ballot(("p0", "p1"))]
    town = Town(projects, 4, VoteType.APPROVAL, ballots)
    with pytest.raises(DrawNeeded, match="p0, p1"):
        town.count("phragmen", tie_rules=(TieRule.DRAWN,))
    for order in (("p0", "p1"), ("p1", "p0")):
        assert town.count("phragmen", tie_rules=(TieRule.DRAWN,), drawn_order=order).winners == order[:1]


@pytest.mark.parametrize("rule", SHARES)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_nobody_pays_more_than_they_have_and_together_they_pay_the_cost_exactly(rule, data):
    town = data.draw(towns(data.draw(st.sampled_from((VoteType.APPROVAL, VoteType.CUMULATIVE)))))
    result = town.count(rule)
    if result.shares.comparison is not None and result.shares.comparison.greedy_preferred:
        return
    wants, left = town.wants(), [result.shares.share] * len(town.ballots)
    for name in result.winners:
        paid = result.why[name].paid
        supporters = [index for index, one in enumerate(wants) if name in one and left[index] > 0]
        payments = {index: min(left[index], paid.each * wants[index][name]) for index in supporters}
        assert sum(left[index] for index in supporters) == paid.money
        assert sum(payments.values()) == town.costs[name]
        assert len(supporters) == paid.payers
        assert sum(payments[index] == paid.each * wants[index][name] for index in supporters) == paid.in_full
        for index, payment in payments.items():
            left[index] -= payment
        assert min(left) >= 0
    for name, why in result.why.items():
        if why.reason == "supporters_short":
            money = sum(left[index] for index, one in enumerate(wants) if name in one)
            assert (why.paid.money, why.paid.lacking) == (money, town.costs[name] - money)
            assert why.paid.lacking > 0
            if result.shares.share == 0 or town.costs[name] > town.budget:
                assert why.paid.further_supporters is None
                continue
            assert (why.paid.further_supporters - 1) * result.shares.share < why.paid.lacking
            assert why.paid.further_supporters * result.shares.share >= why.paid.lacking


def plain(town: Town, rule: str) -> list[str]:
    order = [project.id for project in town.projects]
    if rule == "phragmen":
        return plain_counting.phragmen(town.wants(), town.costs, town.budget, order)
    if rule == "equalshares":
        share = Fraction(town.budget, len(town.ballots))
        return plain_counting.fixed_shares(town.wants(), town.costs, share, order)
    return plain_counting.add1(town.wants(), town.costs, town.budget, order, exhaustive=rule.endswith("exhaustive"))


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["equalshares", "equalshares/add1", "equalshares/add1, exhaustive", "phragmen"])
@pytest.mark.parametrize("vote_type", [VoteType.APPROVAL, VoteType.CUMULATIVE])
def test_our_count_is_the_plain_one_on_hundreds_of_elections(rule, vote_type):
    if not supported(rule.split(",")[0], vote_type):
        return
    source = random.Random(f"{rule} {vote_type}")
    for _ in range(200):
        town = random_town(source, vote_type)
        result = town.count(rule.split(",")[0], stop_when_exhaustive=rule.endswith("exhaustive"))
        assert list(result.winners) == plain(town, rule), town


def random_town(source: random.Random, vote_type: VoteType, scale: int = 1) -> Town:
    names = [f"p{index}" for index in range(source.randint(1, 7))]
    ballots = []
    for _ in range(source.randint(1, 9)):
        choices = tuple(source.sample(names, source.randint(0, len(names))))
        points = tuple(source.randint(0, 4) for _ in choices) if vote_type.gives_points else None
        ballots += [Ballot(choices, points)] * source.choice((1, 1, 2, 3))
    projects = [Project(name, scale * source.choice((1, 2, 3, 6, 6, 10, 12, 20)) + source.randint(0, 1)) for name in names]
    return Town(projects, scale * source.randint(1, 60), vote_type, ballots)


@pytest.mark.slow
@pytest.mark.parametrize("vote_type", [VoteType.APPROVAL, VoteType.CUMULATIVE])
def test_sums_so_large_that_floating_point_cannot_tell_them_apart_are_counted_exactly(vote_type):
    # Costs differ by one in a million million: all prices that would be equal but for that are decided by fractions.
    source = random.Random(f"close {vote_type}")
    for _ in range(80):
        town = random_town(source, vote_type, scale=10**14)
        for rule in ("equalshares", "phragmen") if vote_type is VoteType.APPROVAL else ("equalshares",):
            assert list(town.count(rule).winners) == plain(town, rule), town
        unit = 10**13
        plainly = plain_counting.add1(town.wants(), town.costs, town.budget, list(town.costs), unit=unit)
        assert list(town.count("equalshares/add1", currency_unit=unit).winners) == plainly, town


@pytest.mark.slow
@pytest.mark.parametrize("vote_type", [VoteType.APPROVAL, VoteType.CUMULATIVE])
def test_steps_of_add1_that_are_passed_over_would_have_changed_nothing(vote_type, monkeypatch):
    source = random.Random(f"steps {vote_type}")
    elections = [random_town(source, vote_type, scale=60) for _ in range(15)]
    leaping = [town.count("equalshares/add1") for town in elections]
    assert sum(result.shares.steps for result in leaping) > 1000
    monkeypatch.setattr("app.features.counting.shares.completion._Ahead.target", lambda self, steps: steps + 1)
    assert [town.count("equalshares/add1") for town in elections] == leaping
