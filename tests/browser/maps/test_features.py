"""Places on the map: found by mouse and keyboard, in step with the list, obedient to the filters."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.factories import proposals, spaces
from tests.support.browser import DESK, PHONE, TABLET, axe

pytestmark = pytest.mark.browser


def everything_shown(page: Any, count: int = 12) -> None:
    """Wait until the live region says how many places there are."""
    page.get_by_text(f"Places on the map: {count}", exact=True).wait_for()


def test_all_places_are_on_the_map_in_groups(open_map: Callable[..., Any]) -> None:
    page = open_map("features")
    everything_shown(page)
    page.locator(".map__ground canvas").first.wait_for()
    groups = [int(text) for text in page.locator(".map-cluster span").all_text_contents()]
    assert sum(groups) + page.locator(".map-pin").count() == 12


def test_the_map_obeys_the_filters(open_map: Callable[..., Any]) -> None:
    page = open_map("features")
    everything_shown(page)
    page.get_by_label("State").select_option("rejected")
    everything_shown(page, 2)


def test_a_pin_has_a_name_and_opens_with_the_keyboard(open_map: Callable[..., Any]) -> None:
    page = open_map("features")
    page.get_by_label("State").select_option("rejected")
    everything_shown(page, 2)
    pin = page.get_by_role("button", name="Bench number 3, Rejected")
    pin.focus()
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="Bench number 3").and_(page.locator(".map-popup a"))
    link.wait_for()
    assert link.evaluate("element => element === document.activeElement")
    expect(page.locator(".leaflet-popup-close-button")).to_have_attribute("aria-label", "Close")
    page.keyboard.press("Escape")
    page.locator(".leaflet-popup").wait_for(state="detached")
    assert pin.evaluate("element => element === document.activeElement")


def test_titles_that_look_like_markup_stay_text(open_map: Callable[..., Any]) -> None:
    page = open_map("features")
    everything_shown(page)
    page.wait_for_timeout(400)  # the groups have come to rest
    page.evaluate(
        """() => { const { cluster, markers } = document.querySelector('.map').plazaMap.features;
        cluster.zoomToShowLayer(markers.get('p11'), () => markers.get('p11').openPopup()); }"""
    )
    page.locator(".map-popup").wait_for()
    expect(page.locator(".map-popup__title")).to_have_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".map-popup img")).to_have_count(0)


def test_pointing_at_a_card_shows_its_place(open_map: Callable[..., Any]) -> None:
    page = open_map("features")
    everything_shown(page)
    page.locator("[data-feature-id=p4] a").focus()
    page.locator(".is-active").wait_for()
    expect(page.locator(".is-active")).to_have_count(1)


def test_when_places_cannot_be_loaded_the_reader_is_told_and_can_try_again(open_map: Callable[..., Any]) -> None:
    page = open_map("broken")
    page.get_by_role("alert").get_by_text("could not be loaded").wait_for()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_without_javascript_the_page_says_where_the_same_is_to_be_found(open_map: Callable[..., Any]) -> None:
    page = open_map("features", ready=False, java_script_enabled=False)
    expect(page.get_by_text("also in the list or the form")).to_be_visible()
    expect(page.get_by_role("link", name="Show as a list")).to_be_visible()


@pytest.mark.parametrize("path", ["features", "draw"])
def test_axe_finds_nothing_on_a_page_with_a_map(open_map: Callable[..., Any], path: str) -> None:
    page = open_map(path, bypass_csp=True)  # axe measures with a style of its own
    page.locator(".map__ground canvas").first.wait_for()
    assert axe(page, "main") == []


@pytest.mark.parametrize("viewport", [PHONE, TABLET, DESK], ids=["phone", "tablet", "desk"])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_the_map_fits_every_screen_and_direction(
    open_map: Callable[..., Any], viewport: dict[str, int], direction: str
) -> None:
    page = open_map(f"draw?dir={direction}", viewport=viewport)
    box = page.locator(".map").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= viewport["width"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    controls = page.locator(".map__controls").bounding_box()
    near_start = controls["x"] - box["x"] < box["width"] / 2
    assert near_start == (direction == "ltr")


def test_the_ground_is_drawn_again_in_the_colours_of_the_night(open_map: Callable[..., Any]) -> None:
    page = open_map("features")
    page.locator(".map[data-palette=light] .map__ground canvas").first.wait_for()
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.locator(".map[data-palette=dark] .map__ground canvas").first.wait_for()
    page.evaluate("document.documentElement.dataset.theme = 'contrast'")
    page.locator(".map[data-palette=contrast] .map__ground canvas").first.wait_for()


def test_the_ground_really_shows_water_and_land(open_map: Callable[..., Any]) -> None:
    page = open_map("draw")
    page.evaluate("document.querySelector('.map').plazaMap.leaflet.setView([60.1768, 24.9440], 15, { animate: false })")
    page.evaluate("() => document.querySelector('.map').plazaMap.ground.ready")
    page.wait_for_timeout(300)
    colours = page.evaluate(
        """() => { const found = new Set();
        for (const canvas of document.querySelectorAll('.map__ground canvas')) {
          const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
          for (let i = 0; i < data.length; i += 4 * 97) found.add(`rgb(${data[i]}, ${data[i + 1]}, ${data[i + 2]})`);
        }
        return [...found]; }"""
    )
    own = page.evaluate("document.querySelector('.map').plazaMap.ground.colours")
    wanted = [own["land"], own["water"], own["park"]]
    assert set(wanted) <= set(colours)


def test_areas_are_outlines_that_say_their_name_and_not_pins(open_map: Callable[..., Any]) -> None:
    page = open_map("areas")
    page.locator("path.map__shape--region").nth(7).wait_for(state="attached")
    expect(page.locator(".map-pin, .map-cluster")).to_have_count(0)
    page.evaluate("document.querySelector('.map').plazaMap.leaflet.setView([60.1712, 24.9430], 17, { animate: false })")
    frame = page.locator(".map").bounding_box()
    page.locator(".map").hover(position={"x": frame["width"] / 2, "y": frame["height"] / 2})
    page.get_by_text("Rautatientori", exact=True).wait_for()


def test_the_place_of_one_proposal_is_shown_whole_and_has_nothing_to_press(open_map: Callable[..., Any]) -> None:
    page = open_map("place")
    page.locator("path.map__shape").wait_for(state="attached")
    page.locator(".map-pin--accepted").wait_for()
    expect(page.locator(".map-pin[tabindex], .map-pin[role=button]")).to_have_count(0)
    shape = page.locator("path.map__shape").bounding_box()
    frame = page.locator(".map").bounding_box()
    assert frame["x"] <= shape["x"]
    assert shape["x"] + shape["width"] <= frame["x"] + frame["width"]


def test_a_map_in_a_closed_part_of_the_page_is_right_once_it_is_opened(open_map: Callable[..., Any]) -> None:
    page = open_map("features?closed=1", ready=False)
    page.locator(".map[data-ready]").wait_for(state="attached")
    page.locator("summary").click()
    page.locator(".map__ground canvas").first.wait_for()
    shown = page.evaluate("document.querySelector('.map').plazaMap.leaflet.getBounds().toBBoxString()")
    west, south, east, north = (float(number) for number in shown.split(","))
    assert west < 24.9375 < 24.9507 < east
    assert south < 60.1690 < 60.1720 < north
    assert north - south < 0.02, "a map without a size shows the whole country"


def test_the_map_can_be_skipped_with_one_key(open_map: Callable[..., Any]) -> None:
    page = open_map("features")
    everything_shown(page)
    page.get_by_label("State").focus()
    page.keyboard.press("Tab")
    assert page.locator(".map__skip").evaluate("element => element === document.activeElement")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "place"


FIRST_VIEW = """() => {
  const { leaflet, features, view } = document.querySelector('.map').plazaMap;
  const size = leaflet.getSize();
  const pins = [...features.markers.values()].map((marker) => leaflet.latLngToContainerPoint(marker.getLatLng()));
  const [west, south, east, north] = view.limit;
  const sheet = [leaflet.latLngToContainerPoint([north, west]), leaflet.latLngToContainerPoint([south, east])];
  const seen = (from, to, most) => Math.max(0, Math.min(to, most) - Math.max(from, 0));
  return {
    shown: document.querySelectorAll(".map .map-pin, .map .map-cluster").length,
    out: pins.filter((pin) => pin.x < 0 || pin.y < 40 || pin.x > size.x || pin.y > size.y).length,
    drawn: seen(sheet[0].x, sheet[1].x, size.x) * seen(sheet[0].y, sheet[1].y, size.y) / (size.x * size.y),
  };
}"""
CORNERS = [(24.9360, 60.1650), (24.9525, 60.1652), (24.9362, 60.1783), (24.9526, 60.1784)]


@pytest.mark.parametrize("size", [PHONE, TABLET, DESK], ids=lambda size: str(size["width"]))
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_frame_fills_its_column_and_shows_every_pin_from_the_start(new_page, live, size, language):
    process = spaces.process("Parks", area=spaces.area(box=(24.9352, 60.1642, 24.9534, 60.1791)))
    for lon, lat in CORNERS:
        proposals.proposal(process, at=(lon, lat))
    live.db.session.commit()
    page = new_page(viewport=size)
    for address in ("/proposals?view=map", f"/processes/{process.slug}?"):
        page.goto(f"{live.url}{address}&lang={language}")
        page.locator(".map .map-pin, .map .map-cluster").first.wait_for()
        page.wait_for_timeout(300)
        first = page.evaluate(FIRST_VIEW)
        assert first["shown"] > 0, address
        assert first["out"] == 0, address
        assert first["drawn"] > 0.4, address
        column = page.locator(".map-frame").evaluate("frame => frame.parentElement.clientWidth - frame.clientWidth")
        assert column <= 6, address
        page.locator(".map__group:nth-child(2) .map__button").click()
        page.wait_for_timeout(300)
        assert page.evaluate(FIRST_VIEW)["out"] == 0, address
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_pin_at_the_edge_of_the_drawing_is_seen_whole_with_little_bare_ground(new_page, live):
    process = spaces.process("Parks", area=spaces.area(box=(24.9352, 60.1642, 24.9534, 60.1791)))
    edge = proposals.proposal(process, at=(24.9532, 60.1790))
    live.db.session.commit()
    page = new_page(viewport=TABLET)
    page.goto(f"{live.url}/proposals/{edge.reference}")
    page.locator(".map .map-pin").first.wait_for()
    page.wait_for_timeout(300)

    first = page.evaluate(FIRST_VIEW)
    assert first["out"] == 0
    assert first["drawn"] > 0.8


def test_one_place_far_away_does_not_decide_the_first_view(new_page, live):
    process = spaces.process("Far", area=spaces.area(box=(20.9, 52.2, 21.1, 52.4)))
    places = [(20.95 + n % 5 * 0.002, 52.28 + n // 5 * 0.002) for n in range(25)]
    for at in [*places, (21.09, 52.39)]:
        proposals.proposal(process, at=at)
    live.db.session.commit()
    page = new_page(viewport=DESK)
    page.goto(f"{live.url}/processes/{process.slug}")
    page.locator(".map .map-pin, .map .map-cluster").first.wait_for()
    page.wait_for_timeout(300)

    out = FIRST_VIEW.replace(
        "const [west, south, east, north] = view.limit;", "const [west, south, east, north] = [0, 0, 0, 0];"
    )
    zoom = "document.querySelector('.map').plazaMap.leaflet.getZoom()"
    near = page.evaluate(zoom)
    assert page.evaluate(out)["out"] == 1
    page.locator(".map__group:nth-child(2) .map__button").click()
    page.wait_for_timeout(300)
    assert page.evaluate(out)["out"] == 0
    assert near - page.evaluate(zoom) >= 2
    expect(page.get_by_text("There is no base map of this place here.")).to_be_visible()


def test_one_pin_alone_is_shown_with_the_streets_around_it(new_page, live):
    process = spaces.process("Parks", area=spaces.area(box=(24.9352, 60.1642, 24.9534, 60.1791)))
    proposals.proposal(process, at=(24.944, 60.171))
    live.db.session.commit()
    page = new_page(viewport=DESK)
    page.goto(f"{live.url}/proposals?view=map")
    page.locator(".map .map-pin").first.wait_for()
    page.wait_for_timeout(300)

    assert 16 <= page.evaluate("document.querySelector('.map').plazaMap.leaflet.getZoom()") <= 17
