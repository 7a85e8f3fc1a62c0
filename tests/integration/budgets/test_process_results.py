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


def test_the_spreadsheets_have_every_channel_beside_the_others(client, session):
    process = spaces.process("Vote", slug="vote-by-channel")
    north, south, east = (
        budgets.finished_pot(process, title={"en": name}, position=at) for at, name in enumerate(("North", "South", "East"))
    )
    paper = {"stations": 2, "participations": 40, "ballots": 40, "blank": 0, "invalid": 0, "points": {}}
    for pot, channels, votes in (
        (north, {"web": 60, "kiosk": 35, "paper": 40}, {"1": 39}),
        (south, {"web": 100, "joined": 35}, None),
        (east, {}, None),
    ):
        project = budgets.project(pot, number="1")
        budgets.certified(pot, [project], channels=channels)
        counted = {**pot.result, "voters": sum(channels.values()), **({"paper": {**paper, "votes": votes}} if votes else {})}
        counted["why"] = {"1": {**counted["why"]["1"], "votes": 90}}
        pot.result = counted
    session.commit()

    def row(address, at):
        found = list(csv.DictReader(io.StringIO(client.get(address).text.lstrip("\ufeff"))))[at]
        return {name: value for name, value in found.items() if name.startswith(("ballots", "votes_"))}

    every = dict.fromkeys(("kiosk", "paper", "desk", "phone", "unknown", "joined", "web"), "0")
    for at, pot in enumerate((north, south, east)):
        assert row(f"/budgets/of/{process.slug}/result.csv", at) == row(f"/budgets/{pot.id}/result.csv", 0)
    told = {"ballots": "135", "votes_box": "51", "votes_paper": "39"}
    ways = every | {"web": "60", "kiosk": "35", "paper": "40"}
    assert row(f"/budgets/{north.id}/result.csv", 0) == told | {f"ballots_{way}": number for way, number in ways.items()}
    told = {"ballots": "135", "votes_box": "", "votes_paper": ""}
    ways = dict.fromkeys(every, "") | {"web": "100", "joined": "35"}
    assert row(f"/budgets/{south.id}/result.csv", 0) == told | {f"ballots_{way}": number for way, number in ways.items()}
    assert row(f"/budgets/{east.id}/result.csv", 0)["ballots_web"] == ""


def test_votes_on_paper_do_not_stand_apart_where_they_are_few(client, session):
    pot = budgets.finished_pot()
    budgets.certified(pot, [budgets.project(pot, number="1")], channels={"joined": 60})
    few = {"ballots": 29, "blank": 0, "votes": {"1": 29}, "points": {}}
    pot.result = {**pot.result, "voters": 60, "paper": few}
    session.commit()
    (row,) = csv.DictReader(io.StringIO(client.get(f"/budgets/{pot.id}/result.csv").text.lstrip("\ufeff")))
    assert (row["votes_box"], row["votes_paper"], row["ballots_paper"], row["ballots_joined"]) == ("", "", "", "60")


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
