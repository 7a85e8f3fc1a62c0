"""The ballot in a real browser: what is left is always in view; one ballot each; without scripts too."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from app.features.voting.models import Envelope
from tests.factories import accounts, voting
from tests.support.browser import KIOSK, PHONE, axe, sign_in_window

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]
SEALED_RECEIPT = 92
"""Characters of a cookie that holds a receipt: 12 + 16 bytes of the seal, 8 of the time, 1 for its kind, 32 of the receipt."""


@pytest.fixture
def pot(live):
    found = voting.pot()
    live.db.session.commit()
    return found.id


def ballots(live):
    live.db.session.remove()
    number = live.db.session.scalar(select(func.count()).select_from(Envelope))
    live.db.session.remove()  # on SQLite an open transaction of ours would keep the page waiting
    return number


def say_who(page, pot):
    page.goto(f"/voting/{pot}")
    page.get_by_label("Number on your residence card").fill("AB 12345")
    page.get_by_role("button", name="Continue to the ballot").click()
    page.get_by_role("heading", name="Your ballot").wait_for()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_resident_on_a_phone_chooses_reviews_and_casts(live, new_page, pot, scripts):
    page = new_page(viewport=PHONE, java_script_enabled=scripts)
    sign_in_window(page, live, accounts.person())
    say_who(page, pot)
    page.get_by_label("Project number 1").check()
    if scripts:
        budget = page.locator(".budget-bar__sentence")
        expect(budget).to_contain_text("€700 left of €1,000")
        page.get_by_label("Project number 2").check()
        page.get_by_label("Project number 3").check()
        expect(budget).to_contain_text("€200 too much")
        page.get_by_label("Project number 3").uncheck()
        assert axe(page) == []
    assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]
    page.get_by_role("button", name="Review your ballot").click()
    page.get_by_role("button", name="Cast my ballot").click()
    page.get_by_role("heading", name="Your ballot is cast").wait_for()

    assert ballots(live) == 1
    page.goto(f"/voting/{pot}")
    page.get_by_role("heading", name="You have voted").wait_for()


def test_too_much_keeps_every_choice_and_says_so(live, new_page, pot):
    page = new_page(viewport=PHONE, java_script_enabled=False)
    sign_in_window(page, live, accounts.person())
    say_who(page, pot)
    for number in (1, 2, 3):
        page.get_by_label(f"Project number {number}").check()
    page.get_by_role("button", name="Review your ballot").click()

    page.get_by_role("alert").get_by_text("Take something out").wait_for()
    expect(page.locator("input[name=choice]:checked")).to_have_count(3)
    assert ballots(live) == 0


@pytest.mark.parametrize("scripts", [True, False])
def test_going_back_keeps_the_choices_and_never_asks_to_send_anything_again(live, new_page, pot, scripts):
    page = new_page(viewport=PHONE, java_script_enabled=scripts)
    sign_in_window(page, live, accounts.person())
    say_who(page, pot)
    page.get_by_label("Project number 2").check()
    page.get_by_role("button", name="Review your ballot").click()
    page.get_by_role("heading", name="Review your ballot").wait_for()

    page.go_back(wait_until="load")
    page.get_by_role("heading", name="Your ballot").wait_for()
    assert page.locator("input[name=choice]:checked").evaluate_all("boxes => boxes.map((box) => box.value)") == ["2"]
    page.go_forward(wait_until="load")
    page.get_by_role("link", name="Change it", exact=True).click()
    expect(page.get_by_label("Project number 2")).to_be_checked()
    page.get_by_label("Project number 1").check()
    page.get_by_role("button", name="Review your ballot").click()
    page.get_by_text("2 projects").wait_for()
    page.get_by_role("button", name="Cast my ballot").click()
    page.get_by_role("heading", name="Your ballot is cast").wait_for()

    page.go_back(wait_until="load")  # the browser answers with an error where the page was the answer to a form
    page.get_by_role("heading", name="You have voted").wait_for()
    page.reload(wait_until="load")
    page.get_by_role("heading", name="You have voted").wait_for()
    assert ballots(live) == 1
    (kept,) = (cookie["value"] for cookie in page.context.cookies() if cookie["name"].startswith("ballot-"))
    assert len(kept) == SEALED_RECEIPT  # it stands where the choices stood


def test_a_public_screen_takes_choices_along_into_another_language_and_colours_leave_them(live, new_page, pot):
    page = new_page(viewport=KIOSK)
    page.goto("/kiosk")
    sign_in_window(page, live, accounts.person())
    say_who(page, pot)
    page.get_by_label("Project number 2").check()
    page.get_by_role("link", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("main input[type=checkbox]:checked")).to_have_count(1)
    page.get_by_role("button", name="Hoher Kontrast").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "contrast")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_label("Project number 2")).to_be_checked()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_a_public_screen_keeps_nothing_of_a_ballot_that_somebody_left(live, new_page, pot):
    page = new_page(viewport=PHONE)
    page.goto("/kiosk")
    sign_in_window(page, live, accounts.person())
    say_who(page, pot)
    page.get_by_label("Project number 2").check()
    page.get_by_role("button", name="Review your ballot").click()
    page.get_by_role("heading", name="Review your ballot").wait_for()
    assert any(cookie["name"].startswith("ballot-") for cookie in page.context.cookies())

    page.locator("form[action$='/kiosk/reset'] button").first.click()
    page.wait_for_url("**/kiosk")

    assert not any(cookie["name"].startswith("ballot-") for cookie in page.context.cookies())
    page.go_back(wait_until="load")
    expect(page.get_by_text("Project number 2")).to_have_count(0)
