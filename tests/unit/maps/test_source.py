"""What a city may lie under its map, and which host that lets through."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.features.maps.queries import allowed_hosts, map_bounds
from app.features.maps.source import OFFLINE_BOUNDS, OFFLINE_CREDIT, UnknownMapSource, read_source

ROOT = Path(__file__).resolve().parents[3]


def settings(**values: str | None) -> dict:
    known = {"map_source": "basemap", "map_url": None, "map_attribution": None}
    return {"SETTINGS": SimpleNamespace(**known | values)}


def test_without_a_choice_the_map_is_ours_and_lets_no_host_through() -> None:
    assert read_source({}).kind == "basemap"
    assert allowed_hosts({}) == ()
    assert allowed_hosts(settings()) == ()


def test_tiles_let_exactly_their_host_through() -> None:
    config = settings(
        map_source="tiles", map_url="https://tiles.example.org:8443/city/{z}/{x}/{y}.png", map_attribution="© City"
    )
    assert allowed_hosts(config) == ("https://tiles.example.org:8443",)


def test_numbered_tile_hosts_become_one_pattern() -> None:
    config = settings(map_source="tiles", map_url="https://{s}.tiles.example.org/{z}/{x}/{y}.png", map_attribution="© City")
    assert allowed_hosts(config) == ("https://*.tiles.example.org",)


def test_tiles_on_our_own_host_let_nobody_else_through() -> None:
    config = settings(map_source="tiles", map_url="/tiles/{z}/{x}/{y}.png", map_attribution="© City")
    assert allowed_hosts(config) == ()


def test_a_wms_gives_its_layers_apart_from_its_address() -> None:
    url = "https://kartta.example.fi/wms?map=city&layers=streets,names"
    source = read_source(settings(map_source="wms", map_url=url, map_attribution="© City"))
    assert (source.url, source.layers) == ("https://kartta.example.fi/wms?map=city", "streets,names")
    assert source.host == "https://kartta.example.fi"


@pytest.mark.parametrize(
    ("values", "hint"),
    [
        ({"map_source": "globe"}, "basemap, tiles, wms"),
        ({"map_source": "tiles"}, "address"),
        ({"map_source": "tiles", "map_url": "https://a.example/{z}/{x}/{y}.png"}, "credit"),
        ({"map_source": "tiles", "map_url": "https://a.example/{z}.png", "map_attribution": "© A"}, "{x}"),
        ({"map_source": "tiles", "map_url": "javascript:{z}{x}{y}", "map_attribution": "© A"}, "https"),
        ({"map_source": "wms", "map_url": "https://a.example/wms", "map_attribution": "© A"}, "layers"),
    ],
)
def test_a_map_that_is_set_up_wrongly_says_what_to_change(values: dict, hint: str) -> None:
    with pytest.raises(UnknownMapSource) as caught:
        read_source(settings(**values))
    assert hint in str(caught.value)


@pytest.mark.parametrize("value", ["1,2,3", "a,b,c,d", "25,60,24,61", "24,61,25,60", "-200,60,25,61"])
def test_bounds_that_are_no_box_are_refused(value: str) -> None:
    with pytest.raises(UnknownMapSource, match="MAP_BOUNDS"):
        read_source({"MAP_BOUNDS": value})


def test_a_city_says_what_its_map_covers() -> None:
    assert map_bounds({"MAP_BOUNDS": "8.5, 49.9, 8.8, 50.2"}) == (8.5, 49.9, 8.8, 50.2)


def test_the_shipped_drawing_covers_what_the_code_says_and_names_its_owners() -> None:
    ground = json.loads((ROOT / "static/basemap/ground.json").read_text())
    assert tuple(ground["bounds"]) == pytest.approx(OFFLINE_BOUNDS)
    assert ground["attribution"] == OFFLINE_CREDIT
    assert "OpenStreetMap contributors" in OFFLINE_CREDIT
