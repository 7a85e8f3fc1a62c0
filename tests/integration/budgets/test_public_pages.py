"""What residents see of budgets: votes, projects, results; and what they do not see."""

import csv
import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.budgets.models import PotState
from app.features.proposals.models import ProposalState
from app.features.spaces.models import ProcessState
from app.kernel.permissions import Role
from tests.factories import budgets, proposals, spaces


class Reader:
    """A browser; what the test has built so far is kept before each look at a page."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def get(self, *args: Any, **kwargs: Any) -> Any:
        db.session.commit()
        return self._client.get(*args, **kwargs)


@pytest.fixture
def client(app: Flask, session: Session) -> Reader:
    """Signed in as nobody."""
    return Reader(app.test_client())


def test_votes_stand_under_what_one_can_do_with_them(client: Reader) -> None:
    running = budgets.pot(title={"en": "Open pot"})
    budgets.finished_pot(title={"en": "Pot being counted"})
    over = budgets.finished_pot(title={"en": "Pot with a result"})
    budgets.certified(over, [budgets.project(over)])
    budgets.pot(title={"en": "Secret draft"}, state=PotState.DRAFT)
    text = client.get("/budgets").text
    heads = (
        "You can vote now",
        "Open pot",
        "Being counted",
        "Pot being counted",
        "What became of earlier votes",
        "Pot with a result",
    )
    assert [text.index(words) for words in heads] == sorted(text.index(words) for words in heads)
    assert "Secret draft" not in text
    assert f"/budgets/{running.id}" in text
    assert f"/budgets/{over.id}/result" in text


def test_without_any_vote_the_page_says_what_to_do_next(client: Reader) -> None:
    assert "There is no budget to vote on yet" in client.get("/budgets").text


def test_one_process_at_a_time(client: Reader) -> None:
    one, other = spaces.process("Parks", slug="parks"), spaces.process("Streets", slug="streets")
    budgets.pot(one, title={"en": "Park money"})
    budgets.pot(other, title={"en": "Street money"})
    text = client.get("/budgets?process=parks").text
    assert "Park money" in text
    assert "Street money" not in text
    assert client.get("/budgets?process=nothing-like-this").status_code == 200


def test_many_earlier_votes_are_paged(client: Reader) -> None:
    for n in range(30):
        budgets.certified(budgets.finished_pot(title={"en": f"Vote number {n}"}), [])
    first, second = client.get("/budgets").text, client.get("/budgets?page=2").text
    found = [n for n in range(30) if f"Vote number {n}<" in first or f"Vote number {n}\n" in first]
    assert len(found) == 24
    assert "1 to 24 of 30" in first
    assert "25 to 30 of 30" in second


def test_a_pot_says_how_much_how_to_vote_and_how_it_is_decided(client: Reader) -> None:
    pot = budgets.pot(amount=12_345_600)
    budgets.project(pot, title={"en": "A fountain"}, cost=2_500_050)
    text = client.get(f"/budgets/{pot.id}").text
    for words in ("€123,456", "You can choose up to 3 projects.", "A fountain", "€25,000.50", "never wins", "until"):
        assert words in text


def test_projects_can_be_searched_filtered_and_sorted_by_the_address(client: Reader) -> None:
    process = spaces.process()
    green, sport = spaces.category(process, "Green", code="green"), spaces.category(process, "Sport", code="sport")
    pot = budgets.pot(process)
    budgets.project(pot, title={"en": "Old oak"}, categories=[green], cost=900)
    budgets.project(pot, title={"en": "New oak"}, categories=[green, sport], cost=100)
    budgets.project(pot, title={"en": "Goal posts"}, categories=[sport], cost=500)
    url = f"/budgets/{pot.id}"

    def listed(query: str) -> list[str]:
        text = client.get(f"{url}?{query}").text
        places = {name: text.find(f">{name}</a>") for name in ("Old oak", "New oak", "Goal posts")}
        return [name for name, place in sorted(places.items(), key=lambda pair: pair[1]) if place >= 0]

    assert listed("sort=cheap") == ["New oak", "Goal posts", "Old oak"]
    assert listed("sort=dear&category=green") == ["Old oak", "New oak"]
    assert listed("q=OAK+new") == ["New oak"]
    assert listed("q=nothing") == []
    assert set(listed("category=there-is-none&sort=strange&page=0")) == {"Old oak", "New oak", "Goal posts"}
    places = client.get(f"{url}/features.geojson?category=sport").get_json()["features"]
    assert {place["properties"]["title"] for place in places} == {"New oak", "Goal posts"}


def test_the_fair_order_is_the_same_all_day_and_another_tomorrow(client: Reader, clock: object) -> None:
    pot = budgets.pot()
    for n in range(12):
        budgets.project(pot, title={"en": f"Project {chr(65 + n)}"})

    def order() -> list[int]:
        text = client.get(f"/budgets/{pot.id}").text
        return [text.index(f">Project {chr(65 + n)}</a>") for n in range(12)]

    def ranks() -> list[int]:
        places = order()
        return sorted(range(12), key=places.__getitem__)

    today = ranks()
    assert ranks() == today
    assert today != list(range(12))
    clock.advance(days=1)  # type: ignore[attr-defined]
    assert ranks() != today


def test_a_project_shows_the_proposals_it_was_made_from_but_never_hidden_ones(client: Reader) -> None:
    process = spaces.process()
    shown = proposals.proposal(process, title="A tree for the square")
    hidden = proposals.proposal(process, title="Something that was hidden", state=ProposalState.HIDDEN)
    pot = budgets.pot(process)
    project = budgets.project(pot, made_from=[shown, hidden], number="7/2026")
    for name in (project.reference, "7/2026"):
        text = client.get(f"/budgets/{pot.id}/projects/{name}").text
        assert "A tree for the square" in text
        assert "Something that was hidden" not in text
        assert hidden.reference not in text


def test_before_certification_there_is_no_result_and_no_count(client: Reader) -> None:
    counted = budgets.finished_pot()
    winner = budgets.project(counted)
    budgets.certified(counted, [winner])
    counted.state = PotState.COUNTED
    page = client.get(f"/budgets/{counted.id}/result")
    assert page.status_code == 200
    assert "The count is not certified yet" in page.text
    words = re.sub(r"<[^>]*>", " ", page.text.split("<main")[1].split("</main>")[0])  # addresses hold any digits
    assert not re.search(r"\b10\s+(ballot|vote|people|point)", words)
    assert client.get(f"/budgets/{counted.id}/result.json").status_code == 404
    assert client.get(f"/budgets/{counted.id}/result.csv").status_code == 404
    places = client.get(f"/budgets/{counted.id}/features.geojson?view=result").get_json()["features"]
    states = {one["properties"]["state"] for one in places}
    assert states == {"project"}
    assert "Won" not in client.get(f"/budgets/{counted.id}/projects/{winner.reference}").text
    open_pot = budgets.pot()
    assert "Nothing is counted before that" in client.get(f"/budgets/{open_pot.id}/result").text


def test_the_result_says_for_each_project_why(client: Reader) -> None:
    pot = budgets.finished_pot(amount=300_000)
    won, dear = (
        budgets.project(pot, title={"en": "The winner"}, cost=250_000),
        budgets.project(pot, title={"en": "The dear one"}, cost=90_000),
    )
    budgets.certified(pot, [won])
    pot.result["why"][dear.number] |= {"reason": "did_not_fit", "score": "4", "votes": 4, "left": 50_000, "short_by": 40_000}
    pot.result["why"][dear.number] |= {"needed_score": 7, "outranks": won.number}
    text = client.get(f"/budgets/{pot.id}/result").text
    for words in (
        "1 project won.",
        "€500 is left",
        "€400 too little",
        "With 7 more votes it would have won, ahead of “The winner”.",
    ):
        assert words in text
    lost = client.get(f"/budgets/{pot.id}/result?show=lost").text.split('id="table"')[1]
    assert ">The winner</a>" not in lost
    assert ">The dear one</a>" in lost


def test_winners_are_marked_on_the_map_by_a_sign_and_a_word(client: Reader) -> None:
    pot = budgets.finished_pot()
    won, lost = budgets.project(pot), budgets.project(pot)
    budgets.certified(pot, [won])
    places = client.get(f"/budgets/{pot.id}/features.geojson?view=result").get_json()["features"]
    found = {one["id"]: (one["properties"]["state"], one["properties"]["state_label"]) for one in places}
    assert found == {won.reference: ("accepted", "Won"), lost.reference: ("open", "Not funded")}
    only = client.get(f"/budgets/{pot.id}/features.geojson?view=result&show=won").get_json()["features"]
    assert [one["id"] for one in only] == [won.reference]


def test_totals_by_channel_stand_side_by_side(client: Reader) -> None:
    pot = budgets.finished_pot()
    budgets.certified(pot, [budgets.project(pot)], channels={"web": 1234, "desk": 5, "carrier pigeon": 1})
    text = client.get(f"/budgets/{pot.id}/result").text
    for words in ("On the web", "1,234", "At the desk", "carrier pigeon"):
        assert words in text


@pytest.mark.parametrize(("on_paper", "said"), [(40, True), (29, False), (0, False)])
def test_a_projects_votes_on_paper_stand_beside_those_on_screens_unless_they_are_few(client: Reader, on_paper, said) -> None:
    pot = budgets.finished_pot()
    one, other = budgets.project(pot), budgets.project(pot)
    budgets.certified(pot, [one], channels={"web": 60, "paper": on_paper})
    why = {**pot.result["why"], one.number: {**pot.result["why"][one.number], "votes": 75, "score": "75"}}
    paper = {"ballots": on_paper, "blank": 0, "votes": {one.number: min(31, on_paper)}, "points": {}}
    pot.result = {**pot.result, "voters": 60 + on_paper, "why": why, "paper": paper}
    assert ("44 on screens, 31 on paper" in client.get(f"/budgets/{pot.id}/result").text) is said
    told = {row["number"]: row for row in client.get(f"/budgets/{pot.id}/result.json").json["projects"]}
    assert (told[one.number]["votes_box"], told[one.number]["votes_paper"]) == ((44, 31) if said else (None, None))
    assert told[other.number]["votes_paper"] == (0 if said else None)


def test_a_tie_names_its_projects_and_the_rule_that_decided(client: Reader) -> None:
    pot = budgets.finished_pot()
    one, other = budgets.project(pot, title={"en": "Red slide"}), budgets.project(pot, title={"en": "Blue slide"})
    tie = {"projects": [one.number, other.number], "score": "9", "decided_by": ["lower_cost"], "decisive": True}
    budgets.certified(pot, [one], ties=[tie])
    text = client.get(f"/budgets/{pot.id}/result").text
    assert "Red slide, Blue slide" in text
    assert "the tie decided who won; the cheaper project goes first." in text


def test_where_our_count_and_the_citys_differ_both_are_shown(client: Reader) -> None:
    process = budgets.finished_process(imported=True, state=ProcessState.ARCHIVED)
    pot = budgets.finished_pot(process, options={"imported": True, "has_official": True})
    ours = budgets.project(pot, title={"en": "Only ours"}, official_selected=False)
    budgets.project(pot, title={"en": "Only theirs"}, official_selected=True)
    budgets.certified(pot, [ours], imported=True)
    text = client.get(f"/budgets/{pot.id}/result").text
    assert "Not the same as the city" in text
    assert text.index("Won here, not chosen by the city") < text.index("Only ours")
    assert text.index("Chosen by the city, not won here") < text.index("Only theirs")


def test_the_result_can_be_taken_home(client: Reader) -> None:
    pot = budgets.finished_pot(amount=300_050)
    won = budgets.project(pot, title={"en": "=1+1"}, cost=250_000)
    budgets.project(pot, lon=None, lat=None)
    budgets.certified(pot, [won])
    data = client.get(f"/budgets/{pot.id}/result.json").get_json()
    assert (data["winners"], data["budget"], data["left"], data["counted"]) == ([won.number], "3000.50", "500.50", True)
    assert data["projects"][0]["number"] == won.number
    answer = client.get(f"/budgets/{pot.id}/result.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert (rows[0]["title"], rows[0]["cost"], rows[0]["outcome"], rows[1]["outcome"]) == (
        "'=1+1",
        "2500.00",
        "won",
        "no_votes",
    )
    again = client.get(f"/budgets/{pot.id}/result.csv", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("page", ["", "/result", "/features.geojson", "/projects/1"])
def test_a_draft_answers_like_a_pot_that_does_not_exist(page: str, client: Reader, app: Flask, as_role: object) -> None:
    process = spaces.process()
    pot = budgets.pot(process, state=PotState.DRAFT)
    budgets.project(pot, number="1")
    pot_id = pot.id
    committee = as_role(Role.COMMITTEE, process)  # type: ignore[operator]
    assert client.get(f"/budgets/{pot_id}{page}").status_code == 404
    assert committee.get(f"/budgets/{pot_id}{page}").status_code == 200


def test_pots_of_a_draft_process_are_not_shown(client: Reader, session: Session) -> None:
    process = spaces.process(state=ProcessState.DRAFT)
    pot = budgets.pot(process, title={"en": "Too early"})
    assert client.get(f"/budgets/{pot.id}").status_code == 404
    assert "Too early" not in client.get("/budgets").text


def test_two_hundred_projects_take_as_many_statements_as_two(client: Reader, query_counter: Any) -> None:
    process = spaces.process()
    categories = [spaces.category(process, f"Category {n}") for n in range(5)]
    few, many = budgets.pot(process), budgets.pot(process)
    counts = []
    for pot, number in ((few, 2), (many, 200)):
        for n in range(number):
            budgets.project(pot, categories=categories[: 1 + n % 5])
    for url in (f"/budgets/{few.id}", f"/budgets/{many.id}"):
        client.get(url)
        with query_counter() as queries:
            assert client.get(url).status_code == 200
        counts.append(queries.count)
    assert counts[1] <= counts[0]


def test_a_finished_process_leads_to_its_result_and_offers_nothing_that_is_over(client, db):
    process = spaces.process(slug="old", state=ProcessState.ARCHIVED)
    pot = budgets.finished_pot(process)
    winner = budgets.project(pot)
    budgets.certified(pot, [winner])
    db.session.commit()
    page = client.get("/processes/old").get_data(as_text=True)
    panel = page[page.index('id="now"') : page.index("</aside>")]
    assert f'href="/budgets/{pot.id}/result"' in panel
    assert "See the result" in panel
    assert "Vote on the budget" not in panel
    assert page.count("This process is in the archive") == 1
