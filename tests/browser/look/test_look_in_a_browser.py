"""The styleguide in a real browser: readable for everybody, and the small scripts do what they say."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, axe

Window = Callable[..., Any]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"viewport": PHONE, "color_scheme": "dark"},
        {"contrast": "more"},
        {"viewport": PHONE, "color_scheme": "dark", "contrast": "more"},
    ],
    ids=["light", "dark phone", "more contrast", "dark with more contrast"],
)
def test_every_component_can_be_used_by_everybody(new_page: Window, options: dict[str, Any]) -> None:
    page = new_page(**options)
    page.goto("/styleguide")
    assert axe(page) == []


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_page_moves_sideways(new_page: Window, width: int, language: str) -> None:
    """320 px is a window of 1280 px at 400 % (WCAG 2.2, 1.4.10)."""
    page = new_page(viewport={"width": width, "height": 800})
    page.goto(f"/styleguide?lang={language}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_with_the_colours_of_the_device_buttons_keep_an_edge(new_page: Window) -> None:
    """Windows' contrast themes take every background away."""
    page = new_page(forced_colors="active")
    page.goto("/styleguide")
    edge = "element => getComputedStyle(element).borderTopStyle + parseFloat(getComputedStyle(element).borderTopWidth)"
    for button in page.locator(".button--primary:enabled, a.button--primary").all():
        assert button.evaluate(edge) == "solid2"


def test_in_arabic_the_page_begins_on_the_right(new_page: Window) -> None:
    page = new_page()
    page.goto("/styleguide?lang=ar")
    assert page.evaluate("document.documentElement.dir") == "rtl"
    heading = page.locator("h1").bounding_box()
    aside = page.locator(".page__aside").bounding_box()
    assert aside["x"] < heading["x"]


def test_fonts_come_from_our_own_host(page: Any) -> None:
    page.goto("/styleguide")
    page.evaluate("document.fonts.ready.then(() => null)")
    assert page.evaluate("document.fonts.check('1em \"Atkinson Hyperlegible Next\"', 'a')")
    assert page.evaluate("document.fonts.check('1em \"Noto Sans Arabic\"', 'س')")


def test_colours_change_at_once_and_stay(page: Any) -> None:
    page.goto("/styleguide")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(paper) != light
    dark = page.evaluate(paper)
    page.reload()
    assert page.evaluate(paper) == dark
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")


def test_colours_change_without_javascript_too(new_page: Window) -> None:
    page = new_page(java_script_enabled=False)
    page.goto("/styleguide")
    page.get_by_role("button", name="High contrast").click()
    assert page.url.endswith("/styleguide")
    expect(page.locator("html")).to_have_attribute("data-theme", "contrast")


def test_the_menu_on_a_phone_opens_and_escape_closes_it(new_page: Window) -> None:
    page = new_page(viewport=PHONE)
    page.goto("/styleguide")
    menu = page.locator(".menu--main")
    menu.locator("summary").click()
    expect(menu).to_have_js_property("open", True)
    page.keyboard.press("Escape")
    expect(menu).to_have_js_property("open", False)
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_a_dialog_opens_closes_and_gives_focus_back(page: Any) -> None:
    page.goto("/styleguide")
    page.wait_for_load_state("networkidle")  # a click before the script is there follows the link instead
    opener = page.locator('[data-opens="sample-dialog"]')
    opener.click()
    expect(page.locator("#sample-dialog")).to_have_js_property("open", True)
    page.keyboard.press("Escape")
    expect(page.locator("#sample-dialog")).to_have_js_property("open", False)
    assert opener.evaluate("element => element === document.activeElement")


def test_a_dialog_can_be_read_without_javascript(new_page: Window) -> None:
    page = new_page(java_script_enabled=False)
    page.goto("/styleguide")
    page.locator('[data-opens="sample-dialog"]').click()
    expect(page.locator("#sample-dialog")).to_be_visible()
    page.locator("#sample-dialog [data-closes]").click()
    expect(page.locator("#sample-dialog")).to_be_hidden()


def test_characters_are_counted_and_nothing_is_cut_off(page: Any) -> None:
    page.goto("/styleguide")
    page.fill("#text", "😀" * 999)
    expect(page.locator("#text-count")).to_have_text("1 characters left", use_inner_text=True)
    page.fill("#text", "x" * 1003)
    expect(page.locator("#text-count")).to_have_text("3 characters too many", use_inner_text=True)
    assert len(page.input_value("#text")) == 1003


def test_the_summary_of_mistakes_leads_into_the_field(page: Any) -> None:
    page.goto("/styleguide")
    page.locator(".error-summary a").first.click()
    assert page.evaluate("document.activeElement.id") == "wrong-title"


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_a_big_number_is_never_broken(new_page: Window, width: int) -> None:
    page = new_page(viewport={"width": width, "height": 800})
    page.goto("/styleguide")
    value = page.locator(".stats .stat__value").first
    one_line = value.bounding_box()["height"]
    page.evaluate("for (const each of document.querySelectorAll('.stats .stat__value')) each.textContent = 'PLN 4,321,791.00'")
    assert value.bounding_box()["height"] == pytest.approx(one_line, abs=1)
    assert value.evaluate("element => element.scrollWidth - element.clientWidth") <= 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
