"""What a clerk typed and did not send stays with the way it came, and is never taken for the next person's words."""

import pytest
from playwright.sync_api import expect

from app.kernel.permissions import Role
from tests.factories import accounts, spaces
from tests.support.browser import DESK, axe, sign_in_window

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


@pytest.fixture
def desk(new_page, live):
    """A clerk's window and how to open a form for one way in it."""
    process = spaces.process("Parks", slug="parks")
    clerk = accounts.person()
    accounts.grant(clerk, Role.CLERK, process)
    address = f"/staff/intake/{process.id}"
    live.db.session.commit()
    page = new_page(viewport=DESK)
    sign_in_window(page, live, clerk)
    page.goto(f"{address}?channel=desk")
    page.get_by_label("Title", exact=True).fill("A bench for Hilja")
    page.locator("#phone").fill("050 123 4567")
    page.get_by_role("button", name="Take it in").click()  # without its text, so it comes back
    page.get_by_role("link", name="Write down the proposal.").wait_for()
    return page, lambda channel: page.goto(f"{address}?channel={channel}")


def title(page):
    return page.get_by_label("Title", exact=True).input_value()


def test_a_telephone_call_does_not_open_the_visit_before(desk):
    page, begin = desk
    begin("phone")
    assert title(page) == ""
    expect(page.locator("#phone")).to_have_value("")
    expect(page.get_by_label("By telephone", exact=True)).to_be_checked()
    expect(page.get_by_role("button", name="Use it")).to_have_count(0)


def test_what_was_kept_is_offered_and_comes_back_only_when_taken(desk):
    page, begin = desk
    begin("desk")
    assert title(page) == ""
    assert axe(page) == []
    page.get_by_label("Title", exact=True).press_sequentially("Another")
    page.wait_for_timeout(600)  # longer than typing is waited for: what is offered is not written over
    begin("desk")
    page.get_by_role("button", name="Use it").click()
    assert title(page) == "A bench for Hilja"
    expect(page.locator("#phone")).to_have_value("050 123 4567")
    expect(page.get_by_label("At the counter", exact=True)).to_be_checked()


def test_beginning_anew_throws_it_away(desk):
    page, begin = desk
    begin("desk")
    page.get_by_role("button", name="Begin anew").click()
    begin("desk")
    expect(page.get_by_role("button", name="Use it")).to_have_count(0)
    assert title(page) == ""
