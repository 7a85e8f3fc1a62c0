"""What a map adds to a page: nothing that our content security policy would block, and nothing from another host."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app.features.maps.elements import PlazaMap
from app.features.maps.maps import render_map
from app.features.maps.source import MapSource
from app.features.maps.spec import MapSpec, RenderedMap, Surroundings
from app.features.maps.words import WORDS

ROOT = Path(__file__).resolve().parents[3]
TEXTS = {key: str(word) for key, word in WORDS.items()} | {"map": "Proposals on the map"}
SPECS = {
    "features": MapSpec(features_url="/processes/1/map.geojson?state=open", filter_form_id="filters", list_id="proposals"),
    "draw": MapSpec(kind="draw", map_id="place", form_field_id="place", border_url="/areas/1.geojson"),
    "place": MapSpec(kind="place", features={"type": "FeatureCollection", "features": []}, centre=(24.94, 60.17), zoom=17),
}


class Tags(HTMLParser):
    """Collects every tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def rendered(spec: MapSpec, source: MapSource | None = None) -> RenderedMap:
    return render_map(spec, Surroundings(source or MapSource(), texts=TEXTS))


def collection(count: int) -> dict:
    point = {"type": "Point", "coordinates": [24.94, 60.17]}
    features = [{"type": "Feature", "id": str(i), "geometry": point, "properties": {"title": "A bench"}} for i in range(count)]
    return {"type": "FeatureCollection", "features": features}


@pytest.mark.parametrize("kind", SPECS)
def test_a_map_has_no_inline_style_and_no_handler_in_its_markup(kind: str) -> None:
    html = rendered(SPECS[kind]).html
    assert "<style" not in html
    for tag, attributes in Tags(html).tags:
        assert not [name for name in attributes if name == "style" or name.startswith("on")], (tag, attributes)


@pytest.mark.parametrize("kind", SPECS)
def test_only_data_stands_in_the_markup_and_the_script_is_apart(kind: str) -> None:
    scripts = [attributes for tag, attributes in Tags(rendered(SPECS[kind]).html).tags if tag == "script"]
    assert [script["type"] for script in scripts] == ["application/json"]


@pytest.mark.parametrize("kind", SPECS)
def test_the_script_of_a_map_stays_below_one_kilobyte(kind: str) -> None:
    assert 0 < len(rendered(SPECS[kind]).script.encode()) < 1024


def test_ten_thousand_markers_add_nothing_to_the_script() -> None:
    one = rendered(MapSpec(features=collection(1))).script
    many = rendered(MapSpec(features=collection(10_000))).script
    assert len(many.encode()) < 1024
    assert len(many) == len(one)


@pytest.mark.parametrize("kind", SPECS)
def test_a_map_asks_no_other_host(kind: str) -> None:
    result = rendered(SPECS[kind])
    everything = "\n".join([result.html, result.script, *result.scripts, *result.styles])
    assert not re.findall(r"(?:https?:)?//[\w.-]+", everything)


def test_the_files_that_a_map_names_are_there() -> None:
    result = rendered(SPECS["features"])
    named = [*result.scripts, *result.styles, *re.findall(r"/static/[\w./-]+", result.script + result.html)]
    assert len(named) >= 8
    assert [path for path in named if not (ROOT / path.lstrip("/")).is_file()] == []


def test_every_module_of_the_map_is_named_ahead_and_no_other() -> None:
    folder = ROOT / "static/js/map"
    there = {f"/static/js/map/{path.relative_to(folder).as_posix()}" for path in folder.rglob("*.js")}
    assert set(rendered(SPECS["features"]).modules) == there


def test_the_readers_language_is_written_as_browsers_expect_it() -> None:
    assert '"locale": "pt-BR"' in render_map(MapSpec(), Surroundings(locale="pt_BR")).html


def test_only_the_map_room_knows_folium() -> None:
    knows = [
        path for path in (ROOT / "app").rglob("*.py") if re.search(r"^\s*(import|from) (folium|branca)", path.read_text(), re.M)
    ]
    assert {path.parent.name for path in knows} == {"maps"}


def test_folium_keeps_its_own_addresses_to_itself() -> None:
    before = list(PlazaMap.default_js)
    rendered(SPECS["features"])
    assert PlazaMap.default_js == before
    assert all(path.startswith(("vendor/", "css/")) for _name, path in [*PlazaMap.default_js, *PlazaMap.default_css])


def test_words_that_look_like_markup_cannot_leave_the_data_block() -> None:
    evil = "</script><script>alert(1)</script>"
    spec = MapSpec(features=collection(1) | {"name": evil}, texts={"map": evil, "noMap": '"><img src=x>'})
    tags = Tags(render_map(spec, Surroundings()).html).tags
    assert [tag for tag, _attributes in tags] == ["div", "p", "script"]
    assert tags[0][1]["aria-label"] == evil


def test_the_data_block_carries_the_words_and_the_border() -> None:
    border = {"type": "Polygon", "coordinates": [[[24.9, 60.1], [25.0, 60.1], [25.0, 60.2], [24.9, 60.1]]]}
    html = rendered(MapSpec(border=border)).html
    block = json.loads(html[html.index(">", html.index("<script")) + 1 : html.index("</script>")])
    assert block["border"]["coordinates"][0][0] == [24.9, 60.1]
    assert block["texts"]["zoomIn"] == "Zoom in"


def test_a_map_opens_where_its_border_is() -> None:
    border = {"type": "Polygon", "coordinates": [[[24.94, 60.17], [24.95, 60.17], [24.95, 60.18], [24.94, 60.17]]]}
    assert '"bounds": [24.94, 60.17, 24.95, 60.18]' in rendered(MapSpec(border=border)).script


def test_people_without_javascript_read_where_to_find_the_same() -> None:
    assert "is also in the list or the form" in rendered(SPECS["features"]).html


def test_a_map_has_a_name_for_people_who_do_not_see_it() -> None:
    first = Tags(rendered(SPECS["features"]).html).tags[0][1]
    assert first["role"] == "region"
    assert first["aria-label"] == "Proposals on the map"


def test_two_maps_on_a_page_do_not_share_a_name() -> None:
    one, two = rendered(MapSpec(map_id="one")), rendered(MapSpec(map_id="two"))
    assert 'id="map_one"' in one.html
    assert 'id="map_two"' in two.html
    assert "map_one" not in two.html + two.script


@pytest.mark.parametrize(
    "broken", [{"kind": "draw"}, {"map_id": "x y"}, {"map_id": 'a"b'}, {"shapes": ()}, {"shapes": ("Circle",)}]
)
def test_a_map_that_nobody_can_mean_is_refused_at_once(broken: dict) -> None:
    with pytest.raises(ValueError, match=r"map|Shapes"):
        MapSpec(**broken)


def test_a_citys_own_tiles_take_the_place_of_the_drawing() -> None:
    source = MapSource("tiles", "https://tiles.example.org/{z}/{x}/{y}.png", "© The city")
    result = rendered(SPECS["features"], source)
    assert "plaza.tiles(" in result.script
    assert "plaza.basemap(" not in result.script
    assert "basemap" not in result.html
