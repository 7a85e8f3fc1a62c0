"""Writing a proposal in a real browser: by touch on a phone, by keyboard alone, and without scripts by street."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.features.proposals.models import PlaceKind, Proposal, ProposalState
from app.features.spaces.models import Participation, Publication
from tests.factories import accounts, spaces
from tests.support.browser import DESK, PHONE, axe, sign_in_window
from tests.support.pictures import encoded, halves

pytestmark = pytest.mark.browser
ON_THE_MAP = (24.936, 60.165, 24.953, 60.178)


@pytest.fixture
def process(live):
    area = spaces.area({"en": "Old town", "ar": "المدينة القديمة"}, box=ON_THE_MAP)
    found = spaces.process({"en": "Parks", "ar": "حدائق"}, area=area, slug="parks", participation=Participation.ANYBODY)
    spaces.category(found, {"en": "Green", "ar": "أخضر"})
    live.db.session.commit()
    return found


def stored(live):
    live.db.session.remove()
    return live.db.session.scalars(select(Proposal)).one()


def map_is_there(page):
    page.locator(".map-tools").wait_for()
    page.locator(".map canvas").first.wait_for()


def looks_right(page):
    """Nothing sticks out at the side, and axe finds nothing."""
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert axe(page) == []


def write(page, title="A bench in the shade"):
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_label("Your proposal").fill("There is nowhere to sit.")
    page.get_by_label("What is it about?").select_option(index=1)


def test_a_resident_on_a_phone_proposes_with_a_pin_and_a_photo_by_touch(new_page, live, process, tmp_path):
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(encoded(halves(2400, 1600), "JPEG", quality=95))
    page = new_page(viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto("/proposals/new?process=parks")
    map_is_there(page)
    looks_right(page)
    write(page)
    page.locator(".map").first.tap(position={"x": 150, "y": 200})
    page.get_by_text("The place is marked at").wait_for()
    page.locator("#photo_1").set_input_files(photo)
    page.get_by_label("What does photo 1 show?").fill("The empty corner")
    page.get_by_role("button", name="Continue").tap()
    page.get_by_role("heading", name="Look it over, then publish").wait_for()
    expect(page.get_by_role("img", name="The empty corner")).to_have_js_property("naturalWidth", 640)
    looks_right(page)
    page.get_by_role("button", name="Publish proposal").tap()
    page.get_by_role("heading", name="Your proposal is published").wait_for()
    looks_right(page)
    proposal = stored(live)
    assert proposal.state is ProposalState.PUBLISHED
    assert proposal.place_kind is PlaceKind.POINT
    assert proposal.area_id == process.area_id
    page.get_by_role("link", name="Open the page of your proposal").tap()
    page.get_by_role("heading", name=f"Your proposal {proposal.reference}").wait_for()
    assert axe(page) == []


def test_everything_can_be_done_with_the_keyboard_alone(new_page, live, process):
    page = new_page(viewport=DESK)
    page.goto("/proposals/new?process=parks")
    map_is_there(page)
    keys = page.keyboard

    def tab_to(locator, most=60):
        for _press in range(most):
            keys.press("Tab")
            if locator.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"{most} times Tab did not lead to {locator}")

    tab_to(page.get_by_label("Title", exact=True))
    keys.type("A bench by keyboard")
    tab_to(page.get_by_label("Your proposal"))
    keys.type("There is nowhere to sit.")
    tab_to(page.get_by_label("What is it about?"))
    keys.press("ArrowDown")
    tab_to(page.locator(".map").first)
    keys.press("ArrowRight")
    keys.press("ArrowDown")
    keys.press("Enter")
    page.get_by_text("The place is marked at").wait_for()
    tab_to(page.get_by_role("button", name="Continue"))
    keys.press("Enter")
    page.get_by_role("heading", name="Look it over, then publish").wait_for()
    tab_to(page.get_by_role("button", name="Publish proposal"))
    keys.press("Enter")
    page.get_by_role("heading", name="Your proposal is published").wait_for()
    assert stored(live).place_kind is PlaceKind.POINT


def test_enter_in_the_title_goes_on_and_never_removes_a_photo(new_page, live, process, tmp_path):
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(encoded(halves(), "JPEG"))
    page = new_page(viewport=DESK)
    page.goto("/proposals/new?process=parks")
    page.locator("#photo_1").set_input_files(photo)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Remove this photo").wait_for()
    page.get_by_label("Title", exact=True).press("Enter")
    page.get_by_role("button", name="Remove this photo").wait_for()
    live.db.session.remove()
    assert len(stored(live).photos) == 1


def test_without_scripts_a_street_is_enough(new_page, live, process):
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto("/proposals/new?process=parks")
    expect(page.get_by_text("The map needs JavaScript. Without it, say in another way where it is.")).to_be_visible()
    expect(page.get_by_text("The map needs JavaScript, or could not be loaded.")).to_be_hidden()
    expect(page.get_by_label("Write a street")).to_be_checked()
    write(page)
    page.get_by_label("Street and number").fill("Vuorikat 5")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Vuorikatu 5").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Look it over, then publish")).to_be_visible()
    page.get_by_role("button", name="Publish proposal").click()
    expect(page.get_by_role("heading", name="Your proposal is published")).to_be_visible()
    proposal = stored(live)
    assert proposal.place_label == "Vuorikatu 5"
    link = page.get_by_role("link", name="Open the page of your proposal").get_attribute("href")
    elsewhere = new_page(viewport=PHONE, java_script_enabled=False)
    elsewhere.goto(link)
    expect(elsewhere.get_by_text("Everybody can see it")).to_be_visible()


def test_a_lost_connection_loses_nothing(new_page, live, process):
    page = new_page(viewport=PHONE)
    page.goto("/proposals/new?process=parks")
    write(page, title="Typed in the tram")
    page.wait_for_timeout(700)
    page.context.set_offline(True)
    page.get_by_role("button", name="Continue").click(no_wait_after=True)
    page.wait_for_timeout(500)
    page.context.set_offline(False)
    page.goto("/proposals/new?process=parks")
    page.get_by_text("We kept what you typed earlier.").wait_for()
    expect(page.get_by_label("Title", exact=True)).to_have_value("Typed in the tram")
    expect(page.get_by_label("Your proposal")).to_have_value("There is nowhere to sit.")


def test_what_was_too_large_to_arrive_is_still_there(new_page, live, process, monkeypatch):
    monkeypatch.setitem(live.app.config, "MAX_CONTENT_LENGTH", 500)
    page = new_page(viewport=PHONE)
    page.goto("/proposals/new?process=parks")
    write(page, title="Too large")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="This file is too large").wait_for()
    page.goto("/proposals")
    page.goto("/proposals/new?process=parks")
    page.get_by_text("We kept what you typed earlier.").wait_for()
    expect(page.get_by_label("Title", exact=True)).to_have_value("Too large")


def test_a_map_that_was_folded_away_works_when_it_is_unfolded(new_page, live, process):
    page = new_page(viewport=PHONE)
    page.goto("/proposals/new?process=parks")
    page.get_by_label("Choose an area").check()
    write(page)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Something is missing or not right").wait_for()
    page.get_by_label("Mark it on the map").check()
    map_is_there(page)
    page.locator(".map").first.click(position={"x": 150, "y": 200})
    page.get_by_text("The place is marked at").wait_for()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Look it over, then publish").wait_for()
    assert stored(live).place_kind is PlaceKind.POINT


def test_a_file_that_is_no_photo_is_refused_before_it_travels(new_page, live, process, tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("hello")
    page = new_page(viewport=PHONE)
    page.goto("/proposals/new?process=parks")
    page.locator("#photo_1").set_input_files(text)
    page.get_by_text("This is not a photo that we can show").wait_for()
    expect(page.locator("#photo_1")).to_have_value("")


@pytest.mark.parametrize(("language", "scheme"), [("en", "dark"), ("ar", "light")])
def test_every_page_of_writing_is_accessible_in_both_directions(new_page, live, process, language, scheme):
    from tests.factories import proposals

    process.publication = Publication.AFTER_APPROVAL
    ann = accounts.person()
    draft = proposals.draft(process, author=ann, at=(24.944, 60.17), category_id=process.categories[0].id)
    pending = proposals.proposal(process, author=ann, state=ProposalState.PENDING, at=(24.944, 60.17))
    draft_id, pending_id = draft.id, pending.id
    page = new_page(viewport=PHONE, locale=language, color_scheme=scheme)
    sign_in_window(page, live, ann)
    for address in (
        "/proposals/new?process=parks",
        f"/proposals/{draft_id}/edit",
        f"/proposals/{draft_id}/review",
        f"/proposals/{pending_id}/sent",
        f"/proposals/{pending_id}/mine",
        f"/proposals/{pending_id}/withdraw",
        "/proposals/drafts",
    ):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        looks_right(page)
    page.goto("/proposals/new?process=parks")
    page.locator("form#proposal-form button[name=action][value=continue]").last.click()
    page.locator(".error-summary").wait_for()
    assert axe(page) == []


def test_with_scripts_the_map_stays_the_first_way_and_begun_answers_are_left_alone(new_page, live, process):
    page = new_page(viewport=DESK)
    page.goto("/proposals/new?process=parks")
    map_is_there(page)
    expect(page.get_by_label("Mark it on the map")).to_be_checked()
    expect(page.get_by_text("Without it, say in another way where it is.")).to_be_hidden()
    page.get_by_label("Write a street").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("Write the name of the street.").first.wait_for()
    page.wait_for_load_state("networkidle")

    expect(page.get_by_label("Write a street")).to_be_checked()
