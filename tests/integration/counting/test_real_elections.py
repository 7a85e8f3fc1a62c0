"""Published elections of real cities: each is read, and each that names a rule of ours is counted to its official winners."""

import csv
import io
import json
import os
import tracemalloc
from itertools import chain
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.features.counting.cli import cli
from app.features.counting.use_cases import (
    Ended,
    PbElection,
    ballots_with_a_winner,
    count_election,
    read_election,
    supported,
    wants_ballots,
    write_election,
)

FOLDER = Path(os.environ.get("PLAZA_ELECTIONS") or Path(__file__).parents[4] / "shared" / "data" / "pabulib")
FILES = sorted(FOLDER.glob("*.pb"))
WROCLAW = FOLDER / "Poland_Wroclaw_2015_150_-_500.pb"
WOLA = FOLDER / "Poland_Warszawa_2021_Wola.pb"

pytestmark = pytest.mark.skipif(not FILES, reason=f"the published elections are not on this machine ({FOLDER})")

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[:60])


def announced(path: Path, key: str) -> str:
    with path.open(encoding="utf-8-sig") as file:
        return next((line.rstrip().partition(";")[2] for line in file if line.startswith(f"{key};")), "")


def has_official_winners(path: Path) -> bool:
    with path.open(encoding="utf-8-sig") as file:
        return any("selected" in line.rstrip().split(";") for line in file if line.startswith("project_id;"))


COUNTED = [path for path in FILES if supported(announced(path, "rule"), announced(path, "vote_type"))]
WITH_WINNERS = [path for path in COUNTED if has_official_winners(path)]


def without_results(path: Path) -> bytes:
    """The file with its columns `votes`, `score` and `selected` blanked, by other code than that under test."""
    out, section, columns = io.StringIO(), "", []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file, delimiter=";"):
            if row in (["META"], ["PROJECTS"], ["VOTES"]):
                section, columns = row[0], []
            elif not columns:
                columns = row
            elif section == "PROJECTS":
                row = [
                    "" if column in ("votes", "score", "selected") else value
                    for column, value in zip(columns, row, strict=True)
                ]
            csv.writer(out, delimiter=";", lineterminator="\n").writerow(row)
    return out.getvalue().encode()


def official_winners(election: PbElection) -> set[str]:
    return {project.project_id for project in election.head.projects if project.selected == 1}


@each_file
def test_every_published_election_is_read(path):
    election = read_election(path)
    assert election.tally.voters == int(announced(path, "num_votes")) == sum(map(len, election.votes()))
    # the sums that the cities published agree with the ballots, so no notice says otherwise
    assert {notice.code for notice in election.notices} <= {"min_sum_points"}


@pytest.mark.parametrize("path", [path for path in FILES if path.stat().st_size < 300_000], ids=lambda path: path.stem[:60])
def test_every_published_election_is_written_and_read_back_the_same(path):
    election, out = read_election(path), io.StringIO()
    write_election(out, election.head, chain.from_iterable(election.votes()))
    assert read_election(out.getvalue().encode()) == election


@pytest.mark.parametrize("path", WITH_WINNERS, ids=lambda path: path.stem[:60])
def test_the_ballots_alone_give_the_official_winners(path):
    official = official_winners(read_election(path))
    blanked = read_election(without_results(path))
    assert official_winners(blanked) == set()
    assert all(project.votes is project.score is None for project in blanked.head.projects)
    assert set(count_election(blanked).winners) == official
    assert official


def test_every_kind_of_ballot_is_among_the_elections_with_official_winners():
    kinds = {(announced(path, "rule"), announced(path, "vote_type")) for path in WITH_WINNERS}
    assert {("greedy-exclusive", "approval"), ("greedy-threshold", "cumulative")} <= kinds
    assert {("equalshares/add1", "approval"), ("equalshares/add1-comparison", "approval")} <= kinds
    assert {("greedy", "approval"), ("greedy", "cumulative"), ("greedy", "ordinal"), ("greedy-no-skip", "choose-1")} <= kinds
    assert len(WITH_WINNERS) >= 30


