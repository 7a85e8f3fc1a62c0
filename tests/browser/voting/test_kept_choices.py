"""What is chosen and not yet cast stays on the own device, sealed, until it is cast or forgotten; leaving asks first."""

import json

import pytest
from playwright.sync_api import expect

from app.features.budgets.queries import pot as pot_by_id
from app.features.committee.models import DecisionKind
from tests.browser.voting.ballots import INSIDE, TYPES, at_the_ballot, choose, inside, review_and_cast, row, voter
from tests.factories import committee
from tests.support.browser import PHONE, axe, sign_in_window

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.mark.parametrize("kind", TYPES)
def test_choices_survive_closing_the_page_on_ones_own_device_until_they_are_cast(live, new_page, pot, kind):
    page = at_the_ballot(live, new_page(), pot)
    choose(page, kind)
    page.locator("[data-keep=kept]").wait_for()
    context = page.context
    page.close()
    page = context.new_page()
    page.goto(f"/voting/{pot}")
    page.get_by_text("We kept what you chose earlier on this device.").wait_for()
    review_and_cast(page)
    assert inside(live, pot) == [INSIDE[kind]]
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.startsWith('plaza.ballot.'))")


@pytest.mark.parametrize("kind", ["boxes", "ranking"])
def test_what_was_withdrawn_meanwhile_is_named_where_the_device_kept_it_and_the_rest_is_there(live, new_page, pot, kind):
    page = at_the_ballot(live, new_page(viewport=PHONE), pot)
    choose(page, kind)
    page.locator("[data-keep=kept]").wait_for()
    context = page.context
    page.close()
    found = pot_by_id(live.db.session(), pot)
    committee.decided(DecisionKind.WITHDRAWAL, found.process_id, pot_id=pot, project="3")
    live.db.session.commit()
    page = context.new_page()
    page.set_viewport_size(PHONE)
    page.goto(f"/voting/{pot}")
    page.get_by_text("You had chosen “3 Project number 3”, which has been withdrawn.").wait_for()
    expect(row(page, 3).locator("input, select, button[data-add]")).to_have_count(0)
    assert axe(page) == []
    assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]
    page.reload()
    page.get_by_text("We kept what you chose earlier on this device.").wait_for()
    assert page.get_by_text("You had chosen “3").count() == 0  # said once
    review_and_cast(page)
    assert inside(live, pot) == ["1"]


LEFT = "Object.entries(localStorage).filter(([name]) => name.startsWith('plaza.ballot.')).map(([_name, value]) => value)"


@pytest.mark.parametrize("kind", ["points"])
def test_what_one_voter_left_is_not_shown_to_another_on_the_same_device_and_cannot_be_read(live, new_page, pot, kind):
    page, first = new_page(), voter(live, pot)
    sign_in_window(page, live, first)
    page.goto(f"/voting/{pot}")
    row(page, 2).locator("input").fill("1")
    page.locator("[data-keep=kept]").wait_for()
    (left,) = page.evaluate(LEFT)
    choose(page, kind)
    page.locator("[data-keep=kept]").wait_for()
    (later,) = page.evaluate(LEFT)
    assert later != left
    assert len(later) == len(left)  # its length tells nothing
    kept = json.loads(later)
    assert set(kept) == {"until", "sealed"}
    assert not bytes.fromhex(kept["sealed"]).isascii()

    page.context.clear_cookies()  # the first voter's stay ended without "sign out"
    at_the_ballot(live, page, pot)
    page.wait_for_load_state("networkidle")
    assert page.locator(".ballot-project--chosen").count() == 0
    assert page.evaluate(LEFT) == [later]

    page.context.clear_cookies()
    sign_in_window(page, live, first)
    page.goto(f"/voting/{pot}")
    page.get_by_text("We kept what you chose earlier on this device.").wait_for()
    assert page.locator(".ballot-project--chosen").count() == 3


@pytest.mark.parametrize("kind", ["boxes"])
def test_where_the_browser_cannot_encrypt_nothing_is_kept(live, new_page, pot, kind):
    page = new_page()
    page.add_init_script("Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined })")
    at_the_ballot(live, page, pot)
    choose(page, kind)
    assert page.evaluate("localStorage.length") == 0
    assert not page.locator("[data-keep]").is_visible()


@pytest.mark.parametrize("way", ["forget", "sign out"])
@pytest.mark.parametrize("kind", ["ranking"])
def test_forgetting_and_signing_out_leave_nothing_on_the_device(live, new_page, pot, kind, way):
    page = at_the_ballot(live, new_page(), pot)
    choose(page, kind)
    page.wait_for_function("() => Object.keys(localStorage).some((key) => key.startsWith('plaza.ballot.'))")
    if way == "forget":
        page.get_by_role("button", name="Forget my choices on this device").click()
        page.locator(".ballot--ready").wait_for()
        page.wait_for_load_state("networkidle")
        expect(page.locator(".ballot-project--chosen")).to_have_count(0)
    else:
        page.goto("/account/sign-out")
        page.get_by_role("button", name="Sign out", exact=True).click()
        page.get_by_text("You are signed out.").wait_for()
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.startsWith('plaza.ballot.'))")


@pytest.mark.parametrize("kind", ["one"])
def test_leaving_with_choices_asks_first_and_sending_them_does_not(live, new_page, pot, kind):
    page = at_the_ballot(live, new_page(), pot)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    choose(page, kind)
    page.get_by_role("link", name="Back to the projects").click()
    page.wait_for_url(f"**/budgets/{pot}")
    assert asked == ["beforeunload"]
    page.goto(f"/voting/{pot}")
    row(page, 3).get_by_role("radio").check()
    page.locator("button[value=review]").click()
    page.wait_for_url("**/review")
    assert asked == ["beforeunload"]
