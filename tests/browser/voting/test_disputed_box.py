"""Openings that differ, in a real browser: nobody is shown as right, everybody is told, and two members lead out of it."""

import pytest
from playwright.sync_api import expect

from app.features.spaces.models import Process
from app.kernel.permissions import Role
from tests.factories import accounts
from tests.support.browser import DESK, PHONE, axe, sign_in_window
from tests.support.openings import a_closed_pot, for_another, opened

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


@pytest.fixture
def pot(live, keyring, clock):
    return a_closed_pot(live.db.session(), keyring, clock)


def sent(lines):
    """A file of an opening, as a window sends it."""
    return {"name": "opened.jsonl", "mimeType": "application/json", "buffer": b"".join(lines)}


def looked_at(page, scripts):
    """The page fits the window, and axe finds nothing; without scripts axe cannot run."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    if scripts:
        assert axe(page) == []


@pytest.mark.parametrize("scripts", [True, False])
def test_openings_that_differ_are_shown_side_by_side_and_two_members_have_the_box_opened_anew(live, new_page, pot, scripts):
    process = live.db.session.get_one(Process, pot.process_id)
    people = [accounts.staff(Role.COMMITTEE, process, display_name=name) for name in ("Maija Member", "Matti Member")]
    lie, truth = sent(opened(pot, "Olga", spoil=for_another)), sent(opened(pot, "Arto"))
    pot_id, box = pot.id, f"/staff/box/{process.id}"
    live.db.session.commit()
    first, second = (new_page(viewport=size, java_script_enabled=scripts) for size in (DESK, PHONE))

    sign_in_window(first, live, people[0])
    first.goto(box)
    first.locator("main input[type=file]").set_input_files(lie)
    first.get_by_role("button", name="Take in the ballots").click()
    first.get_by_text("Opened by Olga").wait_for()
    expect(first.get_by_role("heading", name="The openings of the box differ")).to_have_count(0)

    sign_in_window(second, live, people[1])
    second.goto(box)
    second.locator("main input[type=file]").set_input_files(truth)
    second.get_by_role("button", name="Compare").click()
    second.locator("main .notice--bad", has_text="The openings of the box differ").wait_for()
    openings = second.locator("main .openings").first.locator("li")
    expect(openings.filter(has_text="Brought from the account of")).to_have_count(2)
    expect(openings.nth(1)).to_contain_text("It differs from the first.")
    # The first one is the liar's here: neither of them may look like the right one.
    expect(second.locator("main .openings .state--neutral")).to_have_count(2)
    expect(second.locator("main .openings :is(.state--good, .state--bad)")).to_have_count(0)
    looked_at(second, scripts)

    reader = new_page(viewport=PHONE, locale="ar", color_scheme="dark", java_script_enabled=scripts)
    reader.goto(f"/budgets/{pot_id}")
    reader.locator("main .notice--bad .openings").first.wait_for()
    looked_at(reader, scripts)

    first.goto(f"/staff/committee/{pot_id}")
    expect(first.get_by_role("button", name="Count")).to_have_count(0)
    first.get_by_role("link", name="Look at the openings").click()
    first.get_by_role("link", name="Have the box opened anew").click()
    first.locator("main [name=reason_en]").fill("One of the computers was not clean.")
    looked_at(first, scripts)
    first.get_by_role("button", name="Propose and sign").click()
    first.get_by_role("button", name="Take it back").wait_for()

    second.goto(first.url)
    looked_at(second, scripts)
    second.locator("main form.confirm").get_by_role("button", name="Sign", exact=True).focus()
    second.keyboard.press("Enter")
    second.locator("main .state--good").first.wait_for()
    second.goto(box)
    second.get_by_role("button", name="Take in the ballots").wait_for()
    second.get_by_text("Openings that the committee has discarded").click()
    expect(second.locator("main details[open] .openings").first).to_contain_text("Olga")
    reader.goto(f"/budgets/{pot_id}")
    expect(reader.locator("main .notice--bad")).to_have_count(0)
