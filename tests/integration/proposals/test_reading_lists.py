"""The list: what is in it, in which order, and that every state of it has an address."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from app.extensions import db as database
from app.features.proposals.models import PlaceKind, ProposalState
from app.features.proposals.queries import Filters, Sort, published
from app.features.spaces.models import ProcessState
from tests.factories import proposals, spaces


@pytest.fixture
def process(session):
    return spaces.process(area=spaces.area("City", code="city"), slug="district")


def shown(response):
    """Titles of the cards, in their order."""
    assert response.status_code == 200
    return re.findall(r'class="card__title"><a[^>]*>([^<]+)</a>', response.text)


def found(session, **filters):
    return [proposal.title for proposal in published(session, Filters(**filters)).items]


@pytest.mark.parametrize("state", [state for state in ProposalState if state is not ProposalState.PUBLISHED])
def test_what_is_not_published_is_nowhere(client, session, process, state):
    proposals.proposal(process, title="Seen by all")
    hidden = proposals.proposal(process, title="Seen by nobody", state=state, published_at=None)
    database.session.commit()
    for path in (
        "/proposals",
        "/proposals?sort=newest",
        "/proposals?q=nobody",
        f"/proposals?q={hidden.reference}",
        "/proposals/features.geojson",
        "/proposals/feed.atom",
        "/api/v1/proposals",
        "/api/v1/proposals?q=seen",
    ):
        assert "Seen by nobody" not in client.get(path).text, path
    assert client.get(f"/proposals/{hidden.reference}").status_code == 404
    assert client.get(f"/proposals/{hidden.reference}/print").status_code == 404
    assert client.get(f"/api/v1/proposals/{hidden.reference}").status_code == 404
    assert client.get(f"/api/v1/proposals/{hidden.reference}/comments").status_code == 404


def test_proposals_of_a_process_that_is_not_public_are_nowhere(client, session):
    draft = spaces.process(state=ProcessState.DRAFT, slug="secret")
    proposal = proposals.proposal(draft, title="Not yet")
    database.session.commit()
    for path in ("/proposals", "/proposals?process=secret", "/proposals/features.geojson", "/api/v1/proposals"):
        assert "Not yet" not in client.get(path).text, path
    assert client.get(f"/proposals/{proposal.reference}").status_code == 404


def test_the_filters_narrow_the_list_down_and_the_map_with_it(client, session, process):
    city = process.area
    west = spaces.area("West", code="west", box=(24.90, 60.15, 24.95, 60.20), parent=city)
    corner = spaces.area("Corner", code="corner", box=(24.90, 60.15, 24.92, 60.17), parent=west)
    green = spaces.category(process, "Green", code="green")
    other = spaces.process("Other", slug="other", area=city)
    proposals.proposal(process, title="in the west", area_id=west.id)
    proposals.proposal(process, title="in the corner", area_id=corner.id, category_id=green.id)
    proposals.proposal(process, title="answered", answer_status="accepted")
    proposals.proposal(process, title="everywhere", at=None)
    proposals.proposal(other, title="elsewhere")
    database.session.commit()
    expected = {
        "area=west": {"in the west", "in the corner"},
        "area=corner": {"in the corner"},
        "category=green": {"in the corner"},
        "answer=accepted": {"answered"},
        "answer=none": {"in the west", "in the corner", "everywhere", "elsewhere"},
        "place=none": {"everywhere"},
        "place=map": {"in the west", "in the corner", "answered", "elsewhere"},
        "process=other": {"elsewhere"},
        "process=district&area=west&category=green&answer=none&place=map": {"in the corner"},
        "q=corner": {"in the corner"},
        "answer=nonsense&area=nowhere&process=none&category=x&place=y&sort=z&view=q&page=-1": {
            "in the west", "in the corner", "answered", "everywhere", "elsewhere",
        },
    }  # fmt: skip
    for query, titles in expected.items():
        assert set(shown(client.get(f"/proposals?{query}"))) == titles, query
        features = client.get(f"/proposals/features.geojson?{query}").json["features"]
        assert {feature["properties"]["title"] for feature in features} == titles - {"everywhere"}, query
        if "nonsense" not in query:
            assert {item["title"] for item in client.get(f"/api/v1/proposals?{query}").json["items"]} == titles, query


def test_a_proposal_about_a_whole_area_is_not_a_pin(client, session, process):
    proposals.proposal(process, place_kind=PlaceKind.AREA, geojson=None)
    database.session.commit()
    assert client.get("/proposals/features.geojson").json["features"] == []


def test_the_fair_order_is_the_same_all_day_and_another_one_tomorrow(client, session, process, clock):
    for n in range(30):
        proposals.proposal(process, title=f"number {n}")
    database.session.commit()
    today = shown(client.get("/proposals"))
    clock.advance(hours=5)
    assert shown(client.get("/proposals")) == today
    clock.advance(days=1)
    assert shown(client.get("/proposals")) != today


def test_midnight_in_the_city_ends_the_day(client, session, process, clock):
    for n in range(30):
        proposals.proposal(process, title=f"number {n}")
    database.session.commit()
    clock.set(clock.now.replace(hour=20, minute=30))  # 23:30 in Helsinki
    evening = shown(client.get("/proposals"))
    clock.advance(hours=1)
    assert shown(client.get("/proposals")) != evening


def test_pages_of_the_fair_order_keep_their_day_after_midnight(client, session, process, clock):
    for n in range(50):
        proposals.proposal(process, title=f"number {n}")
    database.session.commit()
    first = client.get("/proposals")
    next_page = re.search(r'href="([^"]+)" rel="next"', first.text)[1].replace("&amp;", "&")
    assert parse_qs(urlsplit(next_page).query) == {"page": ["2"], "day": ["2026-05-11"]}
    second = shown(client.get(next_page))
    clock.advance(days=1)
    assert shown(client.get(next_page)) == second
    third = shown(client.get(next_page.replace("page=2", "page=3")))
    assert sorted(shown(first) + second + third) == sorted(f"number {n}" for n in range(50))


def test_the_order_of_tomorrow_cannot_be_looked_up(client, session, process):
    for n in range(30):
        proposals.proposal(process, title=f"number {n}")
    database.session.commit()
    today = shown(client.get("/proposals"))
    assert shown(client.get("/proposals?day=2126-01-01")) == today


def test_other_orders_say_what_they_do_and_the_lot_decides_among_equals(session, process, clock):
    names = ("first", "second", "third")
    for n, name in enumerate(names):
        proposals.proposal(
            process,
            title=name,
            published_at=clock.now - timedelta(days=n),
            supports_count=n,
            comments_count=(2 * n) % 3,
            draw=n + 1,
        )
    assert found(session, sort=Sort.NEWEST) == ["first", "second", "third"]
    assert found(session, sort=Sort.SUPPORTED) == ["third", "second", "first"]
    assert found(session, sort=Sort.DISCUSSED) == ["second", "third", "first"]
    proposals.proposal(process, title="as many", supports_count=2, published_at=clock.now - timedelta(days=9), draw=99)
    assert found(session, sort=Sort.SUPPORTED)[:2] == ["as many", "third"]


def test_a_page_beyond_the_last_shows_the_last(client, session, process):
    for n in range(25):
        proposals.proposal(process, title=f"number {n}")
    database.session.commit()
    assert len(shown(client.get("/proposals?sort=newest&page=99"))) == 5


def test_each_chosen_filter_can_be_taken_out_alone(client, session, process):
    spaces.category(process, "Green", code="green")
    database.session.commit()
    page = client.get("/proposals?q=tree&process=district&category=green&answer=accepted&sort=newest").text
    chips = re.findall(r'class="chip" href="([^"]+)"', page)
    queries = [parse_qs(urlsplit(chip.replace("&amp;", "&")).query) for chip in chips]
    assert [set(query) for query in queries] == [
        {"process", "category", "answer", "sort"},
        {"q", "answer", "sort"},  # a process takes its categories along
        {"q", "process", "answer", "sort"},
        {"q", "process", "category", "sort"},
    ]


def test_an_empty_list_says_what_to_do(client, session, process):
    database.session.commit()
    assert "Yours can be the first" in client.get("/proposals").text
    assert "Take a filter out" in client.get("/proposals?q=elephant").text


def test_list_and_map_have_an_address_each(client, session, process):
    proposals.proposal(process)
    database.session.commit()
    page = client.get("/proposals?view=map&q=bench").text
    assert "proposals--map" in page
    assert 'href="/proposals?q=bench"' in page
    assert 'action="/proposals"' in page
    assert '<input type="hidden" name="view" value="map">' in page


def test_the_default_list_is_answered_from_an_index_alone(session, process):
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("SQLite says in its plan which index answers alone")
    for n in range(3):
        proposals.proposal(process, title=f"number {n}")
    from sqlalchemy import func, select
    from sqlalchemy.dialects import sqlite

    from app.features.proposals.models import Proposal
    from app.features.proposals.queries.lists import conditions, ordering

    for sort in (Sort.FAIR, Sort.NEWEST, Sort.SUPPORTED, Sort.DISCUSSED):
        filters = Filters(sort=sort)
        query = select(Proposal.draw).where(*conditions(filters)).order_by(*ordering(filters)).limit(20)
        plan = _plan(session, query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
        assert "USING COVERING INDEX ix_proposal_" in plan, (sort, plan)
        assert sort is Sort.FAIR or "TEMP B-TREE FOR ORDER BY" not in plan, (sort, plan)
    counted = select(func.count()).select_from(Proposal).where(*conditions(Filters(process_id=process.id, answer="none")))
    assert "COVERING INDEX ix_proposal_draw" in _plan(
        session, counted.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    )


def _plan(session, compiled):
    return " / ".join(row[3] for row in session.execute(text(f"EXPLAIN QUERY PLAN {compiled}")))


def test_thirty_proposals_ask_the_database_no_more_often_than_three(client, session, process, query_counter):
    def counted(path):
        client.get(path)
        with query_counter() as queries:
            assert client.get(path).status_code == 200
        return queries.count

    paths = (
        "/proposals",
        "/proposals?q=bench&sort=newest",
        "/proposals/features.geojson",
        "/proposals/feed.atom",
        "/api/v1/proposals",
    )
    for _ in range(3):
        proposals.photo(proposals.proposal(process))
    database.session.commit()
    few = {path: counted(path) for path in paths}
    process = database.session().get(type(process), process.id)
    for _ in range(27):
        proposals.photo(proposals.proposal(process))
    database.session.commit()
    assert {path: counted(path) for path in paths} == {**few, "/proposals/features.geojson": few["/proposals/features.geojson"]}
    assert max(few.values()) <= 10
