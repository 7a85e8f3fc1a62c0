"""A project that was withdrawn after its ballot was fixed: its ballots count, and it wins by no rule."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.features.counting.use_cases import (
    RULES,
    Ballot,
    Project,
    Reason,
    RuleOptions,
    Tally,
    VoteType,
    conflict_pairs,
    count,
    supported,
)

PAIRS = [
    (rule, kind) for rule in RULES for kind in ("approval", "choose-1", "cumulative") if supported(rule, kind)
]  # where the order of a ballot means something, its other places stay as they are


def counted(rule, kind, projects, ballots, budget, **options):
    tally = Tally(kind, [one.id for one in projects], keep_ballots=True).add_all(ballots.items())
    settled = {"min_score": 1, "conflicts": conflict_pairs([("a", "b"), ("b", "c")]), "currency_unit": 1}
    return count(tally, projects, budget, RuleOptions(rule, **settled, **options))


@st.composite
def towns(draw, kind):
    names = "abcde"[: draw(st.integers(2, 5))]
    projects = [Project(name, draw(st.integers(0, 40))) for name in names]
    ballots = Counter()
    for choices in draw(st.lists(st.lists(st.sampled_from(names), unique=True, max_size=1 if kind == "choose-1" else 5))):
        points = tuple(draw(st.integers(0, 4)) for _ in choices) if kind == "cumulative" else None
        ballots[Ballot(tuple(choices), points)] += draw(st.integers(1, 3))
    gone = frozenset(draw(st.lists(st.sampled_from(names), unique=True, min_size=1, max_size=len(names) - 1)))
    return projects, ballots, draw(st.integers(0, 80)), gone


def without(ballot, gone):
    at = [place for place, one in enumerate(ballot.choices) if one not in gone]
    points = None if ballot.points is None else tuple(ballot.points[place] for place in at)
    return Ballot(tuple(ballot.choices[place] for place in at), points)


@pytest.mark.parametrize(("rule", "kind"), PAIRS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_others_win_exactly_as_if_nobody_could_have_chosen_it(rule, kind, data):
    projects, ballots, budget, gone = data.draw(towns(kind))
    found = counted(rule, kind, projects, ballots, budget, withdrawn=gone)
    fewer: Counter[Ballot] = Counter()
    for ballot, number in ballots.items():
        fewer[without(ballot, gone)] += number  # who named nothing else is still a voter

    other = counted(rule, kind, [one for one in projects if one.id not in gone], fewer, budget)

    assert found.winners == other.winners
    assert found.ties == other.ties
    assert found.voters == other.voters
    assert {one for one, why in found.why.items() if why.reason is Reason.WITHDRAWN} == gone
    tally = Tally(kind, [one.id for one in projects]).add_all(ballots.items())
    assert all(found.why[one].votes == tally.votes(one) for one in gone)
    for one in gone:
        assert (found.why[one].needed_score, found.why[one].paid) == (None, None)


def test_a_withdrawn_favourite_neither_wins_nor_ends_the_count_nor_excludes_anybody():
    projects = [Project("a", 30), Project("b", 90), Project("c", 60)]
    ballots = Counter({Ballot(("a", "b")): 5, Ballot(("b",)): 2, Ballot(("c",)): 1})
    for rule in ("greedy-no-skip", "greedy-exclusive"):
        found = counted(rule, VoteType.APPROVAL, projects, ballots, 80, withdrawn=frozenset("b"))
        assert found.winners[0] == "a"
        assert found.why["b"].reason is Reason.WITHDRAWN
        assert found.why["b"].votes == 7
    found = counted("greedy-exclusive", VoteType.APPROVAL, projects, ballots, 90, withdrawn=frozenset("b"))
    assert found.winners == ("a", "c")


@pytest.mark.parametrize("rule", RULES)
def test_the_order_of_ballots_changes_nothing(rule):
    chance = random.Random(7)
    projects = [Project(name, cost) for name, cost in (("a", 30), ("b", 20), ("c", 25), ("d", 40))]
    papers = [Ballot(tuple(chance.sample("abcd", chance.randint(0, 3)))) for _ in range(40)]
    results = set()
    for _ in range(3):
        chance.shuffle(papers)
        found = counted(rule, VoteType.APPROVAL, projects, Counter(papers), 70, withdrawn=frozenset("c"))
        results.add(found.winners)
        assert "c" not in found.winners
    assert len(results) == 1
