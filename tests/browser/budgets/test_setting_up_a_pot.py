"""Staff set up a pot in a real browser, from nothing to a fixed ballot: a ranking and points, with and without scripts."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.features.budgets.models import Pot, PotState
from app.kernel.permissions import Role
from tests.factories import accounts, budgets, proposals, spaces
from tests.support.browser import PHONE, axe, sign_in_window

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


@pytest.fixture
def process(live):
    found = spaces.process("Ideas for the district", open_for=None)
    for title in ("A bench in the shade", "A bench by the water"):
        budgets.review(proposals.proposal(found, title=title, answer_status="accepted"))
    live.db.session.commit()
    return found


def begin(page, live, process):
    sign_in_window(page, live, accounts.staff(Role.COMMITTEE, process))
    page.goto("/staff/budgets")
    page.get_by_role("link", name="Set up a pot").click()
    page.get_by_label("Name").first.fill("Money for the parks")
    page.get_by_label("How much money").fill("50000")
    page.get_by_role("button", name="Save and go on").click()


def put_two_projects_on_it(page):
    page.get_by_label("A bench in the shade").check()
    page.get_by_label("A bench by the water").check()
    page.get_by_role("button", name="Make one project of these").click()
    expect(page.get_by_label("What it costs")).to_have_value("4000")  # both estimates together
    page.get_by_role("button", name="Save the project").click()
    page.get_by_text("made from 2 proposals").wait_for()
    page.get_by_role("link", name="Put a project on the ballot").click()
    page.get_by_label("Name").first.fill("A fountain")
    page.get_by_label("What it costs").fill("12000")
    page.get_by_role("button", name="Save the project").click()


def fix(page, scripts=True):
    page.get_by_role("link", name="Fix the ballot").click()
    page.get_by_role("button", name="Fix the ballot").wait_for()
    words = page.locator("main").inner_text()
    assert not scripts or axe(page) == []
    page.get_by_role("button", name="Fix the ballot").click()
    page.get_by_text("The ballot is fixed and public now.").wait_for()
    return words


def the_pot(live):
    live.db.session.remove()
    found = live.db.session.scalars(select(Pot)).one()
    live.db.session.expunge(found)
    live.db.session.remove()
    return found


@pytest.mark.parametrize("scripts", [True, False])
def test_a_ranking_from_nothing_to_a_fixed_ballot(live, new_page, process, scripts):
    page = new_page(viewport=PHONE, java_script_enabled=scripts)
    begin(page, live, process)
    page.get_by_label("Put projects in an order").check()
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("How many projects may a voter put in an order?").fill("many")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("alert").get_by_text("Write a whole number").wait_for()
    page.get_by_label("How many projects may a voter put in an order?").fill("3")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_label("Equal Shares")).to_have_count(0)  # does not go with a ranking
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("When two projects have the same result, look first at").select_option("lower_cost")
    page.get_by_label("A public draw by the committee after the vote").check()
    page.get_by_role("button", name="Save the pot").click()
    put_two_projects_on_it(page)
    words = fix(page, scripts)
    assert "The first place on a ballot gives a project 3 points" in words
    assert "a public draw decides" in words.lower()
    assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]

    pot = the_pot(live)
    assert (pot.state, pot.vote_type, pot.max_projects) == (PotState.READY, "ordinal", 3)
    assert pot.options["tie_rules"] == ["lower_cost", "drawn"]
    page.goto(f"/budgets/{pot.id}")
    page.get_by_text(pot.options["digest"]).wait_for()


def test_points_with_equal_shares_from_nothing_to_a_fixed_ballot(live, new_page, process):
    page = new_page()
    begin(page, live, process)
    page.get_by_label("Give points").check()
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("How many points has a voter?").fill("10")
    page.get_by_label("How many points at most for one project?").fill("12")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("alert").get_by_text("at most all of them").wait_for()
    page.get_by_label("How many points at most for one project?").fill("5")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("Equal Shares").check()
    assert axe(page) == []
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("Yes, a number of points").check()
    page.get_by_label("The minimum").fill("4")
    assert axe(page) == []
    page.get_by_role("button", name="Save the pot").click()
    put_two_projects_on_it(page)
    words = fix(page)
    assert "The money of the pot is divided equally among all ballots." in words
    assert "Only projects with at least 4 points can win." in words

    pot = the_pot(live)
    assert (pot.state, pot.vote_type, pot.rule) == (PotState.READY, "cumulative", "equalshares/add1")
    assert (pot.max_points, pot.options["max_points_per_project"]) == (10, 5)
