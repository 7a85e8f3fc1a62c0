"""One consent from the first question to the last trace: given at a public screen in Arabic, seen at home, released, seen being
used, taken back and confirmed by the recipient's own server; then everything is taken along and erased, and nothing is left.
"""

import csv
import dataclasses
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from shutil import rmtree
from typing import Any
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import expect

from app.features.consents.models import Answer, ConsentEvent
from app.features.erasure.models import Erasure, ErasureState
from app.features.erasure.nightly import take_up
from app.features.erasure.queries import preview_erasure
from app.features.notifications.tasks import empty_outbox
from app.kernel.permissions import Channel, Role
from app.kernel.webhooks import signature
from tests.factories import accounts, consents, kiosk, proposals, spaces
from tests.support.browser import DESK, KIOSK, PHONE, Live, at_rest, axe, sign_in_window
from tests.support.recipient import Answering, recipient_server
from tests.support.traces import in_files, in_tables, spellings

Window = Callable[..., Any]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

NOTICE = {"en": "May the planning department write to me?", "ar": "هل يجوز لدائرة التخطيط أن تكتب إلي؟"}
PURPOSE = {"en": "Contact about this topic", "ar": "التواصل بشأن هذا الموضوع"}
NAME, ADDRESS, EMAIL = "نور المراكشي", "nour.elsewhere@example.org", "nour.marrakchi@example.org"
PASSWORD, MARK = "four plain words here", "Zwetschgenbank"
CONTACTS = "contact-opt-ins"


@pytest.fixture
def server(live: Live, monkeypatch: pytest.MonkeyPatch) -> Iterator[Answering]:
    """The department's server, which this installation may speak to. It confirms what it gets."""
    with recipient_server() as running:
        running.status, running.body = 200, b'{"reference": "D-27"}'
        settings = dataclasses.replace(live.app.config["SETTINGS"], webhook_hosts=(running.host,))
        monkeypatch.setitem(live.app.config, "SETTINGS", settings)
        yield running


@dataclasses.dataclass
class City:
    """Who is in it, by id: what a session loaded does not outlive the requests."""

    nour: UUID
    steward: Any
    recipient: UUID


@pytest.fixture
def city(live: Live) -> City:
    """A process that asks for a consent, a resident with a password, and a steward."""
    var = live.app.config["SETTINGS"].var
    for folder in ("files", "mail"):
        rmtree(var / folder, ignore_errors=True)
    process = spaces.process("Parks", slug="parks")
    about = consents.agreement(process, notice=NOTICE, purpose=PURPOSE)
    # Cheap parameters: real ones would take most of the time, and test_passwords.py uses them.
    cheap = PasswordHasher(time_cost=1, memory_cost=128, parallelism=1).hash(PASSWORD)
    nour = accounts.person(display_name=NAME, email=EMAIL, password_hash=cheap)
    proposals.proposal(process, author=nour, title=f"{MARK} by the river", text=f"A {MARK} for two.")
    wanted = proposals.proposal(process, author=nour, title="A tree for the square", text="It is hot there.")
    proposals.support(wanted)
    made = City(nour.id, accounts.staff(Role.STEWARD, process, display_name="Stella"), about.recipient_id)
    live.db.session.commit()
    return made


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_from_the_first_question_to_the_last_trace(
    live: Live, new_page: Window, server: Answering, city: City, tmp_path: Path, scripts: bool
) -> None:
    desk = new_page(viewport=DESK)
    sign_in_window(desk, live, city.steward)
    secret = _connect(desk, city, server)

    _say_yes_at_a_public_screen(new_page(viewport=KIOSK), live)

    home = new_page(viewport=PHONE, java_script_enabled=scripts)
    _sign_in(home, live)
    home.goto("/my-data")
    card = home.get_by_role("article", name="Contact about this topic")
    expect(card).to_contain_text(NAME)
    expect(card).to_contain_text(ADDRESS)
    _accessible(home, scripts)

    assert [row["address"] for row in _release(desk, tmp_path / "first.zip")] == [ADDRESS]

    home.goto("/my-data")
    home.get_by_role("link", name="All uses of your data").click()
    expect(home.locator("main")).to_contain_text("Planning department")
    expect(home.locator("main .timeline > li")).to_have_count(1)
    _accessible(home, scripts)

    home.goto("/my-data")
    card.get_by_role("button", name="Take it back").click()
    expect(card).to_contain_text("You took it back")
    expect(card).to_contain_text("has not confirmed it yet")
    assert server.received == []  # what leaves the house leaves after the commit
    empty_outbox()
    _heard_of_the_withdrawal(server, secret)
    home.reload()
    expect(card).to_contain_text("has confirmed on")
    expect(card).not_to_contain_text(ADDRESS)
    _accessible(home, scripts)
    desk.goto(f"/staff/agreements/told/{city.recipient}")
    expect(desk.locator("main")).to_contain_text("D-27")

    assert _release(desk, tmp_path / "second.zip") == []

    _take_everything(home, tmp_path / "mine.zip")
    _erase(home, live, city, scripts)


