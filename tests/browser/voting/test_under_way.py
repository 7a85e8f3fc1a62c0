"""Work that takes minutes in a real browser: the bar moves by itself, with scripts and without, on a phone and in Arabic."""

import re

import pytest

from app.features.budgets.choices import Choices
from app.features.spaces.models import Process
from app.features.voting.commands import CastBallot
from app.features.voting.keys.keyring import Keyring
from app.features.voting.manage_routes import shared
from app.features.voting.use_cases import cast_ballot, close_box, note_done, under_way
from app.kernel.permissions import SYSTEM, Actor, Role
from tests.factories import accounts, voting
from tests.support.browser import PHONE, axe, sign_in_window

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.mark.parametrize(("locale", "scripts"), [("en", False), ("ar", True)])
def test_the_bar_of_a_box_that_is_opened_moves_by_itself_until_the_reader_keeps_it_still(
    live, new_page, clock, monkeypatch, locale, scripts
):
    monkeypatch.setattr(under_way, "AT_ONCE", 3)
    monkeypatch.setattr(shared, "COMES_AGAIN", 3)
    kept = Keyring(live.app.config["SETTINGS"].keys)
    session = live.db.session()
    pot = voting.pot()
    for person in voting.voters(pot, 8):
        cast_ballot(session, Actor(person_id=person.id), CastBallot(pot.id, Choices(("1",))), kept)
    clock.advance(days=400)
    process_id = pot.process_id
    close_box(session, SYSTEM, process_id, kept)
    member = accounts.staff(Role.COMMITTEE, session.get_one(Process, process_id))
    session.commit()
    page = new_page(viewport=PHONE, locale=locale, java_script_enabled=scripts)
    page.set_default_timeout(40_000)
    sign_in_window(page, live, member)
    page.goto(f"/staff/box/{process_id}")

    page.locator("main form[action$='/open'] button[type=submit]").click()

    number = page.locator(".progress__number")
    number.get_by_text(re.compile(r"^\D*[0٠]\D+[8٨]\D*$")).wait_for()
    with live.db.transaction() as working:
        note_done(working, process_id, 5)
    number.get_by_text(re.compile(r"^\D*[5٥]\D+[8٨]\D*$")).wait_for()  # nobody pressed anything
    page.goto(f"/staff/box/{process_id}?still=1")
    assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]
    if scripts:
        assert axe(page) == []
    with live.db.transaction() as working:
        note_done(working, process_id, 6)
    page.wait_for_timeout(4000)
    number.get_by_text(re.compile(r"^\D*[5٥]\D+[8٨]\D*$")).wait_for()
