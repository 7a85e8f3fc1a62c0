"""Marking a place with the mouse, with a finger, and with the keyboard alone."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE

pytestmark = pytest.mark.browser

LEAST_TARGET = 48


def drawn(page: Any) -> dict[str, Any] | None:
    """What the form would send."""
    text = page.locator("#place").input_value()
    return json.loads(text) if text else None


def click_map(page: Any, x: int, y: int) -> None:
    """A click at so many pixels from the corner of the map."""
    page.locator(".map").click(position={"x": x, "y": y})


def keys(page: Any, *names: str) -> None:
    """Press keys with the map in focus."""
    page.locator(".map").focus()
    for name in names:
        page.keyboard.press(name)


def status(page: Any) -> str:
    """What the live region says."""
    return str(page.locator(".map__status").text_content())


def test_a_click_puts_a_pin_into_the_form(open_map: Callable[..., Any]) -> None:
    page = open_map("draw")
    click_map(page, 500, 200)
    place = drawn(page)
    assert place is not None
    assert place["type"] == "Point"
    lon, lat = place["coordinates"]
    assert 24.935 < lon < 24.9535
    assert 60.164 < lat < 60.1792
    assert "The place is marked at" in status(page)
    assert f"{lat:.4f}"[:6] in status(page)


def test_a_second_click_moves_the_pin_and_undo_brings_it_back(open_map: Callable[..., Any]) -> None:
    page = open_map("draw")
    click_map(page, 500, 200)
    first = drawn(page)
    click_map(page, 600, 300)
    assert drawn(page) not in (None, first)
    page.get_by_role("button", name="Undo").click()
    assert drawn(page) == first
    page.get_by_role("button", name="Start again").click()
    assert drawn(page) is None


def test_a_pin_can_be_put_with_the_keyboard_alone(open_map: Callable[..., Any]) -> None:
    page = open_map("draw")
    keys(page, "Enter")
    middle = drawn(page)
    keys(page, "ArrowRight", "ArrowRight", "ArrowUp", "Enter")
    moved = drawn(page)
    assert middle is not None
    assert moved is not None
    assert moved["coordinates"][0] > middle["coordinates"][0]
    assert moved["coordinates"][1] > middle["coordinates"][1]
    keys(page, "Backspace")
    assert drawn(page) == middle


def test_the_crosshair_leads_the_map_along_at_its_edge(open_map: Callable[..., Any]) -> None:
    page = open_map("draw", viewport=PHONE)
    keys(page, "Enter")
    middle = drawn(page)
    keys(page, *["Shift+ArrowRight"] * 8, "Enter")
    far = drawn(page)
    assert middle is not None
    assert far is not None
    # 8 leaps of 60 px at zoom 17 are about 285 m, more than half the width of a phone's map
    assert far["coordinates"][0] - middle["coordinates"][0] == pytest.approx(8 * 60 * 360 / (256 * 2**17), rel=0.02)


def test_a_line_is_drawn_with_the_mouse(open_map: Callable[..., Any]) -> None:
    page = open_map("draw")
    page.get_by_role("button", name="Line").click()
    click_map(page, 300, 200)
    assert drawn(page) is None
    click_map(page, 450, 260)
    click_map(page, 600, 220)
    page.get_by_role("button", name="Finish").click()
    line = drawn(page)
    assert line is not None
    assert line["type"] == "LineString"
    assert len(line["coordinates"]) == 3
    assert "The line is marked:" in status(page)


def test_a_line_counts_even_when_nobody_chooses_finish(open_map: Callable[..., Any]) -> None:
    page = open_map("draw")
    page.get_by_role("button", name="Line").click()
    click_map(page, 300, 200)
    click_map(page, 450, 260)
    line = drawn(page)
    assert line is not None
    assert len(line["coordinates"]) == 2


def test_an_area_is_drawn_with_the_keyboard_alone(open_map: Callable[..., Any]) -> None:
    page = open_map("draw")
    page.get_by_role("button", name="Area").focus()
    page.keyboard.press("Enter")
    keys(page, "Enter", "Shift+ArrowRight", "Enter", "Shift+ArrowDown", "Enter", "Shift+ArrowLeft", "Enter")
    area = drawn(page)
    assert area is not None
    assert area["type"] == "Polygon"
    ring = area["coordinates"][0]
    assert len(ring) == 5
    assert ring[0] == ring[-1]
    page.get_by_role("button", name="Finish").press("Enter")
    assert "The area is marked:" in status(page)
    assert "m²" in status(page)


def test_backspace_takes_corners_back_and_escape_gives_the_earlier_place_back(open_map: Callable[..., Any]) -> None:
    page = open_map("draw")
    click_map(page, 500, 200)
    pin = drawn(page)
    page.get_by_role("button", name="Area").click()
    assert drawn(page) == pin
    keys(page, "Enter", "Shift+ArrowRight", "Enter", "Shift+ArrowDown", "Enter")
    assert (drawn(page) or {})["type"] == "Polygon"
    keys(page, "Backspace")
    assert drawn(page) == pin
    keys(page, "Escape")
    assert drawn(page) == pin
    assert "Your earlier place is back" in status(page)


def test_an_outline_that_crosses_itself_is_not_sent_and_the_reader_is_told(open_map: Callable[..., Any]) -> None:
    page = open_map("draw")
    page.get_by_role("button", name="Area").click()
    for x, y in ((300, 100), (500, 300), (500, 100), (300, 300)):
        click_map(page, x, y)
    assert drawn(page) is None
    assert "crosses itself" in status(page)
    page.get_by_role("button", name="Undo").click()
    assert (drawn(page) or {})["type"] == "Polygon"


def test_a_place_outside_the_area_is_refused_with_words(open_map: Callable[..., Any]) -> None:
    page = open_map("pin")
    page.locator(".map__border").wait_for(state="attached")
    page.evaluate("document.querySelector('.map').plazaMap.leaflet.setView([60.1652, 24.9365], 16, { animate: false })")
    click_map(page, 640, 240)
    page.get_by_text("outside the area").wait_for()
    assert drawn(page) is None
    assert "outside the area" in status(page)


def test_a_map_for_pins_alone_shows_no_other_shapes(open_map: Callable[..., Any]) -> None:
    page = open_map("pin")
    expect(page.get_by_role("button", name="Area")).to_have_count(0)
    expect(page.get_by_role("button", name="Line")).to_have_count(0)


def test_a_place_that_the_form_holds_already_is_shown_and_can_be_changed(open_map: Callable[..., Any]) -> None:
    stored = '{"type":"Point","coordinates":[24.9443,60.1712]}'
    page = open_map(f"draw?place={stored}")
    page.locator(".map-pin").wait_for()
    assert drawn(page) == json.loads(stored)
    click_map(page, 300, 150)
    assert drawn(page) not in (None, json.loads(stored))


def test_another_part_of_the_page_can_set_the_place(open_map: Callable[..., Any]) -> None:
    page = open_map("draw")
    page.locator("#place").fill('{"type":"Point","coordinates":[24.9450,60.1700]}')
    page.locator("#place").dispatch_event("change")
    page.locator(".map-pin").wait_for()
    assert drawn(page) == {"type": "Point", "coordinates": [24.945, 60.17]}


def test_my_position_is_marked_when_the_browser_gives_it(open_map: Callable[..., Any]) -> None:
    here = {"latitude": 60.1699, "longitude": 24.9422, "accuracy": 20}
    page = open_map("draw", geolocation=here, permissions=["geolocation"])
    page.get_by_role("button", name="Use my position").click()
    page.locator(".map-pin").wait_for()
    assert drawn(page) == {"type": "Point", "coordinates": [24.9422, 60.1699]}


def test_a_position_outside_the_map_is_kindly_declined(open_map: Callable[..., Any]) -> None:
    page = open_map("draw", geolocation={"latitude": 51.5, "longitude": 0.0}, permissions=["geolocation"])
    page.get_by_role("button", name="Use my position").click()
    page.get_by_text("You are outside the area of this map").wait_for()
    assert drawn(page) is None


def test_a_refused_position_says_what_to_do_instead(open_map: Callable[..., Any]) -> None:
    page = open_map("draw", permissions=[])
    page.get_by_role("button", name="Use my position").click()
    page.get_by_text("You can still mark the place on the map").wait_for()


def test_every_button_for_drawing_is_large_enough_for_a_thumb(open_map: Callable[..., Any]) -> None:
    page = open_map("draw", viewport=PHONE, has_touch=True)
    page.locator(".map").tap(position={"x": 200, "y": 200})
    assert drawn(page) is not None
    boxes = [button.bounding_box() for button in page.locator(".map-tools__button:visible").all()]
    assert len(boxes) >= 5
    assert all(box["height"] >= LEAST_TARGET and box["width"] >= LEAST_TARGET for box in boxes)


def test_someone_who_cannot_see_hears_the_street_they_are_on(open_map: Callable[..., Any]) -> None:
    page = open_map("draw")
    page.locator(".map__ground canvas").first.wait_for()
    page.locator("#place").fill('{"type":"Point","coordinates":[24.947,60.16897]}')
    page.locator("#place").dispatch_event("change")
    page.locator(".map").focus()
    page.keyboard.press("ArrowUp")
    page.get_by_text("Crosshair at Aleksanterinkatu").wait_for()