def _connect(desk: Any, city: City, server: Answering) -> str:
    """The steward notes where the recipient's server takes messages; returns the secret that is shown once."""
    desk.goto(f"/staff/agreements/told/{city.recipient}")
    assert axe(desk) == []
    desk.locator("[name=url]").fill(server.url)
    desk.get_by_role("button", name="Save the address").click()
    return str(desk.locator("code", has_text="whsec_").inner_text())


def _say_yes_at_a_public_screen(screen: Any, live: Live) -> None:
    """By touch alone, in Arabic, from the start page to the end of the visit; then the next visitor finds nothing."""
    kiosk.become_window(screen, live.url)
    screen.get_by_text("العربية", exact=True).click()
    expect(screen.locator("html")).to_have_attribute("dir", "rtl")
    screen.locator("main a[href='/processes/parks']").click()
    screen.locator(".ask-box a").click()
    screen.locator("[name=email]").fill(EMAIL)
    screen.locator("[name=password]").fill(PASSWORD)
    assert axe(screen) == []
    screen.locator("main form button").first.click()
    expect(screen.locator(".notice-text")).to_contain_text(NOTICE["ar"])
    expect(screen.locator("html")).to_have_attribute("dir", "rtl")
    assert screen.locator("main input:checked").count() == 0
    screen.locator("[name=of_age][value=yes]").check()
    screen.locator("[name=name]").fill(NAME)
    screen.locator("[name=address]").fill(ADDRESS)
    assert axe(screen) == []
    assert screen.evaluate("document.documentElement.scrollWidth") <= KIOSK["width"]
    screen.locator("button[name=answer][value=yes]").click()
    screen.wait_for_url("**/processes/parks*")
    assert screen.locator(".ask-box").count() == 0

    screen.locator(".kiosk-reset button").first.click()
    expect(screen.locator("html")).to_have_attribute("lang", "en")  # the city's own language again
    assert screen.evaluate("localStorage.length + sessionStorage.length") == 0
    for step in range(3):
        screen.go_back()
        shown = at_rest(screen)
        assert not any(mine in shown for mine in (NAME, ADDRESS, EMAIL)), step
    screen.goto("/my-data")
    expect(screen.get_by_role("link", name="Sign in to see your data")).to_be_visible()
    with live.db.transaction() as session:
        event = session.query(ConsentEvent).filter(ConsentEvent.answer != Answer.ASKED).one()
        assert (event.channel, event.language, event.shown_text) == (Channel.KIOSK, "ar", NOTICE["ar"])


def _sign_in(home: Any, live: Live) -> None:
    home.goto("/my-data")
    home.get_by_role("link", name="Sign in to see your data").click()
    home.get_by_label("E-mail address").fill(EMAIL)
    home.get_by_label("Password", exact=True).fill(PASSWORD)
    home.get_by_role("button", name="Sign in", exact=True).click()
    home.wait_for_url(f"{live.url}/my-data*")


