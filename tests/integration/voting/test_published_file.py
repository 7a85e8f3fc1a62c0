"""`ballots.pb`: it passes the checker of the format and counts to the certified winners, whatever the rule and the pot."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pabulib.checker import Checker
from sqlalchemy import delete

from app.features.counting.cli import cli
from app.features.counting.use_cases import RULES, read_election
from app.features.voting.models import Ballot
from app.features.voting.package import files
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
        **{"limit_by_cost": False, "min_projects": 2, "max_projects": 3, "costs": (300_00, 500_00, 400_00, 0)},
        "ballots": ["1,2", "2,3", "1,4", "1,2,4", ""] * 8,
    },
    "more may be named than there are": {**LOOSE, "max_projects": 9},
    "stops when nothing fits": {"options": {"stop_when_exhaustive": True}, "costs": (300_00, 500_00, 200_00)},
    "yen": {"currency": "JPY"},
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
    ballots = attributes.pop("ballots", APPROVALS)
    options = {**NEEDED.get(rule, {}), **attributes.pop("options", {})}
    options.setdefault("tie_rules", ["lower_cost", "listed_first"])
    pot = voting.opened_pot(keyring, 1, **attributes, rule=rule, options=options)
    session.execute(delete(Ballot).where(Ballot.pot_id == pot.id))
    for one in ballots:
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
    assert {one: (why["votes"], float(why["score"]), why["reason"]) for one, why in found["why"].items()} == {
        one: (why["votes"], float(why["score"]), why["reason"]) for one, why in result["why"].items()
    }
    assert not [one for one in found["notices"] if one["code"] != "max_sum_cost"]
    return found


@pytest.mark.parametrize("kind", POTS.values(), ids=POTS)
@pytest.mark.parametrize("rule", RULES)
def test_approvals(session, keyring, tmp_path, rule, kind):
    holds(session, counted(keyring, session, rule, **kind), tmp_path)
