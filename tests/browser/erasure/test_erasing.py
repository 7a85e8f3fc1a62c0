"""A resident reads what will happen, asks, confirms by the letter and is gone: on a phone, by keyboard, without scripts."""

import re
from email import message_from_bytes, policy

import pytest
from playwright.sync_api import expect

from app.features.erasure.nightly import take_up
from app.features.notifications.tasks import empty_outbox
from tests.factories import accounts, proposals
from tests.support.browser import PHONE, axe, sign_in_window


def newest_link(live) -> str:
    empty_outbox()
    letters = sorted((live.app.config["SETTINGS"].var / "mail").glob("*.eml"))
    text = message_from_bytes(letters[-1].read_bytes(), policy=policy.default).get_body(("plain",)).get_content()
    return live.url + re.search(r"/my-data/erase/confirm/\S+", text).group()


@pytest.mark.parametrize("scripts", [True, False])
def test_everything_is_erased_after_the_letter(live, new_page, scripts):
    person = accounts.person()
    email = person.email
    proposals.proposal(author=person, title="A bench by the river")
    proposals.support(proposals.proposal(author=person, title="A tree for the square"))
    page = new_page(viewport=PHONE, java_script_enabled=scripts)
    sign_in_window(page, live, person)
    page.goto(f"{live.url}/my-data")
    page.get_by_role("link", name="See what would happen").click()
    expect(page.get_by_role("heading", name="What stays without your name")).to_be_visible()
    if scripts:
        assert axe(page) == []
    page.get_by_role("radio", name="At once. Nothing brings it back.").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Send me the e-mail").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("We have sent you an e-mail.")).to_be_visible()
    page.goto(newest_link(live))
    if scripts:
        assert axe(page) == []
    page.get_by_role("button", name="Erase everything at once").click()
    expect(page.get_by_role("heading", level=1, name="Your data is being erased")).to_be_visible()
    with live.app.app_context():
        take_up(stalled_only=False)

    page.goto(f"{live.url}/proposals")
    expect(page.get_by_role("link", name="A tree for the square")).to_be_visible()
    expect(page.get_by_text("A bench by the river")).to_have_count(0)
    page.goto(f"{live.url}/proposals?q=river")
    expect(page.get_by_text("A bench by the river")).to_have_count(0)
    page.goto(f"{live.url}/my-data")
    expect(page.get_by_text(email)).to_have_count(0)


def test_the_lists_of_rules_are_accessible(live, page):
    page.goto(f"{live.url}/my-data/kept")
    expect(page.get_by_role("row")).not_to_have_count(1)
    assert axe(page) == []
