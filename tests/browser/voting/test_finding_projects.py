"""Searching, sorting, comparing and the map: whatever somebody looks at, the ballot stays as it is."""

import pytest
from playwright.sync_api import expect

from tests.browser.voting.ballots import at_the_ballot, choose, row
from tests.factories import voting
from tests.support.browser import PHONE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def kind():
    return "boxes"


def many(live):
    found = voting.pot(costs=tuple(100_00 + (n * 7 % 12) for n in range(12)), limit_by_cost=False, max_projects=3)
    live.db.session.commit()
    return found.id


@pytest.mark.parametrize("scripts", [True, False])
def test_searching_and_sorting_keep_the_choices(live, new_page, scripts):
    pot = many(live)
    page = at_the_ballot(live, new_page(viewport=PHONE, java_script_enabled=scripts), pot, scripts=scripts)
    row(page, 2).get_by_role("checkbox").check()
    page.locator(".ballot-finder summary").click()
    page.get_by_label("Search by name or number").fill("number 7")
    page.get_by_label("Order").select_option("name")
    if not scripts:
        page.get_by_role("button", name="Show these projects").click()
    page.get_by_text("1 project is shown").wait_for()
    expect(page.locator(".ballot-project[data-project]:visible")).to_have_count(1)
    row(page, 7).get_by_role("checkbox").check()
    page.locator("button[value=review]").click()
    page.get_by_text("2 projects").wait_for()
    expect(page.get_by_text("Project number 2")).to_have_count(1)


@pytest.mark.parametrize("scripts", [True, False])
def test_comparing_and_coming_back_keeps_the_ballot(live, new_page, pot, kind, scripts):
    page = at_the_ballot(live, new_page(viewport=PHONE, java_script_enabled=scripts), pot, scripts=scripts)
    choose(page, kind, scripts=scripts)
    page.get_by_text("Compare two or three projects").click()
    page.get_by_label("First project").select_option("1")
    page.get_by_label("Second project").select_option("2")
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("heading", name="Project number 2").wait_for()
    expect(page.locator(".compare__one")).to_have_count(2)
    page.get_by_role("link", name="Back to my ballot").click()
    expect(page.locator(".ballot-project--chosen")).to_have_count(2)


def test_the_map_stands_beside_the_list(live, new_page, pot):
    page = at_the_ballot(live, new_page(), pot)
    page.locator(".ballot-map .leaflet-marker-icon").first.wait_for()
    expect(page.locator("#projects > li[data-feature-id]")).to_have_count(3)
