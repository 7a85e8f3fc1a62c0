"""A clerk at a station with the keyboard alone: from handing out a ballot to sixty typed ones; every page at both widths."""

import random

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from app.extensions import db as database
from app.features.accounts.models import Person
from app.features.spaces.models import Process
from app.features.stations.commands import OpenBatch
from app.features.stations.models import Issue, PaperBallot, Shift
from app.features.stations.use_cases import open_batch, open_boxes
from app.kernel import clock
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, committee, stations
from tests.factories.tools import add
from tests.support.browser import DESK, PHONE, axe, sign_in_window

pytestmark = [
    pytest.mark.usefixtures("no_midnight"),
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
BALLOTS = 60


@pytest.fixture
def at_work(new_page, live):
    """A clerk, a station where people vote now, and one where a batch waits to be typed."""
    now, over = stations.paper_pot(), stations.paper_pot(costs=(10_00,) * 12, limit_by_cost=False, max_projects=4)
    places = [committee.station(pot.process_id) for pot in (now, over)]
    person = accounts.person(display_name="Kaisa Clerk")
    for pot in (now, over):
        accounts.grant(person, Role.CLERK, database.session.get_one(Process, pot.process_id))
    add(Shift(station_id=places[0].id, person_id=person.id, person_name="Kaisa Clerk", day=clock.today(stations.ZONE)))
    stations.over(over)
    actor = Actor(person_id=person.id, roles=frozenset({(Role.CLERK, over.process_id)}))
    open_boxes(database.session(), actor, places[1].id)
    batch = open_batch(database.session(), actor, OpenBatch(places[1].id, over.id, BALLOTS))
    live.db.session.commit()

    def window(size):
        page = new_page(viewport=size)
        sign_in_window(page, live, person)
        return page

    return window, now, over, places, batch


def kept(live):
    """What is kept of the ballots, in their order."""
    live.db.session.rollback()
    found = list(live.db.session.scalars(select(PaperBallot.first).order_by(PaperBallot.number)))
    live.db.session.rollback()
    return found


def count(live, model):
    live.db.session.rollback()
    found = live.db.session.scalar(select(func.count()).select_from(model))
    live.db.session.rollback()  # else the server waits for this reader
    return found


def test_sixty_ballots_take_their_digits_and_three_keys_each_at_most_and_wait_for_nothing(at_work, live):
    """The clerk looks at the paper and not at the screen: nothing is waited for between one ballot and the next."""
    window, _now, _over, _places, batch = at_work
    page = window(DESK)
    page.goto(f"/staff/stations/batch/{batch.id}")
    page.locator("[data-module~=ballot-entry][data-ready]").wait_for()
    answers = []
    page.on("requestfinished", lambda request: request.method == "POST" and answers.append(request.timing["responseEnd"]))
    chance, keys, allowed, typed = random.Random(4), 0, 0, []
    for _number in range(BALLOTS):
        marked = sorted(chance.sample(range(1, 13), chance.randint(0, 4)))
        text = "".join(f"{one:02}" for one in marked) or "0"
        expect(page.locator("#marks")).to_be_focused()
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        typed.append(",".join(map(str, marked)) or "0")
        keys += len(text) + 1
        allowed += 2 * len(marked) + 3
    page.locator(f'input[name="at"][value="{BALLOTS + 1}"]').wait_for(state="attached", timeout=60_000)
    assert kept(live) == typed
    assert keys <= allowed
    late = sorted(answers)[int(len(answers) * 0.95) - 1]
    print(f"{keys / BALLOTS:.1f} keys a ballot, p95 of an answer {late:.0f} ms")  # noqa: T201  a figure
    page.keyboard.type("/")
    page.keyboard.press("Enter")
    page.locator(f'input[name="at"][value="{BALLOTS}"]').wait_for(state="attached")
    assert kept(live) == typed[:-1]
    page.get_by_label("Reason").wait_for()  # one is missing now


def test_a_lost_line_loses_nothing_and_a_ballot_that_is_refused_holds_up_those_behind_it(at_work, live):
    window, _now, _over, _places, batch = at_work
    page = window(DESK)
    page.goto(f"/staff/stations/batch/{batch.id}")
    page.locator("[data-module~=ballot-entry][data-ready]").wait_for()
    marks, note = page.locator("#marks"), page.locator("[data-note]")
    page.context.set_offline(True)
    for text in ("01", "02"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    expect(note).to_contain_text("There is no connection.")
    page.context.set_offline(False)
    page.locator('input[name="at"][value="3"]').wait_for(state="attached")
    assert kept(live) == ["1", "2"]
    for text in ("99", "04"):  # there is no project 99
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    page.keyboard.type("05")
    expect(note).to_contain_text("99: ")
    expect(note).to_contain_text("04")
    expect(marks).to_have_value("05")
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(marks).to_have_value("99")
    page.keyboard.type("03")
    page.keyboard.press("Enter")
    expect(marks).to_have_value("05")
    page.keyboard.press("Enter")
    page.locator('input[name="at"][value="6"]').wait_for(state="attached")
    assert kept(live) == ["1", "2", "3", "4", "5"]


def test_without_scripts_each_ballot_is_a_page(new_page, at_work, live):
    _window, _now, _over, _places, batch = at_work
    page = new_page(viewport=DESK, java_script_enabled=False)
    sign_in_window(page, live, live.db.session.query(Person).filter_by(display_name="Kaisa Clerk").one())
    page.goto(f"/staff/stations/batch/{batch.id}")
    page.locator("#marks").fill("0102")
    page.locator("#marks").press("Enter")
    page.locator('input[name="at"][value="2"]').wait_for(state="attached")
    assert kept(live) == ["1,2"]


def test_a_ballot_is_handed_out_by_keyboard_and_the_next_person_is_refused_in_words(at_work, live):
    window, now, _over, places, _batch = at_work
    page = window(DESK)
    page.goto(f"/staff/stations/desk/{places[0].id}/{now.id}")
    expect(page.locator("#number")).to_be_focused()
    page.keyboard.type("CARD00001")
    page.keyboard.press("Enter")
    page.get_by_text("Hand out the ballot with stub 1").wait_for()
    assert count(live, Issue) == 1
    expect(page.locator("#number")).to_be_focused()
    page.keyboard.type("CARD00001")
    page.keyboard.press("Enter")
    page.get_by_text("A ballot was cast for this person already, or handed out to them").wait_for()
    assert count(live, Issue) == 1
    assert axe(page) == []


@pytest.mark.parametrize(("language", "size"), [("ar", PHONE), ("en", DESK)], ids=["ar-phone", "en-desk"])
def test_every_page_fits_and_is_accessible(at_work, live, size, language, tmp_path):
    window, now, over, places, batch = at_work
    page = window(size)
    for name, url in {
        "index": "/staff/stations",
        "process": f"/staff/stations/{over.process_id}",
        "desk": f"/staff/stations/desk/{places[0].id}/{now.id}",
        "changes": f"/staff/stations/desk/{places[0].id}/{now.id}/changes",
        "count": f"/staff/stations/count/{places[1].id}/{over.id}",
        "typing": f"/staff/stations/batch/{batch.id}",
        "scans": f"/staff/stations/batch/{batch.id}/scans",
        "second": f"/staff/stations/second/{over.id}",
        "envelopes": f"/staff/stations/envelopes/{now.process_id}",
    }.items():
        page.goto(f"{url}?lang={language}")
        assert axe(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
