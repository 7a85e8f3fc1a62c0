"""The verifying program counts as the platform does, although the two share no code."""

import ast
import json
import sys
from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.signing import SigningKey

from app.features.budgets.ballots import ballot_file
from app.features.budgets.choices import Choices, check_choices, withdrawn_from
from app.features.budgets.models import Pot, Project
from app.features.counting.use_cases import Ballot, Tally, count, count_election, read_election, wants_ballots
from app.features.counting.use_cases import Project as CountedProject
from app.features.voting.package import verify
from app.features.voting.use_cases.counting import announced_rule
from app.kernel.errors import Refused

TYPES = {
    "greedy": ("approval", "choose-1", "cumulative", "ordinal"),
    "greedy-no-skip": ("approval", "choose-1", "cumulative", "ordinal"),
    "greedy-threshold": ("approval", "cumulative", "ordinal"),
    "greedy-exclusive": ("approval", "cumulative"),
    "equalshares": ("approval", "choose-1", "cumulative"),
    "equalshares-comparison": ("approval", "cumulative"),
    "equalshares/add1": ("approval", "choose-1", "cumulative"),
    "equalshares/add1-comparison": ("approval", "cumulative"),
    "phragmen": ("approval", "choose-1"),
}
PAIRS = [(rule, kind) for rule, kinds in TYPES.items() for kind in kinds]
DATA = Path(__file__).parents[4] / "shared" / "data" / "pabulib"


def pot_of(amount, costs, **attributes):
    """A pot with projects of these costs, by their numbers."""
    made = {"id": uuid4(), "process_id": uuid4(), "title": {}, "description": {}, "currency": "EUR", "rule": "greedy"}
    made |= {"amount": amount, "limit_by_cost": False, "min_projects": 1, "options": {}, "projects": []}
    found = Pot(**{**made, **attributes})
    for position, (number, cost) in enumerate(costs.items()):
        one = Project(id=uuid4(), number=number, reference=number, title={}, description={}, cost=cost, position=position)
        found.projects.append(one)
    return found


def vote_of(pot):
    """What the program reads of it in a package."""
    vote = verify.Vote(json.loads(ballot_file(pot)))
    vote.drawn = pot.options.get("drawn_order", ())
    vote.withdrawn = list(withdrawn_from(pot))
    return vote


@st.composite
def announced_options(draw, names):
    """What is announced with a rule, and what was drawn."""
    known = st.sampled_from(["lower_cost", "higher_cost", "more_voters"])
    ties = [*draw(st.lists(known, unique=True, max_size=3)), draw(st.sampled_from(["listed_first", "drawn"]))]
    options = {"tie_rules": ties, "drawn_order": draw(st.permutations(names)), "decimals": draw(st.integers(0, 2))}
    minimum = draw(st.sampled_from([None, "min_project_score_threshold", "threshold_share"]))
    if minimum == "threshold_share":
        options[minimum] = draw(st.sampled_from(["2.5", "20", "25", "33.3", "50"]))
    elif minimum is not None:
        options[minimum] = str(draw(st.integers(1, 8)))
    for name in ("threshold_above", "stop_when_exhaustive"):
        if draw(st.booleans()):
            options[name] = True
    if len(names) > 1 and draw(st.booleans()):
        groups = st.lists(st.sampled_from(names), unique=True, min_size=2, max_size=3)
        options["conflicts"] = draw(st.lists(groups, max_size=2))
    if gone := draw(st.lists(st.sampled_from(names), unique=True, max_size=len(names) - 1)):
        options["withdrawn"] = {name: {} for name in gone}
    return options


