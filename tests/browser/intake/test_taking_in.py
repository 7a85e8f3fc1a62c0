"""The clerk in a real browser: by keyboard alone, with and without scripts, and with an impatient finger."""

import pytest
from playwright.sync_api import expect

from app.features.proposals.models import Proposal
from app.kernel.permissions import Role
from tests.factories import accounts, spaces
from tests.support.browser import DESK, PHONE, axe, sign_in_window

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]
FIELDS = {"street": "Street and number", "coordinates": "Latitude and longitude", "area": "Area"}


@pytest.fixture
def desk(new_page, live):
    """A window of a clerk, at the form for one visit."""
    process = spaces.process("Parks", slug="parks")
    clerk = accounts.person()
    accounts.grant(clerk, Role.CLERK, process)
    address = f"/staff/intake/{process.id}?channel=desk"
    live.db.session.commit()

    def open_form(**window):
        page = new_page(**window)
        sign_in_window(page, live, clerk)
        page.goto(address)
        return page

    return open_form


def fields_in_sight(page):
    return {way for way, label in FIELDS.items() if page.get_by_label(label, exact=True).is_visible()}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_only_the_field_of_the_chosen_way_is_shown(desk, scripts):
    page = desk(viewport=PHONE, java_script_enabled=scripts)
    for label, shown in (
        ("A street", {"street"}),
        ("Coordinates", {"coordinates"}),
        ("An area", {"area"}),
        ("The whole city", set()),
    ):
        page.get_by_label(label, exact=True).check()
        assert fields_in_sight(page) == shown
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    if scripts:
        assert axe(page) == []


def test_a_sheet_is_taken_in_by_keyboard_alone(desk, live):
    page = desk(viewport=DESK)
    keys = page.keyboard
    keys.type("A bench at the tram stop")  # the title is where the clerk begins
    keys.press("Tab")
    keys.type("My mother cannot stand for long.")
    for _ in range(10):
        keys.press("Tab")
        if page.evaluate("document.activeElement.name") == "where":
            break
    for _ in range(3):
        keys.press("ArrowDown")  # street, coordinates, area, the whole city
    assert fields_in_sight(page) == set()
    for _ in range(10):
        keys.press("Tab")
        if page.evaluate("document.activeElement.name") == "read_back":
            break
    keys.press("Space")
    keys.press("Tab")
    keys.press("Enter")

    page.get_by_role("heading", name="Taken in").wait_for()
    expect(page.get_by_role("button", name="Print the slip")).to_be_visible()
    expect(page.locator(".receipt")).to_contain_text("/proposals/follow/", use_inner_text=True)
    assert axe(page) == []
    keys.press("n")
    page.get_by_role("heading", name="Take in a proposal").wait_for()
    expect(page.get_by_label("Title", exact=True)).to_have_value("")
    expect(page.get_by_label("At the counter", exact=True)).to_be_checked()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_impatient_finger_takes_in_one_sheet(desk, live, scripts):
    page = desk(viewport=DESK, java_script_enabled=scripts)
    page.get_by_label("Title", exact=True).fill("A bench at the tram stop")
    page.get_by_label("Proposal", exact=True).fill("My mother cannot stand for long.")
    page.get_by_label("The whole city", exact=True).check()
    page.get_by_label("I have read it back").check()
    page.get_by_role("button", name="Take it in").dblclick(no_wait_after=True)

    page.get_by_role("heading", name="Taken in").wait_for()
    page.wait_for_timeout(500)
    live.db.session.remove()
    assert live.db.session.query(Proposal).count() == 1
    live.db.session.remove()
