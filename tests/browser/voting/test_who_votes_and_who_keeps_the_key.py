"""Before a vote, in a real browser: who keeps the key of the box is chosen and held to; a wrong list of voters is replaced."""

import pytest
from playwright.sync_api import expect

from app.features.budgets.models import PotState
from app.kernel.permissions import Role
from tests.factories import accounts, voting
from tests.support.browser import DESK, PHONE, axe, sign_in_window

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


@pytest.fixture
def process(live):
    """A process with three people on its list of voters; they vote in three days."""
    return voting.process_with_roll("AB12345", "CD98765", "EF55555", opens_in=3)


def file(name, content, kind="text/csv"):
    return {"name": name, "mimeType": kind, "buffer": content.encode()}


def looked_at(page, scripts):
    """The page fits the window, and axe finds nothing; without scripts axe cannot run."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    if scripts:
        assert axe(page) == []


@pytest.mark.parametrize("scripts", [True, False])
def test_the_committee_is_to_keep_the_key_and_no_ballot_is_fixed_before_it_brings_it(live, new_page, process, scripts):
    pot = voting.pot(process, state=PotState.DRAFT)
    pot.options = {key: value for key, value in pot.options.items() if key != "digest"}
    staff = accounts.staff(Role.ADMINISTRATOR, process)
    member = accounts.staff(Role.COMMITTEE, process)
    key = voting.committee_key(process.id)[0]
    setup, box, pot_page = f"/staff/how-people-vote/{process.id}", f"/staff/box/{process.id}", f"/staff/budgets/{pot.id}"
    public = f"/budgets/{pot.id}"
    live.db.session.commit()
    budgets, committee = (new_page(viewport=size, java_script_enabled=scripts) for size in (PHONE, DESK))

    sign_in_window(budgets, live, staff)
    budgets.goto(setup)
    looked_at(budgets, scripts)
    budgets.get_by_label("The committee: several people each get a share").check()
    budgets.get_by_role("button", name="Save").click()
    budgets.goto(f"{pot_page}/fix")
    budgets.get_by_text("its key is not here yet").wait_for()
    expect(budgets.get_by_role("button", name="Fix the ballot")).to_have_count(0)
    looked_at(budgets, scripts)

    sign_in_window(committee, live, member)
    committee.goto(box)
    committee.get_by_text("The committee is to keep the key, and has not brought it yet.").wait_for()
    looked_at(committee, scripts)
    committee.get_by_label("The file key.json").set_input_files(file("key.json", key.key, "application/json"))
    committee.get_by_label("The note of the rehearsal").set_input_files(
        file("rehearsal.json", key.rehearsal, "application/json")
    )
    committee.get_by_role("button", name="Use this key").click()
    committee.get_by_text("Only the holders of shares can open the box: 2 of 3 are needed.").wait_for()

    budgets.goto(f"{pot_page}/fix")
    budgets.get_by_role("button", name="Fix the ballot").click()
    budgets.wait_for_url(f"**{pot_page}")
    budgets.goto(public)
    budgets.get_by_text("2 of 3 people are needed to open it").wait_for()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_wrong_list_is_seen_through_and_replaced(live, new_page, process, scripts):
    staff = accounts.staff(Role.ADMINISTRATOR, process)
    voters = f"/staff/voters/{process.id}"
    live.db.session.commit()
    page = new_page(viewport=PHONE, java_script_enabled=scripts)
    sign_in_window(page, live, staff)

    page.goto(voters)
    looked_at(page, scripts)
    page.get_by_role("link", name="Replace the list").click()
    broken = file("voters.csv", "number,born\nAB12345,1951-06-30\nAB12345,tomorrow\n")
    page.locator("main input[type=file]").set_input_files(broken)
    page.get_by_role("button", name="Show what would happen").click()
    page.get_by_role("rowheader", name="Line 3").first.wait_for()
    looked_at(page, scripts)

    new = file("voters.csv", "number,born\nAB12345,1951-06-30\nGH11111,1960-01-01\n")
    page.locator("main input[type=file]").set_input_files(new)
    page.get_by_role("button", name="Show what would happen").click()
    page.get_by_text("fall out and cannot vote").wait_for()
    looked_at(page, scripts)
    page.goto(voters)
    page.locator("main .stat__value", has_text="3").wait_for()  # seen, and nothing changed

    page.goto(f"{voters}/replace")
    page.locator("main input[type=file]").set_input_files(new)
    page.get_by_role("button", name="Show what would happen").click()
    page.locator("main .notice--warning").wait_for()
    page.locator("main input[type=file]").set_input_files(new)
    page.get_by_role("button", name="Replace the list").click()
    page.wait_for_url(f"**{voters}")
    page.locator("main .stat__value", has_text="2").wait_for()
