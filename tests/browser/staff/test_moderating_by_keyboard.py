"""The moderators' queue with two keystrokes, in a real browser."""

import pytest
from sqlalchemy import select

from app.features.moderation.models import Decision, Reason
from app.features.proposals.models import Proposal, ProposalState
from app.kernel.permissions import Role
from tests.factories import accounts, moderation, proposals, spaces
from tests.support.browser import DESK, sign_in_window

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


@pytest.fixture
def queue(live, new_page):
    process = spaces.process()
    waiting = proposals.proposal(process, state=ProposalState.PENDING, title="A slide")
    reported = proposals.proposal(process, title="Buy my chairs")
    moderation.report(reported)
    moderator = accounts.staff(Role.MODERATOR, process)
    live.db.session.commit()
    page = new_page(viewport=DESK)
    sign_in_window(page, live, moderator)
    page.goto("/staff/moderation")
    page.wait_for_load_state("networkidle")
    return page, waiting.id, reported.id


def state_of(live, proposal_id):
    live.db.session.remove()
    state = live.db.session.get_one(Proposal, proposal_id).state
    live.db.session.remove()  # on SQLite an open transaction of ours would keep the page waiting
    return state


def test_a_publishes_the_first_in_the_queue(live, queue):
    page, waiting, _reported = queue
    page.keyboard.press("a")
    page.get_by_text("Published. The author").wait_for()

    assert state_of(live, waiting) is ProposalState.PUBLISHED


def test_h_and_a_digit_hide_for_that_reason_and_undo_brings_it_back(live, queue):
    page, _waiting, reported = queue
    page.locator("[data-row]", has_text="Buy my chairs").focus()
    page.keyboard.press("h")
    page.keyboard.press("3")
    page.get_by_text("Hidden. The author gets the reason.").wait_for()
    assert state_of(live, reported) is ProposalState.HIDDEN
    assert live.db.session.scalars(select(Decision)).one().reason is Reason.OFF_TOPIC
    live.db.session.remove()

    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Visible again.").wait_for()
    assert state_of(live, reported) is ProposalState.PUBLISHED


def test_several_are_hidden_together_by_keyboard_and_brought_back(live, queue):
    page, waiting, reported = queue
    page.keyboard.press("e")
    page.get_by_text("Chosen: 2").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("x")  # the first one is left out again
    page.get_by_text("Chosen: 1").wait_for()
    page.keyboard.press("x")
    page.keyboard.press("Shift+H")
    page.get_by_role("heading", name="Hide 2 contributions").wait_for()
    page.wait_for_load_state("networkidle")
    page.keyboard.press("5")
    page.get_by_text("2 contributions are hidden.").wait_for()
    assert state_of(live, waiting) is ProposalState.HIDDEN
    assert state_of(live, reported) is ProposalState.HIDDEN

    page.get_by_role("button", name="Undo").click()
    page.get_by_text("2 decisions are taken back.").wait_for()
    assert state_of(live, waiting) is ProposalState.PENDING
    assert state_of(live, reported) is ProposalState.PUBLISHED


@pytest.mark.parametrize("width", [360, 1280])
def test_several_are_published_without_scripts(live, new_page, width):
    process = spaces.process()
    waiting = [proposals.proposal(process, state=ProposalState.PENDING, title=f"A slide {n}").id for n in range(3)]
    moderator = accounts.staff(Role.MODERATOR, process)
    live.db.session.commit()
    page = new_page(viewport={"width": width, "height": 800}, java_script_enabled=False)
    sign_in_window(page, live, moderator)
    page.goto("/staff/moderation")
    page.get_by_role("link", name="Choose all on this page").click()
    page.get_by_label("Choose", exact=False).first.uncheck()
    page.get_by_role("button", name="Publish the chosen").click()
    page.get_by_text("2 proposals are published.").wait_for()

    assert [state_of(live, one) for one in waiting].count(ProposalState.PENDING) == 1
