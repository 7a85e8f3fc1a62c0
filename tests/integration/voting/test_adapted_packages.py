"""Somebody changes one figure of a package and makes the manifest anew: whatever can be worked out is named by `verify.py`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.features.voting.package import verify
from tests.integration.voting.test_package import (
    BY_NUMBER,
    POINTS,
    change,
    edit,
    package,
    published,
    unpacked,
    verified,
    wrong,
)

KINDS: dict[str, dict[str, Any]] = {
    "add1-comparison": {"rule": "equalshares/add1-comparison"},
    "greedy": {**BY_NUMBER, "rule": "greedy-exclusive", "costs": (300_00, 500_00, 400_00, 50_00), "min_projects": 1}
    | {"options": {"conflicts": [["1", "2"]], "min_project_score_threshold": 2}},
    "phragmen": {"rule": "phragmen"},
    "points": {**POINTS, "options": {"max_points_per_project": 3}},
    "ordinal": {**BY_NUMBER, "vote_type": "ordinal"},
    "totals": {"what": "totals"},
    "few": {"number": 20},
}
_MADE: dict[str, bytes] = {}


@pytest.fixture(autouse=True)
def words(app):
    with app.app_context():
        yield


@pytest.fixture
def of_kind(session, keyring, clock, tmp_path) -> Callable[[str], Path]:
    """An unpacked package of a kind; it is made once and changed in a new place each time."""

    def make(kind: str) -> Path:
        if kind not in _MADE:
            _MADE[kind] = package(session, published(session, keyring, clock, **KINDS[kind]))
        return unpacked(_MADE[kind], tmp_path)

    return make


def setting(name: str, value: Any) -> Callable[[Any], None]:
    return lambda content: content.__setitem__(name, value)


def project(name: str, value: Any, at: int = 0) -> Callable[[Any], None]:
    return lambda content: content["projects"][at].__setitem__(name, value)


def shares(name: str, value: Any) -> Callable[[Any], None]:
    return lambda content: content["shares"].__setitem__(name, value)


def compared(name: str, value: Any) -> Callable[[Any], None]:
    return lambda content: content["shares"]["comparison"].__setitem__(name, value)


RESULTS = [
    ("greedy", setting("pot", "another"), "says pot another"),
    ("greedy", setting("title", {"en": "Another"}), "says title"),
    ("greedy", setting("currency", "PLN"), "says currency PLN"),
    ("greedy", setting("budget", "1"), "says a budget of 1"),
    ("greedy", setting("vote_type", "ordinal"), "says vote_type ordinal"),
    ("greedy", setting("rule", "greedy"), "was counted by greedy"),
    ("greedy", setting("imported", True), "says imported True"),
    ("greedy", setting("voters", 46), "says voters 46"),
    ("greedy", setting("blank", 46), "says blank 46"),
    ("greedy", setting("winners", ["3"]), "names the winners 3"),
    ("greedy", setting("spent", "1"), "says that 1 is spent"),
    ("greedy", setting("left", "1"), "says that 1 is left over"),
    ("greedy", setting("with_a_winner", 1), "a winner stands on 1 ballots"),
    ("greedy", setting("with_a_winner", None), "a winner stands on None ballots"),
    ("totals", setting("with_a_winner", 48), "a winner stands on 48 of"),
    ("few", setting("with_a_winner", 3), "a winner stands on 3 ballots; counted were None"),
    ("greedy", setting("tie_rules", ["drawn"]), "says tie_rules"),
    ("greedy", setting("shares", {"steps": 1}), "a course of Equal Shares where there is none"),
    ("add1-comparison", setting("shares", None), "a course of Equal Shares where there is none"),
    ("add1-comparison", shares("first_share", "3"), "says first_share 3"),
    ("add1-comparison", shares("share", "3"), "says share 3"),
    ("add1-comparison", shares("steps", 999), "says steps 999"),
    ("add1-comparison", shares("ended", "all_won"), "says ended all_won"),
    ("add1-comparison", shares("next_cost", "1"), "says next_cost 1"),
    ("add1-comparison", compared("better_with_greedy", 40), "says comparison"),
    ("greedy", setting("ties", [{"projects": ["1", "2"], "score": "5"}]), "equal to others at 5"),
    ("greedy", lambda content: content["projects"].pop(), "does not name each announced project once"),
    ("greedy", project("place", 2), "gives a place twice"),
    ("phragmen", project("place", 7), "says place 7"),
    ("greedy", project("reference", "B-1"), "says reference B-1"),
    ("greedy", project("title", "Another"), "“Another”, which was not announced"),
    ("greedy", project("score", "99"), "says 99 for project"),
    ("greedy", project("votes", 99), "counted were"),
    ("greedy", project("votes_paper", 1), "says votes_box None and votes_paper 1 for project"),
    ("greedy", project("votes_box", 1), "says votes_box 1 and votes_paper None for project"),
    ("greedy", project("cost", "1"), "says a cost of 1"),
    ("greedy", project("currency", "PLN"), "says currency PLN of project"),
    ("greedy", project("outcome", "no_votes"), "says “no_votes” of project"),
    ("greedy", project("outcome", "stopped", 3), "says “stopped” of project 4; counted was “no_votes”"),
    ("add1-comparison", project("outcome", "did_not_fit", -1), "says “did_not_fit” of project 4"),
    ("phragmen", project("outcome", "excluded", -1), "says “excluded” of project"),
    ("greedy", project("left_before", "1"), "says that 1 was left at the turn"),
    ("phragmen", project("left_before", "1"), "says that 1 was left at the turn"),
    ("greedy", project("short_by", "1"), "was short by 1"),
    ("greedy", project("excluded_by", "3"), "says that 3 excludes project"),
    ("greedy", project("chosen_by_city", True), "says chosen_by_city True"),
    ("greedy", project("longitude", 1.5), "says longitude 1.5"),
    ("greedy", project("latitude", 1.5), "says latitude 1.5"),
]


@pytest.mark.parametrize(("kind", "how", "said"), RESULTS, ids=[f"{kind}-{said}" for kind, _, said in RESULTS])
def test_a_changed_result_is_named(of_kind, kind, how, said):
    folder = of_kind(kind)
    edit(folder, "result.json", how)
    assert said in wrong(folder)


PUBLICATIONS = [
    ("greedy", setting("format", "plaza-publication-9"), "about another pot"),
    ("greedy", setting("pot", "another"), "about another pot"),
    ("greedy", setting("published", "nothing"), "says neither rows nor totals"),
    ("greedy", setting("by_rule", True), "says by_rule True, but ballots are not few"),
    ("few", setting("by_rule", False), "says by_rule False, but ballots are few"),
    ("greedy", setting("ballots", 46), "says 46 ballots, but there are 47"),
    ("totals", setting("ballots", 46), "says 46 ballots, but there are 47"),
    ("greedy", setting("unique_ballots", 40), "says 40 unique ballots"),
    ("ordinal", setting("unique_ballots", 40), "says 40 unique ballots"),
    ("points", setting("unique_ballots", 40), "says 40 unique ballots"),
    ("greedy", setting("annulled", "2026-01-01"), "ANNULLED"),
]


@pytest.mark.parametrize(("kind", "how", "said"), PUBLICATIONS, ids=[f"{kind}-{said}" for kind, _, said in PUBLICATIONS])
def test_a_changed_publication_is_named(of_kind, kind, how, said):
    folder = of_kind(kind)
    edit(folder, "publication.json", how)
    assert said in wrong(folder)


def replacing(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


BALLOTS = [
    ("greedy", replacing("description;Streets and squares", "description;Trees"), "says description Trees"),
    ("greedy", replacing("budget;1000\n", "budget;900\n"), "says budget 900"),
    ("greedy", replacing("num_votes;", "num_votes;1"), "says num_votes"),
    ("greedy", replacing("num_projects;", "num_projects;1"), "says num_projects"),
    ("greedy", replacing("vote_type;approval", "vote_type;choose-1"), "says vote_type choose-1"),
    ("greedy", replacing("rule;greedy-exclusive", "rule;greedy"), "says rule greedy,"),
    ("greedy", replacing("currency;EUR", "currency;PLN"), "says currency PLN"),
    ("greedy", replacing("max_length;2", "max_length;3"), "says max_length 3"),
    (
        "greedy",
        replacing("min_project_score_threshold;2", "min_project_score_threshold;9"),
        "says min_project_score_threshold 9",
    ),
    ("greedy", replacing("currency;EUR", "currency;EUR\nfully_funded;1"), "says fully_funded 1"),
    ("greedy", replacing("currency;EUR", "currency;EUR\nedition;2"), "says edition, which nobody announced"),
    ("points", replacing("max_sum_points;4", "max_sum_points;5"), "says max_sum_points 5"),
    ("points", replacing("max_points;3", "max_points;4"), "says max_points 4"),
    ("phragmen", replacing("max_sum_cost;1000", "max_sum_cost;900"), "says max_sum_cost 900"),
    ("greedy", replacing('[[""1"",""2""]]', '[[""1"",""3""]]'), "tells in its comment another rule"),
    ("greedy", replacing('""without_row"":', '""without_row"":1'), "tells in its comment another rule"),
    ("phragmen", replacing('""rule"":""phragmen""', '""rule"":""greedy""'), "tells in its comment another rule"),
    ("phragmen", replacing("plaza-count-1", "plaza-count-0"), "tells in its comment another rule"),
    ("greedy", replacing("Project number 1", "A statue"), "is called “A statue”"),
    ("greedy", replacing("\n1;300;", "\n1;300;1"), "says votes 1"),
    ("points", replacing(";Project number 1;", "1;Project number 1;"), "says score"),
    (
        "greedy",
        lambda text: text + "x;1\n",
        "1 ballots",
    ),
    ("greedy", lambda text: text.replace("number 3;1\n", "number 3;0\n"), "says selected 0 of project 3"),
    ("ordinal", lambda text: text.replace(";2,1\n", ";1,2\n", 1), "has 1 ballots that were not opened"),
]


@pytest.mark.parametrize(("kind", "how", "said"), BALLOTS, ids=[f"{kind}-{said}" for kind, _, said in BALLOTS])
def test_a_changed_file_of_ballots_is_named(of_kind, kind, how, said):
    folder = of_kind(kind)
    change(folder / "ballots.pb", how)
    assert said in wrong(folder)


@pytest.mark.parametrize("kind", KINDS)
def test_what_nothing_can_prove_is_listed(of_kind, kind):
    folder = of_kind(kind)
    code, said = verified(folder)
    assert code == 0, said
    unproven = "\n".join(line for line in said.splitlines() if line.startswith("not provable"))
    for words in ("manifest.json: shows damage alone", "certified_at, channels", "needed_score", "publication.json: reason"):
        assert words in unproven
    assert ("totals.json: all of it" in unproven) == (kind in ("totals", "few"))
    assert ("ballots.pb: country" in unproven) == (kind not in ("totals", "few"))


def test_every_field_of_the_result_is_recomputed_or_listed(of_kind):
    """A new field must be put into one of both lists."""
    listed = {"certified_at", "channels", "drawn_order", "counted"}
    of_projects = {"needed_score", "outranks", "payers", "paid_in_full", "paid_each", "supporters_had", "lacking"}
    result = json.loads((of_kind("add1-comparison") / "result.json").read_text())
    program = Path(verify.__file__).read_text()
    for name in {*result} - listed - {"projects"}:
        assert f'"{name}"' in program, name
    for name in {*result["projects"][0]} - of_projects - {"further_supporters"}:
        assert f'"{name}"' in program, name
