"""A visitor of a public screen loses nothing by a switch, a change of mind, or a line that is cut; and leaves nothing then."""

import pytest
from playwright.sync_api import expect

from app.features.spaces.models import Participation
from app.web import kiosk as web_kiosk
from tests.browser.kiosk.test_public_screen import TOO_SMALL
from tests.factories import proposals, spaces
from tests.support.browser import KIOSK, at_rest, axe

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]
WORDS = "A secret of mine, number 7712"
STORED = "() => ({...localStorage, ...sessionStorage})"


@pytest.fixture
def writing(new_page, live):
    """A public screen at which somebody has begun to write a proposal."""
    process = spaces.process("Parks", slug="parks", participation=Participation.ANYBODY)
    proposals.proposal(process)
    live.db.session.commit()
    page = new_page(viewport=KIOSK)
    page.goto("/kiosk")
    page.get_by_role("link", name="Make a proposal").click()
    page.locator("main [name=title]").fill(WORDS)
    page.locator("main textarea[name=text]").fill(f"{WORDS} in full\nin two lines")
    page.get_by_label("It is about the whole city").check()
    return page


def is_still_there(page):
    expect(page.locator("main [name=title]")).to_have_value(WORDS)
    expect(page.locator("main textarea[name=text]")).to_have_value(f"{WORDS} in full\nin two lines")
    expect(page.locator("main [name=where][value=city]")).to_be_checked()
    assert page.evaluate(STORED) == {}


def test_colours_languages_and_lower_take_nothing_away_that_was_typed(writing):
    page = writing
    page.get_by_role("button", name="High contrast").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "contrast")
    is_still_there(page)
    page.get_by_role("button", name="Lower").click()
    expect(page.locator("body.kiosk--lowered")).to_be_attached()
    is_still_there(page)
    for language in ("العربية", "English"):
        page.get_by_role("link", name=language, exact=True).click()
        expect(page.locator(f".language-links a[aria-current]:text-is('{language}')")).to_be_visible()
        is_still_there(page)
    # the server knows, too
    page.goto("/proposals")
    expect(page.locator("html")).to_have_attribute("data-theme", "contrast")
    expect(page.locator("body.kiosk--lowered")).to_be_attached()
    page.get_by_role("button", name="Lower").click()
    page.goto("/proposals")
    expect(page.locator("body.kiosk--lowered")).not_to_be_attached()


def test_what_goes_along_into_another_language_goes_nowhere_else(writing):
    page = writing
    page.route("**/proposals/new?**lang=fi**", lambda route: route.abort("internetdisconnected"))
    page.get_by_role("link", name="Suomi").click()
    at_rest(page)
    page.goto("/kiosk")  # whatever brought the visitor here
    expect(page.locator(".kiosk__switches")).to_have_attribute("data-started", "kiosk-switches")
    page.wait_for_function("() => !sessionStorage.length")
    page.get_by_role("link", name="Make a proposal").click()
    expect(page.locator("main [name=title]")).to_have_value("")


def test_what_is_sent_without_a_connection_stays_on_the_page(writing):
    page = writing
    page.context.set_offline(True)
    for press in (page.get_by_role("button", name="Continue").last, page.get_by_role("link", name="To the start")):
        press.click()
        expect(page.get_by_role("alertdialog", name="No connection at the moment")).to_be_visible()
        assert axe(page) == []
        assert page.evaluate(TOO_SMALL) == []
        page.get_by_role("button", name="Back to the page").click()
        is_still_there(page)
    page.context.set_offline(False)
    page.get_by_role("button", name="Continue").last.click()
    page.get_by_role("heading", name="Look it over").wait_for()


def test_a_visit_that_ends_without_a_connection_leaves_nothing_and_the_start_page_comes_by_itself(writing):
    page = writing
    page.context.set_offline(True)
    page.get_by_role("button", name="I am done, delete everything").click()
    expect(page.get_by_text("Everything of the last visit is deleted here.")).to_be_visible()
    assert WORDS not in page.content()
    assert page.locator("main textarea").count() == 0
    assert page.evaluate(STORED) == {}
    page.keyboard.press("Escape")  # nor is there anything below it
    page.context.set_offline(False)
    page.get_by_role("heading", name="Welcome").wait_for()
    page.go_back()
    assert WORDS not in at_rest(page)


def test_a_countdown_without_a_connection_ends_the_same_way(new_page, monkeypatch):
    monkeypatch.setattr(web_kiosk, "IDLE_SECONDS", 2)
    monkeypatch.setattr(web_kiosk, "COUNTDOWN_SECONDS", 1)
    page = new_page(viewport=KIOSK)
    page.goto("/kiosk", wait_until="networkidle")
    page.context.set_offline(True)
    expect(page.get_by_text("Everything of the last visit is deleted here.")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("main").get_by_role("heading", name="Welcome")).to_be_visible()


def test_whoever_cannot_scan_the_code_goes_on_writing_at_the_screen(writing):
    page = writing
    page.get_by_role("button", name="Go on writing on my phone").click()
    page.get_by_role("button", name="I would rather go on here").click()
    page.get_by_role("heading", name="Here is what you wrote").wait_for()
    page.get_by_role("button", name="Go on writing").click()
    page.get_by_role("heading", name="Look it over").wait_for()
    assert page.get_by_text(WORDS, exact=True).first.is_visible()
