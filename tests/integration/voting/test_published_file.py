"""`ballots.pb`: it passes the checker of the format and counts to the certified winners, whatever the rule and the pot."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from babel.core import get_global
from click.testing import CliRunner
from flask import current_app
from pabulib.checker import Checker
from pabulib_helpers import fields_validations
from sqlalchemy import delete

from app.features.budgets.queries import decimals_of
from app.features.counting.cli import cli
from app.features.counting.use_cases import RULES, read_election
from app.features.voting.models import Ballot
from app.features.voting.package import files, pb_head
from app.features.voting.queries import PaperTotals, ballots
from app.features.voting.use_cases import count_pot
from app.kernel.permissions import SYSTEM
from tests.factories import voting
from tests.factories.tools import add

APPROVALS = ["1", "1,2", "2", "3", "2,3", ""] * 6
EVEN = ["1", "2", "3", ""] * 9
WITH_4 = ["1,4", "4", "1,2", "2,3,4", "3", ""] * 6
LOOSE = {"limit_by_cost": False}
POTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "nobody voted for one that fits": {"costs": (300_00, 500_00, 400_00, 50_00)},
    "costs nothing, with votes": {**LOOSE, "costs": (300_00, 500_00, 400_00, 0), "ballots": WITH_4},
    "costs nothing, without a vote": {"costs": (300_00, 500_00, 400_00, 0)},
    "only the free one has votes": {**LOOSE, "costs": (300_00, 500_00, 400_00, 0), "ballots": ["4", ""] * 18},
    "all blank": {"ballots": [""] * 36},
    "everything fits": {"costs": (100_00, 100_00, 50_00)},
    "everything fits, one without a vote": {"costs": (100_00, 100_00, 50_00, 10_00)},
    "all equal": {"costs": (400_00, 400_00, 400_00), "ballots": EVEN},
    "cents": {"costs": (300_40, 699_65, 300_10), "ballots": APPROVALS},
    "number": {"options": {"min_project_score_threshold": 12}},
    "more than a number": {"options": {"min_project_score_threshold": 18, "threshold_above": True}},
    "per cent": {"options": {"threshold_share": "50"}},
    "more than per cent": {"options": {"threshold_share": "50", "threshold_above": True}},
    "nobody reaches it": {"options": {"threshold_share": "90"}, "costs": (300_00, 500_00, 400_00, 50_00)},
    "exclusive groups": {"options": {"conflicts": [["1", "2"], ["3", "4"]]}, "costs": (300_00, 500_00, 200_00, 50_00)},
    "the dearer first": {"costs": (400_00, 500_00, 600_00), "ballots": EVEN, "options": {"tie_rules": ["higher_cost"]}},
    "drawn": {
        "costs": (600_00, 600_00, 600_00),
        "ballots": EVEN,
        "options": {"tie_rules": ["drawn"], "drawn_order": ["3", "1", "2"], "draws": [["3", "1", "2"]]},
    },
    "at least two": {**LOOSE, "min_projects": 2, "ballots": ["1,2", "2,3", "1,3", "1,2,3", ""] * 8},
    "at least two, one free": {
        "limit_by_cost": False,
        "min_projects": 2,
        "max_projects": 3,
        "costs": (300_00, 500_00, 400_00, 0),
        "ballots": ["1,2", "2,3", "1,4", "1,2,4", ""] * 8,
    },
    "more may be named than there are": {**LOOSE, "max_projects": 9},
    "stops when nothing fits": {"options": {"stop_when_exhaustive": True}, "costs": (300_00, 500_00, 200_00)},
    "one withdrawn": {"options": {"withdrawn": {"1": {}}}},
    "one withdrawn, alone on ballots": {"options": {"withdrawn": {"2": {}, "4": {}}}, "costs": (300_00, 500_00, 400_00, 50_00)},
    "withdrawn, and others exclude each other": {
        "options": {"withdrawn": {"1": {}}, "conflicts": [["1", "2"], ["2", "3"]]},
        "costs": (300_00, 500_00, 400_00, 50_00),
    },
    "at least two, one withdrawn": {
        **LOOSE,
        "min_projects": 2,
        "ballots": ["1,2", "2,3", "1,3", "1,2,3", ""] * 8,
        "options": {"withdrawn": {"3": {}}},
    },
    "a ballot may cost less than the pot holds": {"options": {"max_sum_cost": 800_00}},
    "all but one withdrawn": {"options": {"withdrawn": {"1": {}, "3": {}}}},
    "yen": {"currency": "JPY", "costs": (300_00, 500_00, 400_00, 50_00)},
}
NEEDED = {
    "greedy-threshold": {"min_project_score_threshold": 12},
    "greedy-exclusive": {"conflicts": [["1", "3"]]},
}


@pytest.fixture(autouse=True)
def inside(app: Any) -> Iterator[None]:
    with app.app_context():
        yield


def counted(keyring: Any, session: Any, rule: str, **attributes: Any) -> Any:
    """A pot of which these ballots were opened and counted."""
    cast = attributes.pop("ballots", APPROVALS)
    options = {**NEEDED.get(rule, {}), **attributes.pop("options", {})}
    options.setdefault("tie_rules", ["lower_cost", "listed_first"])
    pot = voting.opened_pot(keyring, 1, **attributes, rule=rule, options=options)
    session.execute(delete(Ballot).where(Ballot.pot_id == pot.id))
    for one in cast:
        choices, _, points = one.partition("|")
        add(Ballot(pot_id=pot.id, choices=choices, points=points))
    count_pot(session, SYSTEM, pot.id)
    assert pot.result["supported"], pot.result
    return pot


def written(session: Any, pot: Any, folder: Path) -> Path:
    path = folder / "ballots.pb"
    path.write_bytes(b"".join(files.file(session, pot, "ballots.pb")))
    return path


def complaints(path: Path) -> dict[str, Any]:
    """What the checker calls an error."""
    found = Checker().process_files([str(path)])
    return next(one["results"] for one in found.values() if isinstance(one, dict) and "results" in one).get("errors", {})


def told(path: Path, *more: str) -> dict[str, Any]:
    """The line of `flask counting count`."""
    answer = CliRunner().invoke(cli, ["count", "--json", *more, str(path)])
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[0])
    assert answer.exit_code == 0, found
    return found


def holds(session: Any, pot: Any, folder: Path) -> dict[str, Any]:
    """Both: the checker has nothing to say against the file, and it counts to what was certified."""
    path = written(session, pot, folder)
    found = told(path)
    assert complaints(path) == {}, path.read_text()
    result = pot.result
    assert (found["winners"], found["rule"]) == (result["winners"], pot.rule)
    assert (found["voters"], found["blank"]) == (result["voters"], result["blank"])
    unit = 10 ** decimals_of(pot)
    assert {one: (why["votes"], why["score"], why["reason"], why["cost"]) for one, why in found["why"].items()} == {
        one: (why["votes"], float(why["score"]), why["reason"], why["cost"] / unit) for one, why in result["why"].items()
    }
    assert not [one for one in found["notices"] if one["code"] != "max_sum_cost"]
    return found


@pytest.mark.one_database("sqlite")
@pytest.mark.parametrize("kind", POTS.values(), ids=POTS)
@pytest.mark.parametrize("rule", RULES)
def test_approvals(session, keyring, tmp_path, rule, kind):
    holds(session, counted(keyring, session, rule, **kind), tmp_path)


CHOOSE_1 = {**LOOSE, "vote_type": "choose-1", "max_projects": 1}
POINTS = {**LOOSE, "vote_type": "cumulative", "max_points": 5}
RANKED = {**LOOSE, "vote_type": "ordinal", "max_projects": 3}
FOUR = (300_00, 500_00, 400_00, 0)
OTHERS: dict[str, dict[str, Any]] = {
    "one each": {**CHOOSE_1, "ballots": ["1", "2", "3", "1", ""] * 8},
    "one each, one free": {**CHOOSE_1, "costs": FOUR, "ballots": ["1", "4", "3", "1", ""] * 8},
    "one each, per cent": {**CHOOSE_1, "ballots": ["1", "2", "3", "1", ""] * 8, "options": {"threshold_share": "20"}},
    "points": {**POINTS, "ballots": ["1,2|3,2", "2|5", "3|1", "1,3|1,1", ""] * 8},
    "points up to three each": {
        **POINTS,
        "ballots": ["1,2|3,2", "2|3", "3|1", "1,3|1,1", ""] * 8,
        "options": {"max_points_per_project": 3},
    },
    "points, none for one": {**POINTS, "costs": (300_00, 500_00, 400_00, 50_00), "ballots": ["1,2|3,2", "2|5", "3|1", ""] * 8},
    "points, one free": {**POINTS, "costs": FOUR, "ballots": ["1,4|3,2", "4|5", "3|1", "1,2|1,1", ""] * 8},
    "points, more than a number": {
        **POINTS,
        "ballots": ["1,2|3,2", "2|5", "3|1", "1,3|1,1", ""] * 8,
        "options": {"min_project_score_threshold": 32, "threshold_above": True},
    },
    "points without a sum": {**POINTS, "max_points": None, "ballots": ["1,2|3,2", "2|7", "3|1", ""] * 8},
    "ranking": {**RANKED, "ballots": ["1,2,3", "3,1", "2,3", "3,2,1", ""] * 8},
    "ranking, two places": {**RANKED, "options": {"max_length": 2}, "ballots": ["1,2,3", "3,1", "2,3", "3,2,1", ""] * 8},
    "ranking, more places than projects": {**RANKED, "max_projects": 7, "ballots": ["1,2,3", "3", "2,3", "3,2,1", "3"] * 8},
    "ranking of any length": {**RANKED, "max_projects": None, "ballots": ["1,2,3", "3,1", "2,3", "3,2,1", ""] * 8},
    "one each, one withdrawn": {**CHOOSE_1, "ballots": ["1", "2", "3", "1", ""] * 8, "options": {"withdrawn": {"1": {}}}},
    "points, one withdrawn": {
        **POINTS,
        "ballots": ["1,2|3,2", "2|5", "3|1", "1,2|1,1", ""] * 8,
        "options": {"withdrawn": {"2": {}}},
    },
    "ranking, one withdrawn": {
        **RANKED,
        "ballots": ["1,2,3", "3,1", "2,3", "3,2,1", ""] * 8,
        "options": {"withdrawn": {"3": {}}},
    },
    "ranking, one free": {**RANKED, "costs": FOUR, "ballots": ["1,4,3", "4", "2,4", "3,2,1", ""] * 8},
}


def supports(rule: str, kind: dict[str, Any]) -> bool:
    return kind["vote_type"] in RULES[rule].vote_types


@pytest.mark.one_database("sqlite")
@pytest.mark.parametrize(
    ("rule", "kind"),
    [pytest.param(rule, kind, id=f"{rule}-{name}") for rule in RULES for name, kind in OTHERS.items() if supports(rule, kind)],
)
def test_other_ballots(session, keyring, tmp_path, rule, kind):
    holds(session, counted(keyring, session, rule, **kind), tmp_path)


def meta_of(session: Any, pot: Any, folder: Path) -> Any:
    return read_election(written(session, pot, folder)).head


@pytest.mark.parametrize(
    ("rule", "kind", "name"),
    [
        *((rule, {}, rule) for rule in RULES if rule != "phragmen"),
        ("phragmen", {}, "unknown"),
        ("greedy", POTS["nobody voted for one that fits"], "greedy"),
        ("greedy", POTS["number"], "greedy-threshold"),
        ("greedy", POTS["the dearer first"], "greedy"),
        ("greedy", POTS["drawn"], "greedy"),
        ("greedy", POTS["all blank"], "unknown"),
        ("equalshares/add1", POTS["nobody voted for one that fits"], "equalshares/add1"),
        ("equalshares/add1", POTS["everything fits"], "unknown"),
        ("equalshares/add1", POTS["all equal"], "unknown"),
    ],
)
def test_a_rule_bears_its_name_wherever_the_format_means_the_same(session, keyring, tmp_path, rule, kind, name):
    head = meta_of(session, counted(keyring, session, rule, **kind), tmp_path)
    assert head.meta.rule == name
    announced = f"the announced rule is {rule}" in head.meta.text("comment")
    assert announced == (name != rule)


def test_what_is_left_out_is_said_in_words(session, keyring, tmp_path):
    kind = {**POTS["costs nothing, with votes"], "costs": (300_00, 500_00, 400_00, 0, 50_00)}
    head = meta_of(session, counted(keyring, session, "greedy", **kind), tmp_path)
    assert [one.project_id for one in head.projects] == ["1", "3", "2"]  # as they took their turn
    words = head.meta.text("comment")
    assert words.startswith("#1: 6 blank ballots were counted as voters; they have no row here #2: 6 ballots that named only")
    assert "#3: project 4 is left out: it costs nothing, which the format does not know (cost 0, 18 votes)" in words
    assert "#4: project 5 is left out: it got no vote, and so cannot win (cost 50, 0 votes)" in words


def test_a_withdrawn_project_is_left_out_and_the_comment_says_why(session, keyring, tmp_path):
    pot = counted(keyring, session, "greedy", **POTS["one withdrawn"])
    head = meta_of(session, pot, tmp_path)
    assert [one.project_id for one in head.projects] == ["2", "3"]
    words = head.meta.text("comment")
    assert "project 1 is left out: it was withdrawn while people voted, and so cannot win (cost 300, 12 votes)" in words
    assert told(written(session, pot, tmp_path), "--rule", "equalshares")["why"]["1"]["reason"] == "withdrawn"


@pytest.mark.parametrize(
    ("share", "above", "least"), [("50", False, 18), ("50", True, 19), ("49.5", False, 18), ("90", True, 33)]
)
def test_a_minimum_stands_in_the_file_as_the_number_it_came_to(session, keyring, tmp_path, share, above, least):
    options = {"threshold_share": share, "threshold_above": above}
    pot = counted(keyring, session, "equalshares/add1", options=options)
    assert pot.result["voters"] == 36
    assert meta_of(session, pot, tmp_path).meta.min_project_score_threshold == least


def test_another_rule_counts_the_same_ballots(session, keyring, tmp_path):
    pot = counted(keyring, session, "phragmen", **POTS["costs nothing, with votes"])
    found = told(written(session, pot, tmp_path), "--rule", "greedy")
    assert (found["rule"], found["voters"], found["blank"]) == ("greedy", 36, 6)
    assert found["why"]["4"]["votes"] == 18


def test_the_table_names_projects_that_have_no_row(session, keyring, tmp_path):
    path = written(session, counted(keyring, session, "greedy", **POTS["costs nothing, with votes"]), tmp_path)
    answer = CliRunner().invoke(cli, ["count", "--table", str(path)])
    assert answer.exit_code == 0, answer.output
    assert "of 4 projects" in answer.output


def test_a_comment_that_was_tampered_with_is_refused(session, keyring, tmp_path):
    path = written(session, counted(keyring, session, "phragmen"), tmp_path)
    before = path.read_text()
    for old, new in (
        ('""rule"":""phragmen""', '""rule"":7'),
        ('""order"":[""1"",', '""order"":[""1"",""1"",'),
        ('""order"":[""1"",', '""order"":['),
        ('{""blank"":6', '{""blank"":-6'),
        ('{""blank"":6', '{""blank"":7'),
        ('{""blank"":6', '{""left_out"":{""9"":{""cost"":""0"",""votes"":5,""score"":""x""}},""blank"":6'),
        ('""lower_cost""', '""the_mayor""'),
    ):
        assert old in before, before
        path.write_text(before.replace(old, new))
        answer = CliRunner().invoke(cli, ["count", "--json", str(path)])
        assert answer.exit_code == 1, new
        assert json.loads(answer.stdout)["error"]["field"] == "comment"


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.startswith("greedy")])
def test_ballots_on_paper_stand_in_the_comment_as_totals(session, keyring, tmp_path, monkeypatch, rule):
    paper = PaperTotals(2, 50, 45, 5, 3, {"1": 2, "2": 1, "3": 40}, {})
    monkeypatch.setattr(ballots, "paper_totals_of", [lambda session, pot: paper])
    pot = counted(keyring, session, rule, costs=(300_00, 500_00, 600_00), options={"threshold_share": "20"})
    assert pot.result["voters"] == 81
    holds(session, pot, tmp_path)


def test_every_time_zone_gives_a_country_that_the_checker_knows(monkeypatch):
    zones = get_global("zone_territories")
    for zone in {country: zone for zone, country in zones.items()}.values():
        monkeypatch.setitem(current_app.config, "SETTINGS", replace(current_app.config["SETTINGS"], timezone=zone))
        assert fields_validations.country_name(pb_head._country()) is True, zone


def test_the_file_tells_the_sum_that_a_ballot_may_cost(session, keyring, tmp_path):
    pot = counted(keyring, session, "greedy", options={"max_sum_cost": 800_00})
    assert meta_of(session, pot, tmp_path).meta.max_sum_cost == 800_00
