"""Files of areas: every kind of mistake is named, row by row, and nothing is guessed."""

import json
import math

import pytest

from app.features.spaces.area_files.plan import Change, plan_import
from app.features.spaces.area_files.problems import FileRefused
from app.features.spaces.area_files.reading import MOST_BYTES, read_features
from app.features.spaces.area_files.rows import ImportOptions
from app.features.spaces.outlines import outline_of
from app.kernel.errors import Refused

BOX = [[24.90, 60.15], [25.00, 60.15], [25.00, 60.20], [24.90, 60.20], [24.90, 60.15]]
LEFT = [[24.90, 60.15], [24.95, 60.15], [24.95, 60.20], [24.90, 60.20], [24.90, 60.15]]
BOWTIE = [[24.90, 60.15], [24.95, 60.20], [24.95, 60.15], [24.90, 60.20], [24.90, 60.15]]


def feature(name="Centre", code="centre", ring=BOX, geometry=None, **properties):
    """One row."""
    return {
        "type": "Feature",
        "properties": {"name": name, "code": code, **properties},
        "geometry": geometry if geometry is not None else {"type": "Polygon", "coordinates": [ring]},
    }


def collection(*features, **members):
    """A file as bytes."""
    return json.dumps({"type": "FeatureCollection", "features": list(features), **members}).encode()


class Known:
    """An area that the city has."""

    def __init__(self, code, ring=BOX, parent_code="", name=None):
        self.code, self.parent_code = code, parent_code
        self.name = name or {"en": code.title()}
        self.geojson = outline_of({"type": "Polygon", "coordinates": [ring]}).geojson


def plan(content, known=(), **options):
    """The plan of a file."""
    return plan_import(content, ImportOptions(**options), known)


def reasons(content, known=(), **options):
    """Row and reason of every problem."""
    with pytest.raises(FileRefused) as refusal:
        plan(content, known, **options)
    return [(problem.row, str(problem.reason)) for problem in refusal.value.problems]


def only_reason(content, **options):
    """The one reason why a file is refused as a whole."""
    ((row, reason),) = reasons(content, **options)
    assert row is None
    return reason


def test_a_good_file_becomes_areas_parents_first():
    made = plan(collection(feature("West", "west", LEFT, parent="centre"), feature()))
    assert [(each.code, each.level, each.parent_code, each.change) for each in made.areas] == [
        ("centre", 0, "", Change.ADDED),
        ("west", 1, "centre", Change.ADDED),
    ]
    assert made.areas[0].outline.size == pytest.approx(30.9, rel=0.02)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"PK\x03\x04...", "ZIP"),
        (b"<kml></kml>", "XML"),
        ("﻿{}".encode("utf-16"), "UTF-16"),
        (b'{"type": "\x00"}', "null bytes, the first at position 10"),
        ('{"a": "ä"}'.encode("latin-1"), "UTF-8"),
        (b'{"type": "FeatureCollection",\n "features": [}', "line 2, column 15"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"type": "Topology"}', "TopoJSON"),
        (b'{"type": "Polygon"}', "not a GeoJSON feature collection"),
        (b"[]", "not a GeoJSON feature collection"),
        (b"null", "not a GeoJSON feature collection"),
        (collection(), "no areas"),
        (b'{"type": "FeatureCollection", "features": 7}', "no areas"),
        (b" " * MOST_BYTES + b"{}", "at most 20 MB"),
    ],
)
def test_what_is_no_geojson_is_called_by_its_name(content, says):
    assert says in only_reason(content)


def test_a_number_with_too_many_digits_is_no_accident():
    assert "too long" in only_reason(b'{"type": ' + b"9" * 10_000 + b"}")


@pytest.mark.parametrize(
    "name",
    [
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:OGC::CRS84",
        "EPSG:4326",
        "urn:ogc:def:crs:EPSG::4326",
        "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "http://www.opengis.net/def/crs/EPSG/0/4326",
        "urn:ogc:def:crs:EPSG:9.9.1:4326",
        "WGS 84",
    ],
)
def test_the_old_name_of_degrees_is_allowed(name):
    crs = {"type": "name", "properties": {"name": name}}
    assert plan(collection(feature(), crs=crs)).areas


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3879"}},
        {"type": "name", "properties": {"name": "EPSG:43260"}},
        {"type": "link", "properties": {"href": "http://example.com/crs/42"}},
        {"properties": {}},
        {"properties": {"name": "EPSG:14326"}},
        "EPSG:25832",
    ],
)
def test_another_coordinate_system_is_named_with_the_way_to_convert(crs):
    reason = only_reason(collection(feature(), crs=crs))
    assert "ogr2ogr -t_srs EPSG:4326" in reason


def test_projected_metres_are_one_problem_of_the_file():
    metres = [[25_496_000, 6_672_000], [25_497_000, 6_672_000], [25_497_000, 6_673_000], [25_496_000, 6_672_000]]
    reason = only_reason(collection(feature("A", "a", metres), feature("B", "b", metres)))
    assert "25496000, 6672000" in reason
    assert "ogr2ogr" in reason


