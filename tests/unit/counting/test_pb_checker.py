"""Files we write, looked at by the checker of the collection that the format comes from (pabulib-checker)."""

import io
import os
from itertools import chain
from pathlib import Path

import pytest
from pabulib import checker

from app.features.counting.use_cases import Ballot, PbProject, PbVote, new_head, read_election, write_election

FOLDER = Path(os.environ.get("PLAZA_ELECTIONS") or Path(__file__).parents[4] / "shared" / "data" / "pabulib")
SMALL = [path for path in sorted(FOLDER.glob("*.pb")) if path.stat().st_size < 20_000]

META = {
    "description": "Budget of a small town; with a semicolon",
    "country": "Poland",
    "unit": "Wieliczka",
    "instance": "2026",
    "budget": "250.50",
    "rule": "equalshares/add1",
    "date_begin": "01.05.2026",
    "date_end": "14.05.2026",
    "currency": "PLN",
    "language": "pl",
}
TYPES = {
    "approval": ({"min_length": 1, "max_length": 2}, None),
    "choose-1": ({"rule": "greedy"}, None),
    "ordinal": ({"rule": "greedy", "max_length": 2}, None),
    "cumulative": ({"rule": "greedy", "max_sum_points": 5}, (3, 2)),
    "scoring": ({"rule": "greedy", "default_score": 0}, (3, 2)),
}


def complaints(text: str) -> dict:
    found = checker.Checker().process_files([text])
    assert found["metadata"]["processed"] == 1
    return next(value["results"] for value in found.values() if isinstance(value, dict) and "results" in value).get(
        "errors", {}
    )


@pytest.mark.parametrize("vote_type", TYPES)
def test_a_file_we_write_has_no_errors(vote_type):
    more, points = TYPES[vote_type]
    choices = ("p1",) if vote_type == "choose-1" else ("p1", "p2")
    rows = [
        PbProject("p1", 10050, votes=2, score=6 if points else 2, name='A "park"; with trees', selected=1),
        PbProject("p2", 20000, votes=len(choices) * 2 - 2, score=4 if points else 0, name="Więcej drzew", selected=0),
    ]
    columns = ["project_id", "cost", "votes", *(["score"] if points else []), "name", "selected"]
    head = new_head(
        {**META, "num_projects": 2, "num_votes": 2, "vote_type": vote_type, **more},
        rows,
        project_columns=columns,
        vote_columns=("voter_id", "vote", *(["points"] if points else [])),
    )
    out = io.StringIO()
    write_election(out, head, [PbVote("v1", Ballot(choices, points)), PbVote("v2", Ballot(choices, points))])
    assert complaints(out.getvalue()) == {}


@pytest.mark.skipif(not SMALL, reason=f"the published elections are not on this machine ({FOLDER})")
def test_published_elections_have_no_errors_after_we_have_written_them():
    for path in SMALL:
        election, out = read_election(path), io.StringIO()
        write_election(out, election.head, chain.from_iterable(election.votes()))
        assert complaints(out.getvalue()) == {}, path
