"""Print, fill in, scan badly, upload, read, look through by keyboard alone: a ballot with a struck-out mark, and a proposal."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from app.extensions import db as database
from app.features.printing.queries import Kind
from app.features.scans.queries import reviewed
from app.kernel.permissions import Role
from tests.factories import accounts, scans, spaces, stations, voting
from tests.support.browser import DESK, PHONE, Live, axe, sign_in_window
from tests.support.paper import Hand, Scan
from tests.support.worker import work

Window = Callable[..., Any]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
BAD = Scan(dpi=200, turn=2.5, noise=8, blur=0.8, stains=1)


@pytest.fixture
def vote(live: Live) -> dict[str, Any]:
    """A vote that is over, its ballot and proposal form, and two clerks."""
    pot = voting.closed_pot()
    stations.box_is_open(pot)
    city = live.app.config["SETTINGS"].city_name
    process = database.session.get(type(spaces.process()), pot.process_id)
    ballot = scans.layout_of(Kind.BALLOT, pot, city=city)
    proposal = scans.layout_of(Kind.PROPOSAL, process, numbered=True, city=city)
    clerks = [accounts.staff(Role.CLERK, process) for _ in range(2)]
    found = {"process_id": pot.process_id, "pot_id": pot.id, "ballot": ballot, "proposal": proposal}
    live.db.session.commit()
    return found | {"clerks": clerks}


def uploaded(page: Any, vote: dict[str, Any], tmp_path: Path, name: str, content: bytes) -> None:
    """Upload a file on the page, and let the worker read it."""
    file = tmp_path / name
    file.write_bytes(content)
    page.goto(f"/staff/scans/{vote['process_id']}")
    page.get_by_label("Scanned files").set_input_files(file)
    page.get_by_role("button", name="Upload and read").click()
    page.get_by_text("They are being read now.").wait_for()
    assert work() >= 1
    page.goto(f"/staff/scans/{vote['process_id']}")
    page.get_by_role("link", name=name).wait_for()


def test_a_ballot_with_a_struck_out_mark_is_decided_by_two_people(new_page: Window, live: Live, vote, tmp_path) -> None:
    (sheet,) = scans.sheet(vote["ballot"], {1: {0: Hand.FULL, 1: Hand.CROSSED_OUT}}, scan=BAD)
    page = new_page(viewport=DESK)
    sign_in_window(page, live, vote["clerks"][0])
    uploaded(page, vote, tmp_path, "box-3.pdf", scans.as_pdf(np.rot90(sheet, 2)))
    page.get_by_role("link", name="Upside down or on the side").click()
    expect(page.get_by_text("None is lost")).to_be_visible()
    page.goto(f"/staff/scans/{vote['process_id']}/review")
    expect(page.get_by_role("heading", name="Scanned page")).to_be_visible()
    expect(page.get_by_text("1 place needs your eyes")).to_be_visible()
    expect(page.locator(".scan-field--decide input").first).to_be_focused()
    assert axe(page) == []
    page.keyboard.press("Tab")  # leaving it undecided
    page.get_by_role("button", name="Accept this page").click()
    expect(page.get_by_role("alert")).to_contain_text("Decide what is marked here.")
    page.locator(".scan-field--decide input").first.focus()
    page.keyboard.press("0")
    expect(page.get_by_role("button", name="Accept this page")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_text("Kept. Somebody else looks at this page, too.").wait_for()

    other = new_page(viewport=DESK)
    sign_in_window(other, live, vote["clerks"][1])
    other.goto(f"/staff/scans/{vote['process_id']}/review")
    expect(other.locator(".scan-field--decide input").first).to_be_focused()
    assert other.locator("input:checked").count() == 2, "the second person does not see what the first one said"
    other.keyboard.press("0")
    other.keyboard.press("Enter")
    other.get_by_text("Accepted.").wait_for()
    database.session.remove()
    (value,) = reviewed(database.session(), vote["process_id"], kind=Kind.BALLOT)
    assert value.values == {"1": ("yes",), "2": (), "3": ()}


def test_a_proposal_is_looked_through_on_a_telephone_and_typed(new_page: Window, live: Live, vote, tmp_path) -> None:
    sheets = scans.sheet(vote["proposal"], {1: {0: Hand.CROSS}}, scan=BAD)
    page = new_page(viewport=PHONE)
    sign_in_window(page, live, vote["clerks"][0])
    uploaded(page, vote, tmp_path, "forms.pdf", scans.as_pdf(*sheets))
    page.goto(f"/staff/scans/{vote['process_id']}/review")
    if not page.locator(".scan-field--decide").count():
        expect(page.get_by_role("textbox", name="The proposal in one line")).to_be_focused()
    page.get_by_role("textbox", name="The proposal in one line").fill("A bench by the library")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for one in page.locator(".scan-field--decide").all():
        one.locator("input").first.check()
    page.get_by_role("textbox", name="The proposal in one line").press("Enter")
    words = page.get_by_role("textbox", name="What should change, and why")
    expect(words).to_be_focused()  # Enter accepts nothing while a place for handwriting is empty
    words.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nothing is written here?")
    assert axe(page) == []
    words.fill("My mother cannot stand for long.")
    words.press("Control+Enter")
    page.get_by_text("Accepted.").wait_for()
    database.session.remove()
    values = reviewed(database.session(), vote["process_id"], kind=Kind.PROPOSAL)
    assert values[0].texts["title"] == "A bench by the library"
    assert values[0].code
    assert {one.taken_by for one in values} == {None}
