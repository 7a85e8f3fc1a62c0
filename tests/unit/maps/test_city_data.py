"""The demo city's areas, streets and drawing fit together."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from shapely.geometry import Point, box, shape
from shapely.ops import unary_union

from app.features.maps.queries import CITY_DATA, street_table
from app.features.maps.source import OFFLINE_BOUNDS

ROOT = Path(__file__).resolve().parents[3]
AREAS = json.loads((CITY_DATA / "areas.geojson").read_text())
SHAPES = {feature["id"]: shape(feature["geometry"]) for feature in AREAS["features"]}


def level(number: int) -> list[dict]:
    return [feature for feature in AREAS["features"] if feature["properties"]["level"] == number]


def test_there_is_one_city_with_districts_and_neighbourhoods() -> None:
    assert (len(level(0)), len(level(1)), len(level(2))) == (1, 6, 8)


def test_every_area_lies_in_its_parent_and_has_three_names() -> None:
    for feature in level(1) + level(2):
        parent = SHAPES[feature["properties"]["parent"]]
        assert SHAPES[feature["id"]].difference(parent.buffer(2e-6)).is_empty, feature["id"]
        assert set(feature["properties"]["name"]) == {"fi", "sv", "en", "de", "ar"}


@pytest.mark.parametrize("number", [1, 2])
def test_areas_of_one_level_do_not_overlap(number: int) -> None:
    shapes = [SHAPES[feature["id"]] for feature in level(number)]
    assert all(one.is_valid for one in shapes)
    assert sum(one.area for one in shapes) - unary_union(shapes).area < 1e-9


def test_the_districts_cover_the_whole_city() -> None:
    covered = unary_union([SHAPES[feature["id"]] for feature in level(1)])
    assert box(*OFFLINE_BOUNDS).difference(covered.buffer(2e-6)).area < 1e-9


def test_neighbourhoods_cover_the_district_they_belong_to() -> None:
    for slug in ("kluuvi", "kamppi", "kaartinkaupunki"):
        parts = [SHAPES[feature["id"]] for feature in level(2) if feature["properties"]["parent"] == slug]
        assert SHAPES[slug].difference(unary_union(parts).buffer(2e-6)).area < 1e-9


@pytest.mark.parametrize(
    ("place", "area"),
    [
        ("Rautatientori", "rautatientori"),
        ("Senaatintori", "kruununhaka"),
        ("Kasarmitori", "kasarmitori"),
        ("Paasivuorenkatu", "siltasaari"),
    ],
)
def test_well_known_places_lie_in_the_area_people_would_say(place: str, area: str) -> None:
    found = street_table({}).match(place)[0]
    assert SHAPES[area].contains(Point(found.lon, found.lat))


def test_streets_and_houses_lie_on_the_map() -> None:
    sheet = box(*OFFLINE_BOUNDS).buffer(1e-6)
    places = [place for street in street_table({}).streets for place in (street.at, *street.numbers.values())]
    assert len(places) > 500
    assert all(sheet.contains(Point(place)) for place in places)


def test_the_drawing_is_small_enough_for_a_slow_line() -> None:
    files = list((ROOT / "static/basemap").glob("*.json"))
    assert {file.stem for file in files} == {"ground", "buildings", "numbers"}
    assert sum(file.stat().st_size for file in files) < 300_000


@pytest.mark.parametrize("folder", ["leaflet", "leaflet.markercluster"])
def test_files_of_others_are_what_their_version_file_says(folder: str) -> None:
    vendor = ROOT / "static/vendor" / folder
    rows = [line.split() for line in (vendor / "VERSION").read_text().splitlines() if "./" in line]
    assert {row[1].removeprefix("./") for row in rows} == {
        path.relative_to(vendor).as_posix() for path in vendor.rglob("*") if path.is_file() and path.name != "VERSION"
    }
    for digest, name in rows:
        assert sha256((vendor / name).read_bytes()).hexdigest() == digest, name