def test_one_row_outside_degrees_is_a_problem_of_that_row():
    wrong = [[24.9, 600.15], *BOX[1:4], [24.9, 600.15]]
    assert reasons(collection(feature(), feature("B", "b", wrong))) == [(2, "These coordinates are not degrees: 24.9, 600.15.")]


@pytest.mark.parametrize(
    ("geometry", "says"),
    [
        ({"type": "Polygon", "coordinates": [BOX[:-1]]}, "Ring 1 is not closed: it begins at 24.9, 60.15"),
        ({"type": "Polygon", "coordinates": [BOX, LEFT[:-1]]}, "Ring 2 is not closed"),
        ({"type": "Polygon", "coordinates": [BOX[:2] + BOX[:1]]}, "too few corners"),
        ({"type": "Polygon", "coordinates": [BOWTIE]}, "crosses itself near longitude 24.92500, latitude 60.17500"),
        ({"type": "Polygon", "coordinates": [[[24.9, 60.1], [24.95, 60.1], [25.0, 60.1], [24.9, 60.1]]]}, "encloses nothing"),
        ({"type": "Polygon", "coordinates": [[[24.9, 60.1], [24.9, 60.1], [24.9, 60.1], [24.9, 60.1]]]}, "encloses nothing"),
        ({"type": "Polygon", "coordinates": [BOX, [[1, 1], [1, 2], [2, 2], [1, 1]]]}, "broken"),
        ({"type": "Point", "coordinates": [24.9, 60.1]}, "It is a Point; an area is a Polygon"),
        ({"type": "LineString", "coordinates": BOX}, "It is a LineString"),
        ({"type": "Polygon", "coordinates": []}, "no outline"),
        ({"type": "Polygon"}, "no outline"),
        ({"type": "Polygon", "coordinates": [7]}, "not a list"),
        ({"type": "MultiPolygon", "coordinates": [7]}, "no outline"),
        ({"type": "Polygon", "coordinates": [[["a", "b"]] * 4]}, "not a pair of numbers"),
        ({"type": "Polygon", "coordinates": [[[True, False]] * 4]}, "not a pair of numbers"),
        ({"type": "Polygon", "coordinates": [[[24.9]] * 4]}, "not a pair of numbers"),
        ({"type": "Polygon", "coordinates": [[[math.nan, 60.1], *BOX[1:]]]}, "not a pair of numbers"),
        ({"type": "Polygon", "coordinates": [[[math.inf, 60.1], *BOX[1:]]]}, "not a pair of numbers"),
        (7, "no outline"),
    ],
)
def test_a_broken_outline_names_its_row_and_reason(geometry, says):
    ((row, reason),) = reasons(collection(feature(), feature("Broken", "broken", geometry=geometry)))
    assert row == 2
    assert says in reason


def test_outlines_that_cross_themselves_are_repaired_only_when_asked():
    content = collection(feature("Bow", "bow", BOWTIE), feature("Fine", "fine"))
    assert len(reasons(content)) == 1
    made = plan(content, repair=True)
    assert [(each.code, each.repaired) for each in made.areas] == [("bow", True), ("fine", False)]
    assert made.areas[0].outline.size == pytest.approx(made.areas[1].outline.size / 4, rel=0.01)


def test_repairing_does_not_close_rings():
    assert "not closed" in reasons(collection(feature("A", "a", BOX[:-1])), repair=True)[0][1]


def test_missing_names_and_codes_are_named_with_every_other_problem_at_once():
    content = collection(
        feature(name=None, code="a"),
        feature(name="", code="b"),
        feature(name="   ", code="c", ring=BOX[:-1]),
        feature(name={"fi": ""}, code="d"),
        feature(name="x" * 121, code="e"),
        feature(name="Long code", code="y" * 65),
        feature(name="حي", code=""),
        feature(name="Fine", code="fine"),
    )
    found = reasons(content)
    assert [row for row, _ in found] == [1, 2, 3, 3, 4, 5, 6, 7]
    assert sum("no name" in reason for _, reason in found) == 4
    assert found[-1][1] == "It has no code."


def test_features_that_are_no_objects_are_rows_without_anything():
    found = reasons(b'{"type": "FeatureCollection", "features": [7, {"properties": 3}, null]}')
    assert {row for row, _ in found} == {1, 2, 3}


def test_a_code_that_stands_twice_names_both_rows():
    assert reasons(collection(feature("A", "a"), feature("B", "b"), feature("C", "a"))) == [
        (3, "The code “a” stands in row 1 already.")
    ]


def test_codes_are_found_by_usual_names_by_id_or_made_from_the_name():
    made = plan(
        collection(
            {**feature(), "properties": {"name": "One", "slug": "one"}},
            {**feature(), "properties": {"name": "Two"}, "id": 17},
            {**feature(), "properties": {"name": "Töölön ranta"}},
        )
    )
    assert [each.code for each in made.areas] == ["one", "17", "toolon-ranta"]


