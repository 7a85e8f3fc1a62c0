"""Every type of ballot in a real browser: with scripts and without, by keyboard, on a phone, in Arabic, on a kiosk."""

import pytest
from playwright.sync_api import expect

from app.features.budgets.models import Pot
from tests.browser.voting.ballots import INSIDE, TYPES, at_the_ballot, choose, inside, press_until, review_and_cast, row
from tests.support.browser import KIOSK, PHONE, axe

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("kind", TYPES)
def test_every_type_is_chosen_and_cast_on_a_phone(live, new_page, pot, kind, scripts):
    page = at_the_ballot(live, new_page(viewport=PHONE, java_script_enabled=scripts), pot, scripts=scripts)
    choose(page, kind, scripts=scripts)
    assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]
    review_and_cast(page)
    assert inside(live, pot) == [INSIDE[kind]]
    assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]


def by_keyboard(page, kind):
    order = [one.get_attribute("data-project") for one in page.locator(".ballot-project[data-project]").all()]
    first_to_last = sorted(("1", "3"), key=order.index)
    if kind == "boxes":
        for number in first_to_last:
            press_until(page, f'[data-project="{number}"] input')
            page.keyboard.press("Space")
    elif kind == "one":
        press_until(page, "input[type=radio]")
        for _ in range(4):
            if page.evaluate("() => document.activeElement.value") == "3":
                break
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
    elif kind == "points":
        for number in first_to_last:
            press_until(page, f'[data-project="{number}"] input')
            page.keyboard.type("4" if number == "3" else "1")
    else:
        for number in first_to_last:
            press_until(page, f'[data-project="{number}"] [data-add]')
            page.keyboard.press("Enter")
        if first_to_last[0] == "1":
            press_until(page, '[data-of="3"] [data-move="-1"]', "Shift+Tab")
            page.keyboard.press("Enter")


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_is_cast_by_the_keyboard_alone(live, new_page, pot, kind):
    page = at_the_ballot(live, new_page(), pot)
    page.wait_for_load_state("networkidle")
    by_keyboard(page, kind)
    press_until(page, "button[value=review]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")
    press_until(page, "button[value=cast]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thanks")
    assert inside(live, pot) == [INSIDE[kind]]


@pytest.mark.parametrize("kind", ["boxes", "points"])
def test_enter_in_a_field_sends_nothing(live, new_page, pot, kind):
    page = at_the_ballot(live, new_page(), pot)
    page.wait_for_load_state("networkidle")
    sent = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    row(page, 1).locator("input").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert sent == []


@pytest.mark.parametrize("kind", TYPES)
def test_axe_finds_nothing_on_any_page_of_any_type_in_arabic(live, new_page, pot, kind):
    page = at_the_ballot(live, new_page(viewport=PHONE, locale="ar"), pot)
    choose(page, kind)
    for details in page.locator("details").all():
        details.evaluate("details => { details.open = true; }")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert axe(page) == []
    assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]
    page.locator("button[name=step][value=review]").click()
    page.wait_for_url("**/review")
    assert axe(page) == []
    page.goto(f"/voting/{pot}/compare?project=1&project=3")
    assert axe(page) == []
    assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("kind", TYPES)
def test_a_public_screen_casts_every_type_and_keeps_nothing(live, new_page, pot, kind):
    page = new_page(viewport=KIOSK)
    page.goto("/kiosk")
    at_the_ballot(live, page, pot)
    choose(page, kind)
    assert page.evaluate("localStorage.length") == 0
    expect(page.locator("[data-keep]")).to_be_hidden()
    assert page.locator("html").evaluate("html => html.scrollWidth") <= KIOSK["width"]

    page.locator("form[action$='/kiosk/reset'] button").first.click()  # no question may stand in its way
    page.wait_for_url("**/kiosk")
    assert not any(cookie["name"].startswith("ballot-") for cookie in page.context.cookies())
    at_the_ballot(live, page, pot)
    expect(page.locator(".ballot-project--chosen")).to_have_count(0)
    choose(page, kind)
    review_and_cast(page)
    assert inside(live, pot) == [INSIDE[kind]]


SAID = {
    "one": "[data-choice]:has-text('You have chosen “Project number 3”.')",
    "boxes": ".budget-bar__sentence:has-text('€300 left of €1,000')",
    "points": "[data-points-left]:has-text('You have 0 points left.')",
    "ranking": "[data-ranking-said]:has-text('“Project number 3” is in place 1 of 2.')",
}


@pytest.mark.parametrize("kind", SAID)
def test_what_changed_is_announced(live, new_page, pot, kind):
    page = at_the_ballot(live, new_page(), pot)
    choose(page, kind)
    page.locator(SAID[kind]).wait_for()
    expect(page.locator(SAID[kind])).to_have_attribute("role", "status")


@pytest.mark.parametrize("kind", ["one"])
def test_the_bar_follows_the_one_choice_whatever_the_title_and_takes_back_what_it_said(live, new_page, pot, kind):
    title = "Trees for $& the children’s street, " * 4
    live.db.session.get(Pot, pot).projects[1].title = {"en": title.strip(", ")}
    live.db.session.commit()
    page = at_the_ballot(live, new_page(viewport=PHONE), pot)
    bar = page.locator("[data-choice]")
    expect(bar).to_have_text("No project is chosen yet.")
    row(page, 3).get_by_role("radio").check()
    expect(bar).to_have_text("You have chosen “Project number 3”.")
    row(page, 2).get_by_role("radio").check()
    expect(bar).to_have_text(f"You have chosen “{title.strip(', ')}”.")
    assert (
        bar.evaluate("(line) => line.clientHeight / parseFloat(getComputedStyle(line).lineHeight)") < 2.5
    )  # not half the screen
    page.get_by_label("None of them").check()
    expect(bar).to_have_text("No project is chosen yet.")


@pytest.mark.parametrize("kind", ["ranking"])
def test_a_full_ranking_takes_no_more_and_a_project_taken_out_leaves_no_gap(live, new_page, pot, kind):
    page = at_the_ballot(live, new_page(), pot)
    for number in (1, 2, 3):
        row(page, number).locator("[data-add]").click()
    page.locator('[data-of="2"] [data-move="0"]').click()
    assert page.evaluate("() => document.activeElement.dataset.move") == "0"  # the focus goes to the next project
    places = [row(page, number).locator("select").input_value() for number in (1, 2, 3)]
    assert places == ["1", "", "2"]
