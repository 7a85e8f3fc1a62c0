"""The same election again, another version of it, damaged files, and files with all that published elections have."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.integration.voting.elections import (
    ballots,
    everything,
    importer,
    pots,
    the_import,
    the_pot,
    the_process,
    write,
)


def test_the_same_content_again_changes_nothing_and_says_so(app: Flask, session: Session, tmp_path: Path) -> None:
    path = write(tmp_path)
    run = importer(app)
    assert run(path).exit_code == 0
    before = everything()
    other_line_ends = tmp_path / "copy.pb"
    other_line_ends.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    answer = run(path, other_line_ends)
    assert answer.exit_code == 0
    assert answer.output.count("was imported before with the same content. Nothing changed") == 2
    assert everything() == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"meta": {"budget": "251"}}, "META budget: “250” → “251”"),
        ({"meta": {"district": None, "comment": "new"}}, "META comment: nothing → “new”"),
        ({"projects": ("p1;100", "p2;201")}, "PROJECTS p2 cost: “200” → “201”"),
        ({"projects": ("p1;100", "p2;200", "p3;5")}, "PROJECTS p3: nothing → “p3”"),
        ({"votes": ("v1;p2", "v2;p1,p2")}, "VOTES total p1 votes: “2” → “1”"),
        ({"votes": ("v1;p2", "v2;p1,p2")}, "VOTES ballots saying p1: “1” → “0”"),
        ({"votes": ("v1;p1", "v2;p1,p2", "v3;")}, "VOTES number: “2” → “3”"),
        ({"votes": ("v1;p1", "v3;p1,p2")}, "other voters, or another order"),
    ],
)
def test_changed_content_of_the_same_election_is_refused_with_the_difference(
    change: dict[str, Any], said: str, app: Flask, session: Session, tmp_path: Path
) -> None:
    run = importer(app)
    run(write(tmp_path))
    before = everything()
    answer = run(write(tmp_path, "changed.pb", **change))
    assert answer.exit_code == 1
    assert "was imported before with other content" in answer.output
    assert said in answer.output
    assert everything() == before


@pytest.mark.parametrize(
    "meta", [{"instance": "2021"}, {"unit": "Inne"}, {"subunit": "North"}, {"district": "South"}, {"country": "France"}]
)
def test_another_election_of_the_same_city_is_another_election(
    meta: dict[str, str | None], app: Flask, session: Session, tmp_path: Path
) -> None:
    run = importer(app)
    answer = run(write(tmp_path), write(tmp_path, "other.pb", meta=meta))
    assert answer.exit_code == 0, answer.output
    assert len(pots()) == 2


@pytest.mark.parametrize(
    ("parts", "line", "field"),
    [
        ({"projects": ("p1;100", "p2;-5")}, 18, "cost"),
        ({"votes": ("v1;p1", "v2;p9")}, 22, "vote"),
        ({"votes": ("v1;p1", "v1;p2")}, 22, "voter_id"),
        ({"meta": {"budget": "much"}}, 6, "budget"),
        ({"meta": {"vote_type": "shouting"}}, 7, "vote_type"),
        ({"meta": {"num_votes": "7"}}, 5, "num_votes"),
    ],
)
def test_a_damaged_file_names_line_and_field_and_changes_nothing(
    parts: dict[str, Any], line: int, field: str, app: Flask, session: Session, tmp_path: Path
) -> None:
    answer = importer(app)(write(tmp_path, **parts))
    assert answer.exit_code == 1
    assert f"line {line}, {field}: expected" in answer.output
    assert set(everything().values()) == {0}


def test_the_other_files_of_a_command_are_imported_all_the_same(app: Flask, session: Session, tmp_path: Path) -> None:
    damaged, empty = write(tmp_path, "damaged.pb", votes=("v1;p9",)), tmp_path / "empty.pb"
    empty.write_bytes(b"")
    answer = importer(app)(damaged, tmp_path / "not-there.pb", empty, tmp_path, write(tmp_path))
    assert answer.exit_code == 1
    assert "it cannot be read: No such file" in answer.output
    assert len(pots()) == 1
    assert "Traceback" not in answer.output


def test_a_file_that_changes_while_it_is_imported_leaves_nothing(
    app: Flask, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.features.voting.election_import import run

    path, real = write(tmp_path), run.write_head

    def and_then_it_changes(*args: Any, **kwargs: Any) -> Any:
        stored = real(*args, **kwargs)
        write(tmp_path, votes=("v1;p1", "v2;p2"))
        return stored

    monkeypatch.setattr(run, "write_head", and_then_it_changes)
    answer = importer(app)(path)
    assert answer.exit_code == 1
    assert "it has changed since" in answer.output
    assert set(everything().values()) == {0}


def test_without_coordinates_there_is_no_map_and_the_page_says_so(
    app: Flask, session: Session, client: FlaskClient, tmp_path: Path
) -> None:
    importer(app)(write(tmp_path))
    pot = the_pot()
    words = "has no places, so there is no map"
    for page in (f"/budgets/{pot.id}", f"/budgets/{pot.id}/result", f"/processes/{the_process().slug}"):
        text = client.get(page).text
        assert words in text
        assert 'class="map ' not in text


def test_decimal_money_is_kept_to_the_last_digit(app: Flask, session: Session, client: FlaskClient, tmp_path: Path) -> None:
    path = write(tmp_path, projects=("p1;100.505", "p2;33333.333333"), meta={"budget": "50000.5", "currency": "EUR"})
    importer(app)(path)
    pot = the_pot()
    assert (pot.amount, [project.cost for project in pot.projects]) == (50_000_500_000, [100_505_000, 33_333_333_333])
    text = client.get(f"/budgets/{pot.id}").text
    assert "€50,000.5" in text
    assert "€33,333.333333" in text


@pytest.mark.parametrize(
    ("currency", "country", "kept", "amount", "shown"),
    [
        ("JPY", "Japan", "JPY", 250, "¥250"),
        (None, "Hungary", "HUF", 25000, "HUF\u00a0250"),
        (None, "Atlantis", "XXX", 25000, "250"),
        ("points", "Worldwide", "XXX", 25000, "250"),
        ("QQQ", "Poland", "QQQ", 25000, "QQQ\u00a0250"),
    ],
)
def test_every_currency_is_shown_and_none_is_invented(
    currency: str | None, country: str, kept: str, amount: int, shown: str, app: Flask, session: Session,
    client: FlaskClient, tmp_path: Path,
) -> None:  # fmt: skip
    importer(app)(write(tmp_path, meta={"currency": currency, "country": country}))
    pot = the_pot()
    assert (pot.currency, pot.amount) == (kept, amount)
    assert f'<span class="budget__sum">{shown}</span>' in client.get(f"/budgets/{pot.id}").text


def test_a_file_that_says_next_to_nothing_is_imported(
    app: Flask, session: Session, client: FlaskClient, tmp_path: Path
) -> None:
    nothing = dict.fromkeys(("description", "country", "unit", "instance", "currency", "language", "date_end"))
    answer = importer(app)(write(tmp_path, meta=nothing))
    assert answer.exit_code == 0, answer.output
    pot = the_pot()
    assert [notice["code"] for notice in the_import().summary["notices"]] == ["no_dates", "currency", "no_name"]
    for path in ("", "/result", f"/projects/{pot.projects[0].reference}", "/projects/p1"):
        assert client.get(f"/budgets/{pot.id}{path}").status_code == 200


def test_what_was_odd_about_a_file_stands_on_its_page(
    app: Flask, session: Session, client: FlaskClient, tmp_path: Path
) -> None:
    projects = ("p1;0;A;0;0", "p2;999;B;52.1;21.0", "p3;1;C;52.2;")
    votes = ("v1;p1,p2,p3", "v2;")
    path = write(
        tmp_path,
        projects=projects,
        votes=votes,
        project_header="project_id;cost;name;latitude;longitude",
        meta={"max_length": "2", "date_end": "soon"},
    )
    answer = importer(app)(path)
    assert answer.exit_code == 0, answer.output
    found = {notice["code"] for notice in the_import().summary["notices"]}
    assert {"beyond_limits", "blank_ballot", "no_cost", "too_dear", "null_island", "half_a_place", "no_date"} <= found
    page = client.get(f"/budgets/{the_pot().id}").text
    assert "Ballots beyond the announced limits were counted." in page
    assert "Projects that cost more than the whole pot can never win." in page
    assert len(client.get(f"/budgets/{the_pot().id}/features.geojson").get_json()["features"]) == 1


def test_points_ranks_and_fractions_are_stored_as_they_were_cast(app: Flask, session: Session, tmp_path: Path) -> None:
    from sqlalchemy import select

    from app.features.voting.models import Ballot

    meta = {"vote_type": "cumulative", "max_sum_points": "5"}
    votes = ("v1;p2,p1;2.5,1", "v2;p1;5")
    importer(app)(write(tmp_path, votes=votes, vote_header="voter_id;vote;points", meta=meta))
    rows = session.execute(select(Ballot.choices, Ballot.points)).tuples().all()
    assert sorted(rows) == [("p1", "5"), ("p2,p1", "2.5,1")]
    pot = the_pot()
    assert {name: why["score"] for name, why in pot.result["why"].items()} == {"p1": "6", "p2": "5/2"}
    assert pot.max_points == 5
    assert ballots(pot) == 2


def test_an_address_that_is_taken_gets_a_number(app: Flask, session: Session, tmp_path: Path) -> None:
    from tests.factories import spaces

    spaces.process(slug="poland-testowo-2020")
    session.commit()
    importer(app)(write(tmp_path))
    assert "poland-testowo-2020-2" in [pot_process.slug for pot_process in _processes(session)]


def _processes(session: Session) -> list[Any]:
    from sqlalchemy import select

    from app.features.spaces.models import Process

    return list(session.scalars(select(Process)))
