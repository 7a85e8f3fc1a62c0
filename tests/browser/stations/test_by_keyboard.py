"""A clerk at a station with the keyboard alone: from handing out a ballot to sixty typed ones; every page at both widths."""

import random
import time

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from app.extensions import db as database
from app.features.spaces.models import Process
from app.features.stations.commands import OpenBatch
from app.features.stations.models import Issue, PaperBallot, Shift
from app.features.stations.use_cases import open_batch, open_boxes
from app.kernel import clock
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, committee, stations
from tests.factories.tools import add
from tests.support.browser import DESK, PHONE, axe, sign_in_window

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]
BALLOTS = 60


@pytest.fixture
def at_work(new_page, live):
    """A clerk, a station where people vote now, and one where a batch waits to be typed."""
    now, over = stations.paper_pot(), stations.paper_pot(costs=(10_00,) * 12, limit_by_cost=False, max_projects=4)
    places = [committee.station(pot.process_id) for pot in (now, over)]
    person = accounts.person(display_name="Kaisa Clerk")
    for pot in (now, over):
        accounts.grant(person, Role.CLERK, database.session.get_one(Process, pot.process_id))
    add(Shift(station_id=places[0].id, person_id=person.id, person_name="Kaisa Clerk", day=clock.now().date()))
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


def count(live, model):
    live.db.session.rollback()
    found = live.db.session.scalar(select(func.count()).select_from(model))
    live.db.session.rollback()  # else the server waits for this reader
    return found


def test_sixty_ballots_take_their_digits_and_three_keys_each_at_most(at_work, live):
    window, _now, _over, _places, batch = at_work
    page = window(DESK)
    page.goto(f"/staff/stations/batch/{batch.id}")
    chance, waits, keys, allowed = random.Random(4), [], 0, 0
    for number in range(1, BALLOTS + 1):
        marked = chance.sample(range(1, 13), chance.randint(0, 4))
        text = "".join(f"{one:02}" for one in sorted(marked)) or "0"
        expect(page.locator("#marks")).to_be_focused()
        page.keyboard.type(text)
        began = time.perf_counter()
        page.keyboard.press("Enter")
        page.locator(f'input[name="at"][value="{number + 1}"]').wait_for(state="attached")
        waits.append(time.perf_counter() - began)
        keys += len(text) + 1
        allowed += 2 * len(marked) + 3
    assert count(live, PaperBallot) == BALLOTS
    assert keys <= allowed
    print(f"{keys / BALLOTS:.1f} keys a ballot, p95 {sorted(waits)[int(BALLOTS * 0.95)] * 1000:.0f} ms")  # noqa: T201  a figure
    expect(page.locator("#marks")).to_be_focused()
    page.keyboard.type("/")
    page.keyboard.press("Enter")
    page.locator(f'input[name="at"][value="{BALLOTS}"]').wait_for(state="attached")
    assert count(live, PaperBallot) == BALLOTS - 1


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
    page.get_by_text("This person has already voted, or has no vote left here.").wait_for()
    assert count(live, Issue) == 1
    assert axe(page) == []


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
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