@st.composite
def elections(draw, rule, kind):
    """A pot, and ballots with their numbers."""
    costs = draw(st.lists(st.sampled_from([0, 100, 100, 200, 300, 500, 1000, 1250]), min_size=1, max_size=6))
    names = [f"p{number}" for number in range(len(costs))]
    most = 1 if kind == "choose-1" else len(names)
    ballots: Counter[Ballot] = Counter()
    for _ in range(draw(st.integers(0, 9))):
        choices = tuple(draw(st.lists(st.sampled_from(names), unique=True, max_size=most)))
        points = tuple(draw(st.integers(0, 5)) for _ in choices) if kind == "cumulative" else None
        ballots[Ballot(choices, points)] += draw(st.integers(1, 4))
    options = draw(announced_options(names))
    if rule == "greedy-threshold" and "threshold_share" not in options:
        options.setdefault("min_project_score_threshold", "2")
    if rule == "greedy-exclusive":
        options.setdefault("conflicts", [])
    if kind == "ordinal" and draw(st.booleans()):
        options["max_length"] = draw(st.integers(1, len(names)))
    longest = draw(st.sampled_from([None, len(names)])) if kind == "ordinal" else None
    amount = draw(st.sampled_from([0, 100, 700, 1000, 2500]))
    costs = dict(zip(names, costs, strict=True))
    return pot_of(amount, costs, vote_type=kind, rule=rule, max_projects=longest, options=options), ballots


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("rule", "kind"), PAIRS)
def test_both_count_the_same(rule, kind):
    @settings(max_examples=120, deadline=None)
    @given(elections(rule, kind))
    def compare(election):
        pot, ballots = election
        names = [one.number for one in pot.projects]
        longest = pot.options.get("max_length", pot.max_projects)
        tally = Tally(kind, names, max_length=longest, keep_ballots=True).add_all(ballots.items())
        ours = count(tally, [CountedProject(one.number, one.cost) for one in pot.projects], pot.amount, announced_rule(pot))
        vote = vote_of(pot)
        for ballot, number in ballots.items():
            vote.add((ballot.choices, ballot.points), number)
        assert verify.winners_of(vote) == list(ours.winners)
        reasons = {one: outcome for one, outcome, _left, _rival in vote.turns}
        assert {one for one, why in ours.why.items() if why.reason == "withdrawn"} == {*vote.withdrawn}
        assert {one for one in reasons if reasons[one] == "withdrawn"} == {*vote.withdrawn}
        assert {one: vote.scores[one] for one in names} == {one: tally.score(one) for one in names}
        assert (vote.voters, vote.blank) == (ours.voters, ours.blank)

    compare()


@pytest.mark.parametrize(
    ("minimum", "winners"),
    [
        ({}, ["1", "2"]),
        ({"min_project_score_threshold": "4"}, ["1", "2"]),
        ({"min_project_score_threshold": "4", "threshold_above": True}, ["1"]),
        ({"threshold_above": True}, ["1", "2"]),
        ({"threshold_share": "40"}, ["1", "2"]),
        ({"threshold_share": "40.1"}, ["1"]),
        ({"threshold_share": "40", "threshold_above": True}, ["1"]),
        ({"threshold_share": "50", "min_project_score_threshold": "1"}, ["1"]),
    ],
)
def test_a_minimum_is_a_number_or_a_share_of_all_ballots(minimum, winners):
    """Of ten ballots three are blank."""
    vote = vote_of(pot_of(300, {"1": 100, "2": 100}, vote_type="approval", options=minimum))
    for choices, number in ((("1",), 3), (("1", "2"), 4), ((), 3)):
        vote.add((choices, None), number)
    assert verify.winners_of(vote) == winners


@pytest.mark.parametrize(("stops", "winners"), [(False, ["3", "1"]), (True, ["3", "2"])])
def test_growing_shares_end_where_nothing_more_fits_if_that_was_announced(stops, winners):
    """With a share of 100 three voters can pay for 2, and 1 does not fit; with 234 they pay for 1, which stands first."""
    costs, options = {"1": 700, "2": 300, "3": 300}, {"decimals": 0, "stop_when_exhaustive": stops}
    pot = pot_of(1000, costs, vote_type="approval", rule="equalshares/add1", options=options)
    ballots = {("3",): 9, ("1", "2"): 3}
    vote, tally = vote_of(pot), Tally("approval", costs, keep_ballots=True)
    for choices, number in ballots.items():
        vote.add((choices, None), number)
        tally.add(Ballot(choices), number)
    ours = count(tally, [CountedProject(*one) for one in costs.items()], pot.amount, announced_rule(pot))
    assert verify.winners_of(vote) == list(ours.winners) == winners


@st.composite
def papers(draw):
    """A pot with any limits, and a ballot within them or not."""
    kind = draw(st.sampled_from(verify.KINDS))
    some = st.one_of(st.none(), st.integers(1, 5))
    options = {"max_points_per_project": draw(some)} if kind == "cumulative" and draw(st.booleans()) else {}
    options["withdrawn"] = {number: {} for number in draw(st.lists(st.sampled_from("1234"), unique=True, max_size=3))}
    if draw(st.booleans()):
        options["max_sum_cost"] = draw(st.sampled_from([100, 150, 200]))
    pot = pot_of(
        draw(st.sampled_from([200, 400, 1000])),
        {"1": 100, "2": 200, "3": 300, "4": 400},
        vote_type=kind,
        limit_by_cost=kind == "approval" and draw(st.booleans()),
        options=options,
        max_projects=draw(some),
        max_points=draw(some) if kind == "cumulative" else None,
        min_projects=draw(st.integers(0, 4)),
    )
    numbers = tuple(draw(st.lists(st.sampled_from("12349"), max_size=4)))
    spread = st.lists(st.integers(0, 4), min_size=len(numbers), max_size=len(numbers) + draw(st.integers(0, 1)))
    points = tuple(draw(spread)) if (kind == "cumulative") != (draw(st.integers(0, 9)) == 0) else None
    return pot, Choices(numbers, points)


