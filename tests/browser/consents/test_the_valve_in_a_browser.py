"""A resident stops a newsletter from a letter without signing in, and sees on the card when the department has confirmed it."""

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from app.extensions import db as database
from app.kernel import outbox
from app.kernel.permissions import SYSTEM, Role
from tests.factories import accounts, consents, newsletters, spaces
from tests.support.browser import PHONE, Live, axe, sign_in_window
from tests.support.recipient import Answering, recipient_server

Window = Callable[..., Any]
pytestmark = pytest.mark.browser


@pytest.fixture
def server(live: Live, monkeypatch: pytest.MonkeyPatch) -> Iterator[Answering]:
    """The department's server, which this installation may speak to."""
    with recipient_server() as running:
        settings = dataclasses.replace(live.app.config["SETTINGS"], webhook_hosts=(running.host,))
        monkeypatch.setitem(live.app.config, "SETTINGS", settings)
        yield running


def deliver() -> None:
    """What the worker does after each commit."""
    database.session.remove()
    while outbox.deliver_due(database.transaction):
        continue


def newest_letter(live: Live) -> str:
    """The text of the newest letter, its long lines joined."""
    return sorted((live.app.config["SETTINGS"].var / "mail").glob("*.eml"))[-1].read_text().replace("=\n", "")


def test_a_newsletter_is_written_sent_stopped_from_the_letter_and_its_end_confirmed(
    live: Live, new_page: Window, server: Answering
) -> None:
    process = spaces.process()
    about = newsletters.agreement(process)
    rosa = accounts.person(display_name="Rosa")
    consents.consent(about, rosa, details={"address": "rosa.news@example.org"})
    from app.features.consents.use_cases import set_endpoint

    set_endpoint(database.session(), SYSTEM, about.recipient_id, server.url, (server.host,))
    recipient_id = about.recipient_id
    steward = accounts.staff(Role.STEWARD, process)
    database.session.commit()

    desk = new_page()
    sign_in_window(desk, live, steward)
    desk.goto("/staff/newsletters")
    expect(desk.get_by_text("1 person gets it now")).to_be_visible()
    desk.get_by_role("link", name=re.compile("Write a newsletter")).click()
    desk.get_by_label("Title").first.fill("The trees are planted")
    desk.get_by_label("Text").first.fill("Come and see them on Sunday.")
    desk.get_by_role("button", name="Save the draft").click()
    expect(desk.get_by_text("Come and see them on Sunday.")).to_be_visible()
    assert axe(desk) == []
    desk.get_by_role("button", name="Send it").click()
    expect(desk.get_by_text("On its way")).to_be_visible()
    deliver()

    letter = newest_letter(live)
    assert "rosa.news@example.org" in letter
    path = re.search(r"(/newsletters/stop/[\w.-]+)", letter).group(1)
    phone = new_page(viewport=PHONE, java_script_enabled=False)
    phone.goto(path)
    expect(phone.get_by_role("heading", name="Stop this newsletter?")).to_be_visible()
    phone.get_by_role("button", name="Stop this newsletter").click()
    expect(phone.get_by_role("heading", name="You get no more letters of this newsletter")).to_be_visible()

    home = new_page(viewport=PHONE)
    sign_in_window(home, live, rosa)
    home.goto("/my-data")
    expect(home.get_by_text(re.compile("has not confirmed it yet"))).to_be_visible()
    assert axe(home) == []
    server.body, server.status = b'{"reference": "D-9"}', 200
    deliver()
    assert json.loads(server.received[0][2])["type"] == "consent.withdrawn"
    home.reload()
    expect(home.get_by_text(re.compile("has confirmed on"))).to_be_visible()
    home.get_by_role("link", name="All uses of your data").click()
    expect(home.get_by_text("sent you the newsletter “The trees are planted”")).to_be_visible()
    expect(home.get_by_text(re.compile("This was before you took your consent back"))).to_be_visible()
    assert axe(home) == []

    desk.goto(f"/staff/agreements/told/{recipient_id}")
    expect(desk.get_by_text("D-9")).to_be_visible()
    assert axe(desk) == []