def _release(desk: Any, archive: Path) -> list[dict[str, str]]:
    """The steward hands over the list on the page; returns its rows as the department gets them."""
    desk.goto("/staff/releases")
    desk.get_by_role("link", name="Look and release People who may be contacted").click()
    assert axe(desk) == []
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Release and download").click()
    download.value.save_as(archive)
    with zipfile.ZipFile(archive) as files:
        return list(csv.DictReader(io.StringIO(files.read(f"{CONTACTS}.csv").decode("utf-8-sig"))))


def _heard_of_the_withdrawal(server: Answering, secret: str) -> None:
    """One message, which the department can check with its secret, and in which no name stands."""
    ((path, head, body),) = server.received
    assert path == "/plaza"
    assert json.loads(body)["type"] == "consent.withdrawn"
    signed = signature(secret, head["webhook-id"], int(head["webhook-timestamp"]), body)
    assert signed in head["webhook-signature"].split(" ")
    assert not any(mine.encode() in body for mine in (NAME, ADDRESS, EMAIL))


def _take_everything(home: Any, archive: Path) -> None:
    home.goto("/my-data")
    with home.expect_download() as download:
        home.get_by_role("button", name="Download everything").click()
    download.value.save_as(archive)
    with zipfile.ZipFile(archive) as files:
        held = b"\n".join(files.read(name) for name in files.namelist()).decode()
    for mine in (EMAIL, MARK, NOTICE["ar"], "Planning department", CONTACTS):
        assert mine in held
    assert ADDRESS not in held  # deleted with the withdrawal


def _erase(home: Any, live: Live, city: City, scripts: bool) -> None:
    """By the letter; then nothing is anywhere but what the preview named."""
    var = live.app.config["SETTINGS"].var
    wanted = spellings(city.nour, NAME, ADDRESS, EMAIL, MARK)
    assert len({table for table, _, _ in in_tables(live.db.engine, wanted)}) > 8  # the scan sees what is there

    home.get_by_role("link", name="See what would happen").click()
    expect(home.get_by_role("heading", name="What has to stay, and why")).to_be_visible()
    _accessible(home, scripts)
    with live.db.transaction() as session:
        foretold = preview_erasure(session, city.nour)
        promised = {told.part.name: told.count for told in (*foretold.goes, *foretold.anonymous)}
    home.get_by_role("radio", name="At once. Nothing brings it back.").check()
    home.get_by_role("button", name="Send me the e-mail").click()
    expect(home.get_by_text("We have sent you an e-mail.")).to_be_visible()
    home.goto(_link_in_the_letter(var))
    _accessible(home, scripts)
    home.get_by_role("button", name="Erase everything at once").click()
    expect(home.get_by_role("heading", level=1)).to_contain_text("being erased")
    with live.app.app_context():
        take_up(stalled_only=False)
        empty_outbox()

    with live.db.transaction() as session:
        done = session.query(Erasure).one()
        assert done.state is ErasureState.DONE
        counted = {name: number for name, number in done.counts.items() if number}
    assert {name: counted.get(name) for name in promised if name != "account"} == {
        name: count for name, count in promised.items() if name != "account"
    }
    assert in_tables(live.db.engine, wanted) == set()
    ((last, what),) = in_files(var, wanted)  # the last letter, in the folder that stands for the post
    assert (what, _letter(var / last)["Subject"]) == (EMAIL, "Your data is erased")
    home.goto("/proposals")
    expect(home.get_by_role("link", name="A tree for the square")).to_be_visible()  # others wanted it, too


def _link_in_the_letter(var: Path) -> str:
    empty_outbox()
    newest = sorted((var / "mail").glob("*.eml"))[-1]
    return re.search(r"/my-data/erase/confirm/\S+", _letter(newest).get_body(("plain",)).get_content()).group()


def _letter(path: Path) -> Any:
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def _accessible(page: Any, scripts: bool) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    if scripts:  # axe itself is a script; the markup without scripts is the same
        assert axe(page) == []