def test_names_in_several_languages_are_found_however_they_are_written():
    made = plan(
        collection(
            feature({"fi": "Keskusta", "sv": "Centrum", "comment": "no language"}, "a"),
            {**feature(), "properties": {"name_fi": "Länsi", "name:sv": "Väst", "code": "b"}},
            {**feature(), "properties": {"nimi_fi": "Itä", "tunnus": 33}},
        ),
        language="fi",
    )
    assert [each.name for each in made.areas] == [
        {"fi": "Keskusta", "sv": "Centrum"},
        {"fi": "Länsi", "sv": "Väst"},
        {"fi": "Itä"},
    ]
    assert made.areas[2].code == "33"


def test_named_properties_are_used_and_no_others():
    row = {**feature(), "properties": {"name": "wrong", "kaupunginosa": "Kallio", "nro": 11, "code": "wrong"}}
    (made,) = plan(collection(row), name_property="kaupunginosa", code_property="nro").areas
    assert (made.label, made.code) == ("Kallio", "11")
    assert {"It has no name.", "It has no code."} == {
        reason for _, reason in reasons(collection(row), name_property="x", code_property="y")
    }


def test_markup_control_characters_and_direction_marks_do_not_come_in_with_a_name():
    (made,) = plan(collection(feature("<b>West</b>\u202e\n\u0007 end", "w"))).areas
    assert made.label == "<b>West</b> end"


def test_an_unknown_parent_is_named():
    found = reasons(collection(feature(parent="nowhere")))
    assert found == [(1, "Its parent “nowhere” is neither in this file nor among the city's areas.")]
    with pytest.raises(Refused) as refusal:
        plan(collection(feature()), parent_code="nowhere")
    assert refusal.value.field == "parent_code"


def test_parents_in_a_circle_are_found():
    content = collection(feature("A", "a", parent="b"), feature("B", "b", parent="a"), feature("C", "c", parent="c"))
    assert [row for row, reason in reasons(content) if "circle" in reason] == [1, 2, 3]


def test_a_child_outside_its_parent_says_how_much_of_it_is_inside():
    outside = [[24.95, 60.15], [25.05, 60.15], [25.05, 60.20], [24.95, 60.20], [24.95, 60.15]]
    content = collection(feature("Out", "out", outside, parent="centre"))
    assert reasons(content, [Known("centre")]) == [(1, "Only 50% of “Out” lies inside “Centre”.")]


def test_slivers_along_the_border_of_the_parent_are_no_mistake():
    nearly = [[24.9, 60.15], [24.9505, 60.15], [24.9505, 60.2], [24.9, 60.2], [24.9, 60.15]]
    made = plan(collection(feature("West", "west", nearly, parent="left")), [Known("left", LEFT)])
    assert made.areas[0].level == 1


def test_latitude_and_longitude_that_changed_places_are_recognised():
    swapped = [[y, x] for x, y in LEFT]
    ((_, reason),) = reasons(collection(feature("West", "west", swapped, parent="centre")), [Known("centre")])
    assert "change places" in reason


def test_an_area_that_the_city_has_must_still_fit_into_its_changed_parent():
    content = collection(feature("Centre", "centre", LEFT))
    right = [[24.95, 60.15], [25.0, 60.15], [25.0, 60.2], [24.95, 60.2], [24.95, 60.15]]
    known = [Known("centre"), Known("east", right, "centre")]
    assert reasons(content, known) == [(1, "Only 0% of “East” lies inside “Centre”.")]


def test_the_same_file_again_changes_nothing():
    first = plan(collection(feature("West", "west", LEFT, parent="centre"), feature()))
    known = []
    for each in first.areas:
        area = Known(each.code, parent_code=each.parent_code, name=each.name)
        area.geojson = each.outline.geojson
        known.append(area)
    again = plan(collection(feature("West", "west", LEFT, parent="centre"), feature()), known)
    assert not again.has_news
    assert first.has_news
    assert first.digest != again.digest


def test_a_new_file_says_what_it_changes_and_keeps_other_languages():
    known = [Known("centre", name={"en": "Centre", "ar": "الوسط"}), Known("west", LEFT, "centre")]
    made = plan(collection(feature("City Centre", "centre"), feature("West", "west", LEFT)), known)
    centre, west = made.areas
    assert (centre.change, centre.changes, centre.name) == (Change.CHANGED, ("name",), {"en": "City Centre", "ar": "الوسط"})
    assert (west.change, west.parent_code, west.level) == (Change.SAME, "centre", 1)


def test_a_file_that_says_there_is_no_parent_moves_the_area_to_the_top():
    (west,) = plan(
        collection(feature("West", "west", LEFT, parent=None)), [Known("centre"), Known("west", LEFT, "centre")]
    ).areas
    assert (west.changes, west.parent_code, west.level) == (("parent",), "", 0)


def test_a_single_feature_is_a_file_too():
    assert len(read_features(json.dumps(feature()).encode())) == 1


def test_height_above_the_sea_is_left_away():
    with_height = {"type": "Polygon", "coordinates": [[[x, y, 12.5] for x, y in BOX]]}
    (made,) = plan(collection(feature(geometry=with_height))).areas
    assert "12.5" not in made.outline.geojson
