"""Somebody without account, e-mail or phone of their own is helped: their words, their answer, a slip for each, and later an
account if they wish."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from app.features.consents.models import ConsentEvent
from app.features.proposals.models import GuestContact, Proposal
from app.kernel.permissions import Channel, Role
from tests.factories import accounts, consents, spaces
from tests.support.browser import DESK, PHONE, axe, sign_in_window

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]
WORDS = "Me mum is 84, she cant stand for ten minutes."
HOME = "Hilja Virtanen\nStreet 1\n00100 Helsinki"


@pytest.mark.timeout(120)
def test_a_visit_and_a_call_leave_a_slip_each_and_the_proposal_is_claimed_later(new_page, live):
    process = spaces.process("Parks", slug="parks")
    clerk = accounts.person(display_name="Kaisa Clerk")
    accounts.grant(clerk, Role.CLERK, process)
    consents.agreement(process, purpose_term="events")
    later = accounts.person(display_name="Hilja")
    live.db.session.commit()

    page = new_page(viewport=DESK)
    sign_in_window(page, live, clerk)
    page.goto("/staff/intake")
    page.get_by_role("link", name="A visit at the counter").click()
    page.get_by_label("Title", exact=True).fill("A bench at the tram stop")
    page.get_by_label("Proposal", exact=True).fill(WORDS)
    page.get_by_label("The whole city", exact=True).check()
    page.locator("main [name=postal]").fill(HOME)
    page.get_by_label("I have read it back").check()
    page.get_by_role("button", name="Take it in").click()
    page.get_by_role("heading", name="Taken in").wait_for()
    link = re.search(r"/proposals/follow/[\w-]+", page.locator(".receipt").inner_text())[0]
    live.db.session.rollback()
    proposal = live.db.session.query(Proposal).one()
    assert (proposal.text, proposal.channel, proposal.hands_id) == (WORDS, Channel.DESK, clerk.id)
    assert (proposal.author_id, proposal.author_name) == (None, "")  # they gave no name
    reference = proposal.reference
    live.db.session.rollback()  # nothing here may make the city wait

    page.goto("/staff/intake/consents")
    page.locator("main a[href*='/staff/intake/consents/']").first.click()
    page.get_by_label("By telephone", exact=True).check()
    page.locator("main [name=person]").fill("Hilja Virtanen")
    page.locator("main [name=answer][value=yes]").check()
    page.locator("main [name=of_age][value=yes]").check()
    page.locator("main [name=name]").fill("Hilja Virtanen")
    page.locator("main [name=address]").fill("+358 50 123 4567")
    page.get_by_label("I have read it back").check()
    page.get_by_role("button", name="Take in").click()
    page.get_by_role("heading", name="Answer taken in").wait_for()
    assert axe(page) == []
    code = page.locator(".receipt__code").inner_text()
    live.db.session.rollback()
    (voice,) = {event.person_id for event in live.db.session.query(ConsentEvent).filter_by(channel=Channel.PHONE)}
    assert voice not in (clerk.id, None)
    live.db.session.rollback()

    home = new_page(viewport=PHONE)  # somebody else's phone, without an account
    home.goto(link)
    expect(home.get_by_role("heading", name="A bench at the tram stop")).to_be_visible()
    home.goto("/my-data/code")
    home.locator("main [name=code]").fill(code)
    home.locator("main form button[type=submit]").first.click()
    home.wait_for_url("**/my-data/code/cards")
    assert axe(home) == []

    sign_in_window(home, live, later)
    home.goto(link)
    home.get_by_role("link", name="Put it to my account").click()
    home.locator("main [name=contact]").fill("hilja virtanen, street 1, 00100 helsinki")
    home.get_by_role("button", name="Put it to my account").click()
    home.wait_for_load_state()
    assert reference in home.content(), urlsplit(home.url).path
    live.db.session.rollback()
    claimed = live.db.session.query(Proposal).one()
    assert (claimed.author_id, claimed.name_hidden) == (later.id, True)
    assert live.db.session.query(GuestContact).count() == 0
    live.db.session.rollback()
    assert home.goto(link).status == 404  # the slip's link has ended