@pytest.mark.parametrize(
    ("town", "voters", "won", "projects", "cost", "budget"),
    [("Wieliczka_2023_Green_Budget", 6586, 30, 64, 995_079, 1_000_000), ("Swiecie_2023", 2553, 17, 22, 1_040_337, 1_070_000)],
)
def test_the_published_outcomes_of_equal_shares_are_reproduced_to_the_zloty(town, voters, won, projects, cost, budget):
    election = read_election(FOLDER / f"Poland_{town}.pb", keep_ballots=wants_ballots())
    result = count_election(election)
    assert (result.voters, len(result.winners), len(result.why)) == (voters, won, projects)
    assert (result.cost, result.budget) == (cost * 100, budget * 100)
    assert result.ties == ()
    assert ballots_with_a_winner(election.tally.ballots.items(), result.winners) > 0.8 * voters


def test_stopping_once_no_project_fits_would_have_given_wieliczka_other_winners():
    election = read_election(FOLDER / "Poland_Wieliczka_2023_Green_Budget.pb", keep_ballots=wants_ballots())
    official, stopped = count_election(election), count_election(election, stop_when_exhaustive=True)
    assert (len(official.winners), len(stopped.winners)) == (30, 31)
    assert stopped.shares.ended is Ended.EXHAUSTIVE
    compared = official.shares.comparison
    assert (compared.greedy_preferred, official.winners) == (False, compared.shares_winners)
    assert set(compared.greedy_winners) == set(count_election(election, rule="greedy").winners)


@pytest.mark.slow
def test_equal_shares_leave_fewer_people_in_lodz_without_anything_than_the_official_rule():
    election = read_election(FOLDER / "Poland_Lodz_2022.pb", keep_ballots=wants_ballots("equalshares/add1"))
    ballots = election.tally.ballots.items()
    shares = ballots_with_a_winner(ballots, count_election(election, rule="equalshares/add1").winners)
    greedy = ballots_with_a_winner(ballots, count_election(election).winners)
    assert greedy < shares <= election.tally.voters


def test_one_changed_ballot_changes_who_wins_in_a_close_race():
    election = read_election(WOLA)
    before = count_election(election)
    close = before.why["1184"]
    assert (close.needed_score, close.outranks) == (2, "505")

    rows = WOLA.read_text(encoding="utf-8").splitlines()
    start = rows.index("VOTES") + 2
    for index, row in enumerate(rows[start:], start=start):
        choices = row.split(";")[1].split(",")
        if "505" in choices and "1184" not in choices:
            rows[index] = row.replace(",".join(choices), ",".join("1184" if one == "505" else one for one in choices))
            break
    after = count_election(read_election("\n".join(rows).encode()))
    assert set(after.winners) - set(before.winners) == {"1184"}
    assert "505" in set(before.winners) - set(after.winners)


@pytest.mark.slow
def test_the_largest_election_is_read_without_keeping_its_ballots():
    tracemalloc.start()
    try:
        election = read_election(WROCLAW)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert election.tally.voters == 131_778
    # eight bytes for each voter, one batch of rows, and the projects; all ballots would take some 60 MB
    assert peak < 15_000_000


@pytest.mark.slow
def test_the_command_answers_for_every_file_and_counts_what_it_can():
    result = CliRunner().invoke(cli, ["count", "--json", *map(str, FILES)])
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [answer["file"] for answer in answers] == [str(path) for path in FILES]
    refused = {answer["file"]: answer["error"]["field"] for answer in answers if "error" in answer}
    assert refused == {str(path): "rule" for path in FILES if path not in COUNTED}
    for answer in answers:
        if "winners" in answer:
            assert answer["cost"] <= answer["budget"]
            assert set(answer["winners"]) == {name for name, why in answer["why"].items() if why["reason"] == "won"}
