"""Where a proposal is: five ways to say it, one way to store it, and kind words for what lies outside."""

import json
import re

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.proposals.models import PlaceKind, Proposal
from app.features.proposals.use_cases import AtPoint, Drawn, InArea, OutsideArea, StartDraft, WholeCity, start_draft
from app.kernel.errors import Refused
from app.kernel.permissions import Actor
from tests.factories import accounts, spaces

POINT = {"type": "Point", "coordinates": [24.944, 60.17]}
LINE = {"type": "LineString", "coordinates": [[24.940, 60.170], [24.950, 60.172]]}
POLYGON = {"type": "Polygon", "coordinates": [[[24.940, 60.170], [24.950, 60.170], [24.950, 60.174], [24.940, 60.170]]]}


@pytest.fixture
def city(session):
    """A process whose area has two districts, the northern one with a neighbourhood."""
    area = spaces.area("Old town", box=(24.93, 60.16, 24.96, 60.18))
    north = spaces.area("North", parent=area, box=(24.93, 60.171, 24.96, 60.18))
    spaces.area("South", parent=area, box=(24.93, 60.16, 24.96, 60.171))
    spaces.area("Station", parent=north, box=(24.94, 60.171, 24.945, 60.175))
    return spaces.process(area=area, slug="parks")


@pytest.fixture
def put(session, city):
    """`put(where)` starts a draft there and returns it."""
    ann = Actor(person_id=accounts.person().id)
    return lambda where: start_draft(session, ann, StartDraft(city.id, title="A bench", text="x", where=where))[0]


def area_name(session, proposal):
    from app.features.spaces.queries import area

    found = area(session, proposal.area_id) if proposal.area_id else None
    return found.name["en"] if found else None


@pytest.mark.parametrize(
    ("lon", "lat", "name"),
    [(24.942, 60.172, "Station"), (24.950, 60.175, "North"), (24.942, 60.165, "South"), (24.93, 60.16, "South")],
)
def test_the_smallest_area_that_holds_the_place_is_stored(session, put, lon, lat, name):
    assert area_name(session, put(AtPoint(lon, lat))) == name


def test_a_pin_is_stored_with_its_shape_and_point(put):
    proposal = put(Drawn(json.dumps(POINT)))
    assert proposal.place_kind is PlaceKind.POINT
    assert proposal.geojson == POINT
    assert (proposal.lon, proposal.lat) == (24.944, 60.17)
    assert (proposal.west, proposal.south, proposal.east, proposal.north) == (24.944, 60.17, 24.944, 60.17)


def test_a_line_is_stored_with_its_box_and_a_point_on_it(put):
    proposal = put(Drawn(json.dumps(LINE)))
    assert proposal.place_kind is PlaceKind.LINE
    assert (proposal.west, proposal.south, proposal.east, proposal.north) == (24.940, 60.170, 24.950, 60.172)
    assert (proposal.lon, proposal.lat) == (pytest.approx(24.945), pytest.approx(60.171))


def test_a_drawn_area_is_stored_with_its_box_and_a_point_inside(put):
    from shapely.geometry import Point, shape

    proposal = put(Drawn(json.dumps(POLYGON)))
    assert proposal.place_kind is PlaceKind.POLYGON
    assert (proposal.west, proposal.south, proposal.east, proposal.north) == (24.940, 60.170, 24.950, 60.174)
    assert shape(POLYGON).contains(Point(proposal.lon, proposal.lat))


def test_an_area_is_stored_by_name_without_a_copy_of_its_shape(session, put, city):
    from app.features.spaces.queries import areas_of

    south = next(area for area in areas_of(session, city) if area.name["en"] == "South")
    proposal = put(InArea(south.id, "behind the old kiosk"))
    assert proposal.place_kind is PlaceKind.AREA
    assert proposal.area_id == south.id
    assert proposal.geojson is None
    assert proposal.place_label == "behind the old kiosk"


def test_the_whole_city_is_no_point_on_a_map(put):
    proposal = put(WholeCity())
    assert proposal.place_kind is PlaceKind.WHOLE_CITY
    assert (proposal.lon, proposal.lat, proposal.area_id, proposal.geojson) == (None, None, None, None)


def test_an_area_of_another_process_is_refused(put):
    with pytest.raises(Refused, match="one of the areas of this process"):
        put(InArea(spaces.area("Elsewhere", box=(1, 1, 2, 2)).id))