@settings(max_examples=600, deadline=None)
@given(papers())
def test_the_limits_are_those_that_voters_met(paper):
    pot, choices = paper
    try:
        check_choices(pot, choices)
        refused = False
    except Refused:
        refused = True
    blank_by_other_word = not choices.numbers and choices.points is None  # kept as no points at all
    points = () if blank_by_other_word and pot.vote_type == "cumulative" else choices.points
    assert bool(vote_of(pot).broken_limit((choices.numbers, points))) == refused


@pytest.mark.parametrize(
    ("choices", "points", "words"),
    [
        (("1", "2"), (3, 4), "gives 7 points where 5 are allowed"),
        (("1", "2"), (4, 1), "more than 3 points"),
        (("1", "2"), (3, 0), "less than 1 point"),
        (("1", "2"), None, "not one number of points"),
        (("1",), (3,), "names 1 projects where 2 are the least, or none at all"),
        (("1", "2", "3"), (1, 1, 1), "names 3 projects where 2 are allowed"),
        (("1", "2"), (3, 2), ""),
        ((), (), ""),
    ],
)
def test_a_broken_limit_is_named(choices, points, words):
    limits = {"max_points": 5, "min_projects": 2, "max_projects": 2, "options": {"max_points_per_project": 3}}
    said = vote_of(pot_of(100, {"1": 10, "2": 20, "3": 30}, vote_type="cumulative", **limits)).broken_limit((choices, points))
    assert words in said
    assert bool(words) == bool(said)


def test_a_kind_of_ballots_that_the_program_does_not_know_is_not_counted_as_another():
    with pytest.raises(verify.Wrong, match="scoring"):
        vote_of(pot_of(100, {"1": 10}, vote_type="scoring"))


REAL = ["Poland_Wieliczka_2023_Green_Budget.pb", "Poland_Swiecie_2023.pb"]


def real_vote(path):
    """A published file as both sides read it."""
    election = read_election(path, keep_ballots=wants_ballots("equalshares/add1"))
    meta = election.head.meta
    options = {"tie_rules": ["lower_cost", "more_voters", "listed_first"], "decimals": meta.decimals}
    costs = {one.project_id: one.cost for one in election.head.projects}
    kind = {"vote_type": str(meta.vote_type), "rule": "equalshares/add1", "max_projects": meta.max_length}
    vote = vote_of(pot_of(meta.budget, costs, currency="PLN", options=options, **kind))
    for ballot, number in election.tally.ballots.items():
        vote.add((ballot.choices, ballot.points), number)
    return election, vote


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("path", [path for path in sorted(DATA.glob("*.pb")) if path.name in REAL], ids=lambda path: path.name)
def test_real_elections_by_equal_shares_are_counted_the_same(path):
    election, vote = real_vote(path)
    assert verify.winners_of(vote) == list(count_election(election, rule="equalshares/add1").winners)


def test_the_program_needs_the_standard_library_alone():
    tree = ast.parse(Path(verify.__file__).read_text(encoding="utf-8"), feature_version=(3, 9))
    imported = {alias.name.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module).partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= sys.stdlib_module_names


@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32))
@settings(max_examples=25, deadline=None)
def test_signatures_are_those_of_the_library(message, seed):
    key = SigningKey(seed)
    signature, public = key.sign(message).signature.hex(), bytes(key.verify_key).hex()
    assert verify.signed(message, signature, public)
    assert not verify.signed(message + b"!", signature, public)
    other = signature[:-2] + f"{int(signature[-2:], 16) ^ 1:02x}"
    assert not verify.signed(message, other, public)
    assert not verify.signed(message, f"{int(signature[:2], 16) ^ 1:02x}" + signature[2:], public)
    assert not verify.signed(message, signature, bytes(SigningKey(bytes(32)).verify_key).hex()) or seed == bytes(32)


@pytest.mark.parametrize("bad", ["", "zz", "00" * 63, "00" * 64, "ff" * 64])
def test_what_is_no_signature_is_none(bad):
    assert not verify.signed(b"x", bad, bytes(SigningKey(bytes(32)).verify_key).hex())
    assert not verify.signed(b"x", "00" * 64, bad[:64])
