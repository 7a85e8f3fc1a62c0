"""The same result as a map and as a feed: nothing more, nothing less, and nothing stale."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from app.extensions import db as database
from app.features.proposals.models import PlaceKind, Proposal, ProposalState
from app.features.proposals.queries import content_version
from tests.factories import proposals, spaces

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def process(session):
    return spaces.process()


def test_a_pin_says_what_it_stands_for(client, session, process):
    green = spaces.category(process, {"en": "Green", "fi": "Vihreä"})
    proposal = proposals.proposal(
        process, title='A "bench"', at=(24.944, 60.17), category_id=green.id, answer_status="accepted"
    )
    database.session.commit()
    answer = client.get("/proposals/features.geojson?lang=fi")
    assert answer.mimetype == "application/geo+json"
    (feature,) = answer.json["features"]
    assert feature["id"] == proposal.reference
    assert feature["geometry"] == {"type": "Point", "coordinates": [24.944, 60.17]}
    assert feature["properties"]["title"] == 'A "bench"'
    assert feature["properties"]["url"] == f"/proposals/{proposal.reference}"
    assert feature["properties"]["state"] == "accepted"
    assert feature["properties"]["lines"] == ["Vihreä"]


def test_a_line_keeps_its_shape_and_says_where_its_pin_stands(client, session, process):
    line = {"type": "LineString", "coordinates": [[24.944, 60.17], [24.946, 60.172]]}
    proposals.proposal(process, place_kind=PlaceKind.LINE, geojson=line, lon=24.945, lat=60.171)
    database.session.commit()
    (feature,) = client.get("/proposals/features.geojson").json["features"]
    assert feature["geometry"] == line
    assert feature["properties"]["point"] == [24.945, 60.171]


def test_what_the_browser_has_already_is_not_sent_again(client, session, process):
    proposals.proposal(process)
    database.session.commit()
    first = client.get("/proposals/features.geojson")
    again = client.get("/proposals/features.geojson", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get("/proposals/features.geojson?place=map", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200
    german = client.get("/proposals/features.geojson?lang=de", headers={"If-None-Match": first.headers["ETag"]})
    assert german.status_code == 200


CHANGES = {
    "hidden": {"state": ProposalState.HIDDEN},
    "withdrawn": {"state": ProposalState.WITHDRAWN},
    "a new title": {"title": "Another title"},
    "answered": {"answer_status": "accepted"},
    "moved": {"lon": 24.95, "lat": 60.171},
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_the_map_shows_makes_an_earlier_answer_old(client, session, process, change):
    proposal_id = proposals.proposal(process).id
    database.session.commit()
    tag = client.get("/proposals/features.geojson").headers["ETag"]
    proposal = database.session().get(Proposal, proposal_id)
    for name, value in CHANGES[change].items():
        setattr(proposal, name, value)
    database.session.commit()
    answer = client.get("/proposals/features.geojson", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert len(answer.json["features"]) == (0 if "state" in CHANGES[change] else 1)


def test_new_and_deleted_proposals_make_an_earlier_answer_old(session, process):
    before = content_version(session)
    proposal = proposals.proposal(process)
    with_it = content_version(session)
    session.delete(proposal)
    session.flush()
    assert len({before, with_it, content_version(session)}) == 3


def test_supports_and_drafts_leave_it_as_it_is(session, process):
    proposal = proposals.proposal(process)
    before = content_version(session)
    proposals.support(proposal)
    proposals.comment(proposal)
    draft = proposals.draft(process)
    draft.title = "Still writing"
    session.flush()
    assert content_version(session) == before


def test_the_feed_has_the_newest_first_with_the_filters(client, session, process, clock):
    for n in range(3):
        proposals.proposal(process, title=f"<number> & {n}", published_at=clock.now - timedelta(days=n))
    proposals.proposal(process, title="without", at=None)
    database.session.commit()
    answer = client.get("/proposals/feed.atom?place=map")
    assert answer.mimetype == "application/atom+xml"
    feed = ET.fromstring(answer.data)
    assert [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")] == [f"<number> & {n}" for n in range(3)]
    assert feed.findtext(f"{ATOM}updated") == "2026-05-11T09:00:00+00:00"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"].endswith("/proposals/feed.atom?place=map")
    assert links["alternate"].endswith("/proposals?place=map")


def test_an_empty_feed_is_a_feed(client, session):
    database.session.commit()
    assert ET.fromstring(client.get("/proposals/feed.atom?q=nothing").data).find(f"{ATOM}entry") is None


def test_the_feed_names_no_author(client, session, process):
    proposals.proposal(process, author=None, author_name="Helmi Virtanen")
    database.session.commit()
    assert "Helmi" not in client.get("/proposals/feed.atom").text