@pytest.mark.parametrize(
    "outside",
    [
        AtPoint(24.92, 60.17),
        Drawn(json.dumps({"type": "LineString", "coordinates": [[24.94, 60.17], [24.99, 60.17]]})),
        Drawn(
            json.dumps({"type": "Polygon", "coordinates": [[[24.95, 60.17], [24.97, 60.17], [24.95, 60.175], [24.95, 60.17]]]})
        ),
    ],
)
def test_a_place_that_reaches_beyond_the_border_is_refused_and_kept_for_showing(put, outside):
    with pytest.raises(OutsideArea) as refused:
        put(outside)
    assert "outside Old town" in str(refused.value.message)
    assert refused.value.place.geojson["type"] in ("Point", "LineString", "Polygon")


DRAWINGS = {
    "no JSON": "somewhere",
    "another kind": '{"type":"MultiPoint","coordinates":[[24.944,60.17]]}',
    "a collection": '{"type":"FeatureCollection","features":[]}',
    "words for numbers": '{"type":"Point","coordinates":["a","b"]}',
    "not a number": '{"type":"Point","coordinates":[NaN,60.17]}',
    "infinite": '{"type":"Point","coordinates":[1e999,60.17]}',
    "off the globe": '{"type":"Point","coordinates":[240,600]}',
    "no coordinates": '{"type":"Point"}',
    "empty coordinates": '{"type":"Point","coordinates":[]}',
    "a list": "[1,2]",
    "null": "null",
    "three dimensions": '{"type":"Point","coordinates":[24.944,60.17,5]}',
    "an outline that crosses itself": json.dumps(
        {"type": "Polygon", "coordinates": [[[24.94, 60.17], [24.95, 60.175], [24.95, 60.17], [24.94, 60.175], [24.94, 60.17]]]}
    ),
    "one corner": '{"type":"LineString","coordinates":[[24.94,60.17]]}',
    "thousands of corners": json.dumps({"type": "LineString", "coordinates": [[24.94 + i / 1e6, 60.17] for i in range(600)]}),
    "deeply nested": "[" * 5000 + "]" * 5000,
    "null bytes": "\0" + json.dumps(POINT),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_that_cannot_be_is_explained_and_the_text_is_kept(as_role, city, name):
    answer = as_role("resident").post(
        "/proposals/new?process=parks",
        data={"title": "A bench", "text": "Kept words", "where": "map", "drawing": DRAWINGS[name]},
    )
    assert answer.status_code == 422, name
    assert re.search("Mark it again|not on the globe|too many corners|crosses itself", answer.text)
    assert "Kept words" in answer.text
    database.session.remove()
    assert database.session.scalars(select(Proposal)).one().place_kind is None


def send(client, **where):
    data = {"title": "A bench", "text": "Kept words", **where}
    answer = client.post("/proposals/new?process=parks", data=data)
    database.session.remove()
    return answer, database.session.scalars(select(Proposal)).first()


def test_a_street_that_is_known_is_a_place(as_role, city):
    answer, proposal = send(as_role("resident"), where="street", street="vuorikatu 5")
    assert answer.status_code == 302
    assert proposal.place_kind is PlaceKind.POINT
    assert proposal.place_label == "Vuorikatu 5"
    assert (proposal.lon, proposal.lat) == (pytest.approx(24.947844), pytest.approx(60.17083))


def test_a_street_that_is_nearly_known_is_offered_and_can_be_chosen(as_role, city):
    client = as_role("resident")
    answer, proposal = send(client, where="street", street="Vuorikat 5")
    assert answer.status_code == 422
    assert "We are not sure which place you mean" in answer.text
    assert 'value="Vuorikatu 5"' in answer.text
    assert "The name is spelled differently" in answer.text
    again = client.post(
        f"/proposals/{proposal.id}/edit",
        data={"title": "A bench", "text": "x", "where": "street", "street": "Vuorikat 5", "street_choice": "Vuorikatu 5"},
    )
    assert again.status_code == 302
    database.session.remove()
    assert database.session.get(Proposal, proposal.id).place_label == "Vuorikatu 5"


def test_a_choice_that_was_not_offered_is_not_taken(as_role, city):
    answer, proposal = send(as_role("resident"), where="street", street="Vuorikat 5", street_choice="Atlantis 1")
    assert answer.status_code == 422
    assert proposal.place_kind is None


def test_a_street_that_nobody_knows_leads_to_the_area_and_its_words_are_kept(as_role, session, city):
    client = as_role("resident")
    answer, proposal = send(client, where="street", street="Lane of the <b>forgotten</b> 7")
    assert answer.status_code == 422
    assert "We do not know" in answer.text
    assert "<b>forgotten" not in answer.text
    assert re.search(r'id="where-1"[^>]*value="street"[^>]* checked', answer.text), "the street stays in sight to be corrected"
    assert "place-way--offered" in answer.text
    south = re.search(r'<option value="([0-9a-f-]{36})">\s*South</option>', answer.text)[1]
    again = client.post(
        f"/proposals/{proposal.id}/edit",
        data={"title": "A bench", "text": "x", "where": "street", "area": south}
        | dict.fromkeys(("street", "street_unknown"), "Lane of the forgotten 7"),
    )
    assert again.status_code == 302
    database.session.remove()
    stored = database.session.get(Proposal, proposal.id)
    assert stored.place_kind is PlaceKind.AREA
    assert stored.place_label == "Lane of the forgotten 7"
    assert "Lane of the forgotten 7, South" in client.get(f"/proposals/{proposal.id}/review").text


def test_an_area_chosen_earlier_is_not_taken_for_another_unknown_street(as_role, city):
    client = as_role("resident")
    answer, proposal = send(client, where="street", street="Lane of the forgotten 7")
    south = re.search(r'<option value="([0-9a-f-]{36})">\s*South</option>', answer.text)[1]
    words = {"title": "A bench", "text": "x", "where": "street", "area": south, "street_unknown": "Lane of the forgotten 7"}
    again = client.post(f"/proposals/{proposal.id}/edit", data={**words, "street": "Another lane that nobody knows"})
    assert again.status_code == 422
    assert "Another lane that nobody knows”. Write it differently" in again.text


def test_the_review_page_opens_its_map_on_the_place_and_not_on_the_city(as_role, city):
    client = as_role("resident")
    _answer, proposal = send(client, where="coordinates", coordinates="60.17, 24.944")
    page = client.get(f"/proposals/{proposal.id}/review").text
    assert re.search(r'"bounds":\s*\[24\.944,\s*60\.17,\s*24\.944,\s*60\.17\]', page)


@pytest.mark.parametrize(
    "written", ["60.17, 24.944", "60,17 24,944", "N60.17 E24.944", "24.944, 60.17", "60°10'12\"N 24°56'38.4\"E"]
)
def test_coordinates_are_read_as_people_copy_them(as_role, city, written):
    answer, proposal = send(as_role("resident"), where="coordinates", coordinates=written)
    assert answer.status_code == 302, answer.text
    assert (proposal.lon, proposal.lat) == (pytest.approx(24.944), pytest.approx(60.17))


@pytest.mark.parametrize("written", ["", "here", "60", "999, 999", "60.17, 24.944, 5", "\0", "٦٠", "60.17" * 40])
def test_coordinates_that_cannot_be_read_are_explained_with_an_example(as_role, city, written):
    answer, _proposal = send(as_role("resident"), where="coordinates", coordinates=written)
    assert answer.status_code == 422
    assert "60.1700, 24.9450" in answer.text


@pytest.mark.parametrize(
    "where", [{"where": "coordinates", "coordinates": "60.1703, 24.9352"}, {"where": "coordinates", "coordinates": "61, 25"}]
)
def test_a_place_outside_is_refused_kindly_and_the_border_is_shown(as_role, session, where):
    spaces.process(area=spaces.area("Island", box=(24.94, 60.165, 24.95, 60.175)), slug="parks")
    answer, proposal = send(as_role("resident"), **where)
    assert answer.status_code == 422
    assert "This place is outside Island, which this process is about." in answer.text
    assert "The dotted line is the border of Island." in answer.text
    assert 'id="map_outside"' in answer.text or "outside_data" in answer.text
    assert "Kept words" in answer.text
    assert proposal.place_kind is None


@pytest.mark.parametrize("area", ["", "not-an-id", "11111111-1111-4111-8111-111111111111", "\0"])
def test_an_area_has_to_be_chosen_from_the_list(as_role, city, area):
    answer, _proposal = send(as_role("resident"), where="area", area=area)
    assert answer.status_code == 422
    assert "Choose an area." in answer.text


def test_whoever_does_not_say_where_is_asked_once(as_role, city):
    answer, _proposal = send(as_role("resident"), where="nowhere")
    assert answer.text.count("Say where it is, or choose") == 2  # in the summary and beside the question
    mistaken, _proposal = send(as_role("resident"), where="area")
    assert "Say where it is, or choose" not in mistaken.text


def test_the_word_nearest_to_the_reader_names_the_area(as_role, session):
    spaces.process(area=spaces.area({"en": "Island", "fi": "Saari"}, box=(24.94, 60.165, 24.95, 60.175)), slug="parks")
    client = as_role("resident")
    client.set_cookie("language", "fi")
    answer, _proposal = send(client, where="coordinates", coordinates="61, 25")
    assert "Saari" in answer.text
