"""Real elections, counted from the ballots that were stored: the winners are those that the cities published."""

import csv
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.features.spaces.models import ProcessState
from tests.integration.voting.elections import (
    BIELANY,
    FOLDER,
    ballots,
    importer,
    needs_elections,
    official,
    the_import,
    the_pot,
    the_process,
)

pytestmark = needs_elections
LONG = {"Poland_Wroclaw_2015_150_-_500.pb", "Poland_Lodz_2022.pb"}


def _rule(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return next((line.strip().split(";")[1] for line in file if line.startswith("rule;")), "")


def _says_who_was_selected(path: Path) -> bool:
    with path.open(encoding="utf-8") as file:
        lines = iter(file)
        return "selected" in next((next(lines) for line in lines if line.strip() == "PROJECTS"), "")


FILES = sorted(FOLDER.glob("*.pb")) if FOLDER.is_dir() else []
RULES = ("greedy", "greedy-no-skip", "greedy-threshold", "equalshares/add1", "equalshares/add1-comparison")
COUNTED = [path for path in FILES if _rule(path) in RULES]
UNCOUNTED = [path for path in FILES if path not in COUNTED]


def _params(paths: list[Path]) -> list[object]:
    """Every file with one database; the long ones and every fifth with PostgreSQL too: what is counted is the same rows."""
    both = {path for at, path in enumerate(paths) if at % 5 == 0 or path.name in LONG}
    return [
        pytest.param(
            path,
            id=path.stem[:48],
            marks=[
                *([pytest.mark.slow, pytest.mark.timeout(180)] if path.name in LONG else []),
                *([] if path in both else [pytest.mark.one_database("sqlite")]),
            ],
        )
        for path in paths
    ]


def test_bielany_has_its_projects_places_and_ballots(app: Flask, session: Session, client: FlaskClient) -> None:
    answer = importer(app)(BIELANY)
    assert answer.exit_code == 0, answer.output
    pot = the_pot()
    assert (len(pot.projects), ballots(pot)) == (132, 8172)
    assert (pot.amount, pot.currency, pot.vote_type, pot.rule, pot.max_projects) == (432179100, "PLN", "approval", "greedy", 15)
    places = client.get(f"/budgets/{pot.id}/features.geojson").get_json()["features"]
    assert len(places) == 115
    assert len(client.get("/budgets/of/poland-warszawa-2021-bielany/features.geojson").get_json()["features"]) == 115
    page = client.get("/processes/poland-warszawa-2021-bielany")
    assert "132 projects" in page.text
    assert client.get(f"/budgets/{pot.id}").status_code == client.get(f"/budgets/{pot.id}/result").status_code == 200


def test_bielany_is_a_finished_process_of_2020_in_the_archive(app: Flask, session: Session) -> None:
    importer(app)(BIELANY)
    process = the_process()
    assert (process.state, process.imported, process.title["en"]) == (
        ProcessState.ARCHIVED,
        True,
        "District PB in Warszawa, Bielany, 2021",
    )
    (phase,) = process.phases
    assert (phase.starts_at.year, phase.ends_at.year, phase.actions) == (2020, 2020, ["vote"])
    assert {"culture", "sport", "education"} <= {next(iter(category.name.values())) for category in process.categories}
    assert any(len(project.categories) > 1 for project in the_pot().projects)
    assert process.area.west < 20.93 < process.area.east


def test_nothing_of_the_voters_is_stored(app: Flask, session: Session) -> None:
    importer(app)(BIELANY)
    pot = the_pot()
    assert pot.options["channels"] == {"web": 8162, "paper": 10}
    kept = {column.name for column in pot.metadata.tables["ballot"].columns}
    assert kept == {"id", "pot_id", "choices", "points"}


@pytest.mark.parametrize("path", _params([path for path in COUNTED if _says_who_was_selected(path)]))
def test_the_winners_are_those_that_the_city_published(path: Path, app: Flask, session: Session) -> None:
    answer = importer(app)(path)
    assert answer.exit_code == 0, answer.output
    pot = the_pot()
    assert ballots(pot) == pot.result["voters"]
    assert set(pot.result["winners"]) == official(pot)


def test_the_winners_are_the_same_when_the_file_does_not_say_them(app: Flask, session: Session, tmp_path: Path) -> None:
    importer(app)(_changed(BIELANY, tmp_path, _without_selected))
    pot = the_pot()
    assert official(pot) == set()
    assert set(pot.result["winners"]) == _selected_in(BIELANY)
    assert "has_official" in pot.options
    assert not pot.options["has_official"]


def test_one_changed_ballot_that_must_flip_a_winner_does(app: Flask, session: Session, tmp_path: Path) -> None:
    """Two projects that cost all there is are one vote apart; one voter who changes their mind decides."""
    from tests.integration.voting.elections import write

    votes = [*(f"a{n};p1" for n in range(3)), *(f"b{n};p2" for n in range(2)), "c;p1"]
    projects = ("p1;250", "p2;250")
    importer(app)(write(tmp_path, "before.pb", projects=projects, votes=votes))
    assert the_pot().result["winners"] == ["p1"]
    changed = [*(f"a{n};p2" if n < 2 else f"a{n};p1" for n in range(3)), *votes[3:]]
    importer(app)(write(tmp_path, "after.pb", projects=projects, votes=changed, meta={"instance": "2021"}))
    results = [pot.result["winners"] for pot in _all_pots()]
    assert ["p2"] in results


def test_a_ballot_that_decides_in_bielany_flips_the_last_winner(app: Flask, session: Session, tmp_path: Path) -> None:
    """The project that lost by the fewest votes gets just as many more: then it wins."""
    importer(app)(BIELANY)
    result = the_pot().result
    needed = {name: why["needed_score"] for name, why in result["why"].items() if why["needed_score"]}
    loser = min(needed, key=lambda name: needed[name])
    changed = _changed(BIELANY, tmp_path, _more_votes_for(loser, needed[loser]))
    text = changed.read_text(encoding="utf-8").replace("instance;2021", "instance;2021 changed", 1)
    changed.write_text(text, encoding="utf-8")
    answer = importer(app)(changed)
    assert answer.exit_code == 0, answer.output
    other = next(pot for pot in _all_pots() if pot.result["winners"] != result["winners"])
    assert loser in other.result["winners"]


@pytest.mark.parametrize("path", _params(UNCOUNTED))
def test_another_rule_is_never_counted_as_if_it_were_greedy(
    path: Path, app: Flask, session: Session, client: FlaskClient
) -> None:
    answer = importer(app)(path)
    assert answer.exit_code == 0, answer.output
    pot = the_pot()
    assert pot.result["supported"] is False
    assert "winners" not in pot.result
    assert ballots(pot) == pot.result["voters"] > 0
    page = client.get(f"/budgets/{pot.id}/result").text
    assert "Not counted here" in page


@pytest.mark.parametrize("path", _params([path for path in COUNTED if not _says_who_was_selected(path)]))
def test_an_election_that_does_not_say_its_winners_is_counted_all_the_same(path: Path, app: Flask, session: Session) -> None:
    answer = importer(app)(path)
    assert answer.exit_code == 0, answer.output
    assert the_pot().result["supported"]
    assert the_import().summary["complete"]


def _all_pots() -> list[object]:
    from tests.integration.voting.elections import pots

    return list(pots())


def _selected_in(path: Path) -> set[str]:
    rows = _projects(path)
    return {row["project_id"] for row in rows if row["selected"] == "1"}


def _projects(path: Path) -> list[dict[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    start, end = lines.index("PROJECTS"), lines.index("VOTES")
    return list(csv.DictReader(lines[start + 1 : end], delimiter=";"))


def _changed(path: Path, folder: Path, change: object) -> Path:
    """A copy of a file with other rows; `change` gets (section, columns, row) and returns the row."""
    section, columns, out = "", [], []
    lines = path.read_text(encoding="utf-8").splitlines()
    for row in csv.reader(lines, delimiter=";"):
        if row and row[0] in ("META", "PROJECTS", "VOTES") and len(row) == 1:
            section, columns = row[0], []
        elif not columns:
            columns = row
        else:
            row = change(section, columns, row)  # type: ignore[operator]
        out.append(row)
    target = folder / "changed.pb"
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(out)
    return target


def _without_selected(section: str, columns: list[str], row: list[str]) -> list[str]:
    if section == "PROJECTS":
        row[columns.index("selected")] = ""
    return row


def _more_votes_for(project: str, number: int) -> object:
    left = [number]

    def change(section: str, columns: list[str], row: list[str]) -> list[str]:
        if section == "VOTES" and left[0] and project not in row[columns.index("vote")].split(","):
            chosen = row[columns.index("vote")].split(",")
            if len(chosen) < 15:
                row[columns.index("vote")] = ",".join([*chosen, project])
                left[0] -= 1
        return row

    return change
