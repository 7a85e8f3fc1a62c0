"""The pages of processes in a real browser: phone, keyboard, right-to-left, without scripts, and for everybody's eyes."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.features.spaces.models import Action, ProcessState
from app.kernel import clock
from app.kernel.permissions import Role
from tests.factories import accounts, spaces
from tests.support.browser import DESK, PHONE, axe, sign_in_window

pytestmark = pytest.mark.browser

FILE = (
    b'{"type": "FeatureCollection", "features": ['
    b'{"type": "Feature", "properties": {"code": "harbour", "name": "Harbour"}, "geometry": {"type": "Polygon", '
    b'"coordinates": [[[24.936, 60.165], [24.94, 60.165], [24.94, 60.17], [24.936, 60.165]]]}}]}'
)


@pytest.fixture
def city(live):
    """A city with districts, a process in two languages, a draft and a finished process."""
    centre = spaces.area({"en": "Centre", "ar": "الوسط"}, code="centre", box=(24.9352, 60.1642, 24.9534, 60.1791))
    spaces.area("West", code="west", box=(24.9352, 60.1642, 24.945, 60.1791), parent=centre)
    process = spaces.process(
        {"en": "Parks for everybody", "ar": "حدائق للجميع"},
        area=centre,
        slug="parks",
        open_for=None,
        summary={"en": "What should change in our parks?"},
        description={"en": "First.\n\nSecond."},
        contact="parks@example.org",
    )
    now = clock.now()
    spaces.phase(process, {"en": "Collect proposals", "ar": "جمع"}, actions=[Action.PROPOSE, Action.SUPPORT, Action.COMMENT])
    spaces.phase(process, "Vote", starts_at=now + timedelta(days=31), actions=[Action.VOTE])
    spaces.category(process, "Trees")
    draft = spaces.process("Not yet", area=centre, slug="not-yet", state=ProcessState.DRAFT)
    spaces.process("Long ago", area=centre, slug="long-ago", state=ProcessState.ARCHIVED)
    live.db.session.commit()
    return {"process": process.id, "phase": process.phases[0].id, "draft": draft.id}


def staff_window(new_page, live, **options):
    """A window in which an administrator is signed in."""
    page = new_page(**options)
    sign_in_window(page, live, accounts.staff(Role.ADMINISTRATOR))
    return page


def staff_pages(city):
    """Addresses of the staff pages."""
    base = f"/staff/processes/{city['process']}"
    return [
        "/staff/",
        "/staff/processes",
        "/staff/processes/new",
        base,
        f"{base}/change",
        f"/staff/processes/{city['draft']}/state",
        f"{base}/phases/new",
        f"{base}/phases/{city['phase']}/change",
        f"{base}/categories/new",
        "/staff/areas",
        "/staff/areas/import",
    ]


# The other two halves are looked at for every page of the house (main_job/test_axe_everywhere.py).
LOOKS = [
    {"locale": "en", "color_scheme": "dark", "viewport": PHONE},
    {"locale": "ar", "color_scheme": "light", "viewport": DESK},
]


def check(page, address, viewport):
    """No barrier that axe knows, and nothing that sticks out at the side."""
    page.goto(address)
    assert axe(page) == [], address
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], f"{address} is wider than the window"


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look['locale']}-{look['color_scheme']}-{look['viewport']['width']}")
def test_public_pages_have_no_barriers_and_fit(new_page, city, look):
    page = new_page(**look)
    for address in ("/", "/processes", "/processes/parks", "/processes/long-ago", "/processes/nothing"):
        check(page, address, look["viewport"])


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look['locale']}-{look['color_scheme']}-{look['viewport']['width']}")
def test_staff_pages_have_no_barriers_and_fit(new_page, live, city, look):
    page = staff_window(new_page, live, **look)
    for address in staff_pages(city):
        check(page, address, look["viewport"])


def test_an_empty_city_has_no_barriers_either(new_page, live):
    for look in LOOKS[:2]:
        page = staff_window(new_page, live, **look)
        for address in ("/", "/processes", "/staff/processes", "/staff/areas"):
            check(page, address, look["viewport"])


def test_the_drawing_of_the_city_is_really_drawn(page, city):
    page.goto("/")
    shape = page.locator(".city-drawing__borders")
    assert shape.bounding_box()["width"] > 100


def test_on_a_phone_the_first_thing_to_do_is_on_the_first_screen(new_page, city):
    page = new_page(viewport=PHONE)
    page.goto("/")
    button = page.locator(".home__welcome .button").first
    box = button.bounding_box()
    assert box["y"] + box["height"] < PHONE["height"]
    assert box["height"] >= 48


def test_a_desk_screen_answers_everything_about_a_process_at_once(page, city):
    page.goto("/processes/parks")
    for words in (
        "Parks for everybody",
        "What should change in our parks?",
        "What you can do now",
        "Collect proposals",
        "Centre",
    ):
        box = page.get_by_text(words).first.bounding_box()
        assert box["y"] + box["height"] <= DESK["height"], words


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_an_administrator_sets_up_and_publishes_a_process(new_page, live, city, scripts):
    page = staff_window(new_page, live, java_script_enabled=scripts, viewport=PHONE)
    page.goto("/staff/processes/new")
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_role("heading", name="Something is missing or not right")).to_be_visible()
    if scripts:
        assert axe(page) == []
    page.get_by_label("Title (English)").fill("Safe ways to school")
    page.get_by_label("Area").select_option(label="Centre")
    page.get_by_label("Anybody, with or without an account").check()
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Safe ways to school", use_inner_text=True)
    page.get_by_role("link", name="Add a phase").click()
    page.get_by_label("Title (English)").fill("Collect proposals")
    page.get_by_label("Begins").fill("2026-01-01T08:00")
    page.get_by_label("Ends").fill("2025-01-01T08:00")
    page.get_by_label("Make proposals").check()
    page.get_by_role("button", name="Add this phase").click()
    expect(page.locator("#ends_at-error")).to_be_visible()
    expect(page.get_by_label("Title (English)")).to_have_value("Collect proposals")
    page.get_by_label("Ends").fill("2099-01-01T08:00")
    page.get_by_role("button", name="Add this phase").click()
    page.get_by_role("link", name="Publish …").click()
    page.get_by_role("button", name="Publish this process").click()
    expect(page.get_by_text("The process is published.")).to_be_visible()
    page.goto("/processes/safe-ways-to-school")
    assert (
        page.get_by_text("You do not need an account").first.is_visible() or page.get_by_text("Open until").first.is_visible()
    )


def test_a_phase_is_removed_and_restored_with_the_keyboard_alone(new_page, live, city):
    page = staff_window(new_page, live)
    page.goto(f"/staff/processes/{city['process']}")

    def press(name):
        for _ in range(120):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.innerText").strip().startswith(name):
                page.keyboard.press("Enter")
                return
        raise AssertionError(f"{name} cannot be reached with the Tab key")

    press("Remove")
    expect(page.get_by_text("The phase is removed.")).to_be_visible()
    press("1 removed phase")
    press("Restore")
    expect(page.get_by_text("The phase is back.")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_areas_are_imported_after_a_preview(new_page, live, city, scripts):
    page = staff_window(new_page, live, java_script_enabled=scripts)
    page.goto("/staff/areas/import")
    page.get_by_label("GeoJSON file").set_input_files({"name": "a.geojson", "mimeType": "application/json", "buffer": b"{"})
    page.get_by_role("button", name="Check this file").click()
    expect(page.locator("#file-error")).to_be_visible()
    page.get_by_label("GeoJSON file").set_input_files({"name": "b.geojson", "mimeType": "application/json", "buffer": FILE})
    page.get_by_label("The areas lie inside").select_option(label="Centre")
    page.get_by_role("button", name="Check this file").click()
    expect(page.get_by_role("row", name="Harbour").get_by_text("New")).to_be_visible()
    if scripts:
        assert axe(page) == []
    page.get_by_role("button", name="Import these areas").click()
    expect(page.get_by_text("1 area added.")).to_be_visible()


def test_the_map_of_a_process_draws_its_border(page, city):
    page.goto("/processes/parks")
    expect(page.locator(".map path").first).to_be_attached()


def test_whoever_saves_second_compares_both_versions_and_decides(new_page, live, city):
    address = f"/staff/processes/{city['process']}/change"
    first, second = staff_window(new_page, live), staff_window(new_page, live)
    first.goto(address)
    second.goto(address)
    first.get_by_label("Title (English)").fill("Parks and squares")
    first.get_by_role("button", name="Save changes").click()
    expect(first.get_by_text("Your changes are saved.")).to_be_visible()
    second.get_by_label("Title (English)").fill("Gardens")
    second.get_by_role("button", name="Save changes").click()
    expect(second.get_by_text("Somebody else saved changes while you were writing")).to_be_visible()
    expect(second.get_by_text("Parks and squares").first).to_be_visible()
    expect(second.get_by_label("Title (English)")).to_have_value("Gardens")
    assert axe(second) == []
    second.get_by_role("button", name="Save changes").click()
    expect(second.get_by_role("heading", level=1)).to_have_text("Gardens")


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_areas_with_long_names_and_codes_fit_beside_their_map(new_page, live, city, width):
    for number in range(3):
        spaces.area(f"Alexandroupolis-Kruununhaka-Southernmost {number}", code=f"imported-from-another-register-{number}")
    live.db.session.commit()
    page = staff_window(new_page, live, viewport={"width": width, "height": 900})
    page.goto("/staff/areas")
    frame = page.locator(".table-frame")
    assert frame.evaluate("frame => frame.scrollWidth <= frame.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
