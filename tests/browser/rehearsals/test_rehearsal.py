"""One rehearsal in a browser, from "Try it out" to thrown away; with and without scripts."""

from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from app.features.budgets.models import Pot, PotState
from app.features.budgets.use_cases import CertifyPot, certify_pot
from app.features.spaces.models import Process
from app.features.voting.models import Ballot, Envelope, RollEntry
from app.kernel import clock, outbox
from app.kernel.permissions import SYSTEM, Role
from tests.factories import accounts, budgets, spaces
from tests.support.browser import PHONE, axe, sign_in_window

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


@pytest.fixture
def pot(live):
    process = spaces.process(title={"en": "Money for everybody"}, open_for=None)
    spaces.phase(process, "Vote", actions=["vote"], starts_at=clock.now() + timedelta(days=5))
    found = budgets.pot(process, state=PotState.DRAFT, title={"en": "Parks"})
    for place in range(4):
        budgets.project(found, title={"en": f"Bench {place}"})
    live.db.session.commit()
    return found


def left(live):
    """Processes, pots, voters, envelopes and ballots."""
    live.db.session.remove()
    tables = (Process, Pot, RollEntry, Envelope, Ballot)
    numbers = [live.db.session.scalar(select(func.count()).select_from(one)) for one in tables]
    live.db.session.remove()
    return numbers


def says_so(page):
    page.get_by_text("Rehearsal: nothing here counts.").wait_for()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_committee_rehearses_the_whole_vote_and_throws_it_away(live, new_page, pot, scripts):
    pot_id, process = pot.id, live.db.session.get(Process, pot.process_id)
    committee = accounts.staff(Role.COMMITTEE, process)
    live.db.session.commit()
    page = new_page(viewport=PHONE, java_script_enabled=scripts)
    sign_in_window(page, live, committee)

    page.goto(f"/staff/budgets/{pot_id}/fix")
    page.get_by_text("This process was never rehearsed.").wait_for()
    page.get_by_role("link", name="Try it out").first.click()
    page.get_by_label("How many test voters?").fill("30")
    page.get_by_role("button", name="Begin a rehearsal").click()
    page.get_by_role("heading", level=1, name="Rehearsal: Money for everybody").wait_for()
    says_so(page)
    if scripts:
        assert axe(page) == []
    assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]

    # One ballot by hand, on the web, with a test number.
    page.get_by_role("link", name="Vote on the web").click()
    says_so(page)
    page.get_by_label("Number").first.fill("TEST-0001")
    page.get_by_role("button", name="Continue to the ballot").click()
    page.get_by_role("heading", name="Your ballot").wait_for()
    says_so(page)
    page.get_by_label("Bench 1").check()
    page.get_by_role("button", name="Review your ballot").click()
    page.get_by_role("button", name="Cast my ballot").click()
    page.get_by_role("heading", name="Your ballot is cast").wait_for()
    says_so(page)  # on the receipt, too
    page.emulate_media(media="print")
    expect(page.get_by_text("Rehearsal: nothing here counts.")).to_be_visible()
    page.emulate_media(media="screen")

    # The others by lot, then the end of the vote.
    page.get_by_role("link", name="Go to the rehearsal").click()
    page.get_by_label("How many test ballots in each pot?").fill("24")
    page.get_by_role("button", name="Cast test ballots").click()
    page.get_by_text("24 test ballots were cast.").wait_for()
    page.get_by_role("button", name="End the vote now").click()
    page.get_by_text("The vote is over.").wait_for()

    # Closing, opening, counting, certifying: the real pages.
    page.get_by_role("link", name="Go to the box").click()
    says_so(page)
    page.get_by_role("button", name="Close the box").click()
    page.get_by_text("is being closed").first.wait_for()
    live.db.session.remove()  # wiping waits for whoever still reads
    with live.app.app_context():  # what the worker does
        while outbox.deliver_due(live.db.transaction):
            pass
    page.reload()
    page.get_by_role("button", name="Open the box").click()
    page.get_by_text("The box is open").first.wait_for()
    page.get_by_role("link", name="Go to the rehearsal").click()
    page.get_by_role("link", name="Count and certify").click()
    page.get_by_role("button", name="Count").first.click()
    page.get_by_role("link", name="Certify the result").wait_for()
    with live.db.transaction() as session:  # two members sign: tests/browser/committee plays that
        twin = session.scalars(select(Pot).where(Pot.id != pot_id)).one()
        twin_id = certify_pot(session, SYSTEM, CertifyPot(twin.id, (uuid4(), uuid4()))).id
    page.goto(f"/budgets/{twin_id}/result")
    page.get_by_role("heading", level=1).get_by_text("Rehearsal: Parks").wait_for()
    says_so(page)
    page.get_by_role("link", name="Go to the rehearsal").click()
    page.get_by_role("link", name="See the results").click()
    says_so(page)
    page.get_by_role("link", name="Go to the rehearsal").click()

    # Thrown away: what goes is said before, and nothing is left.
    page.get_by_role("link", name="Throw the rehearsal away").click()
    for words in ("1 pot", "4 projects", "30 test voters", "25 test ballots"):
        page.get_by_text(words, exact=True).wait_for()
    assert left(live)[0] == 2
    page.get_by_role("button", name="Throw the rehearsal away").click()
    page.get_by_text("The rehearsal is thrown away. Nothing of it is left.").wait_for()
    assert left(live) == [1, 1, 0, 0, 0]
    page.goto(f"/staff/budgets/{pot_id}/fix")
    page.get_by_text("with 25 test ballots").wait_for()
