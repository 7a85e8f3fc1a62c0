"""One page with the results of all pots of a process."""

import csv
import io

from app.extensions import db
from app.features.budgets.models import PotState
from app.features.spaces.models import ProcessState
from tests.factories import budgets, spaces


def two_pots(**attributes):
    process = budgets.finished_process(**attributes)
    first, second = (
        budgets.finished_pot(process, title={"en": "North"}, position=1),
        budgets.finished_pot(process, title={"en": "South"}, position=2),
    )
    winner = budgets.project(first, title={"en": "A pond"}, cost=4_000_000)
    budgets.project(first, title={"en": "A wall"})
    budgets.certified(first, [winner], voters=10)
    other = budgets.project(second, title={"en": "A bridge"}, cost=1_000_000)
    budgets.certified(second, [other], voters=7)
    return process, first, second


def test_money_winners_and_turnout_of_all_pots_stand_on_one_page(client, session):
    process, first, second = two_pots()

    page = client.get(f"/budgets/of/{process.slug}/result").text

    assert "2 projects won." in page
    assert "€50,000" in page  # spent of both
    assert "€200,000" in page  # of both pots
    assert ">17<" in page  # ballots
    for pot in (first, second):
        assert f"/budgets/{pot.id}/result" in page
    assert "A pond" in page and "A bridge" in page  # noqa: PT018  one fact: both winners


def test_what_was_won_in_each_area_is_added_up(client, session):
    process, first, _second = two_pots()
    district = spaces.area(name={"en": "Harbour"}, parent=process.area)
    first.projects[0].area_id = district.id
    db.session.flush()

    page = client.get(f"/budgets/of/{process.slug}/result").text

    assert "Area by area" in page
    assert "Harbour" in page


def test_a_pot_that_is_not_certified_is_named_and_not_counted(client, session):
    process, _first, second = two_pots()
    second.state = PotState.COUNTED
    db.session.flush()

    page = client.get(f"/budgets/of/{process.slug}/result").text

    assert "Not everything is certified yet" in page
    assert "A bridge" not in page
    assert "A bridge" not in client.get(f"/budgets/of/{process.slug}/result.csv").text
    assert "A bridge" not in client.get(f"/budgets/of/{process.slug}/result.geojson").text


def test_without_a_certified_pot_the_page_says_what_comes(client, session):
    process = spaces.process()
    assert "There is no vote on money in this process." in client.get(f"/budgets/of/{process.slug}/result").text
    voted = spaces.process()
    budgets.project(budgets.pot(voted))
    assert "When the committee has certified a count" in client.get(f"/budgets/of/{voted.slug}/result").text
    assert client.get(f"/budgets/of/{voted.slug}/result.csv").status_code == 404


def test_the_spreadsheet_has_every_project_of_every_certified_pot(client, session):
    process, _first, _second = two_pots()

    rows = list(csv.DictReader(io.StringIO(client.get(f"/budgets/of/{process.slug}/result.csv").text.lstrip("\ufeff"))))

    assert [(row["pot"], row["title"], row["outcome"], row["ballots"]) for row in rows] == [
        ("North", "A pond", "won", "10"),
        ("North", "A wall", "no_votes", "10"),
        ("South", "A bridge", "won", "7"),
    ]


def test_the_map_marks_winners_and_others_of_all_pots(client, session):
    process, _first, _second = two_pots()

    found = client.get(f"/budgets/of/{process.slug}/result.geojson").json["features"]

    assert {one["properties"]["title"]: one["properties"]["state"] for one in found} == {
        "A pond": "accepted",
        "A wall": "open",
        "A bridge": "accepted",
    }


def test_the_results_of_a_draft_are_nobodys_to_read(client, session):
    process, _first, _second = two_pots(state=ProcessState.DRAFT)

    for path in ("result", "result.csv", "result.geojson"):
        assert client.get(f"/budgets/of/{process.slug}/{path}").status_code == 404
