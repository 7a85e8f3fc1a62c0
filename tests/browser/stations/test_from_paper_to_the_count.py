"""The whole way of a ballot: printed, marked, scanned, looked through, taken into a batch, read again, signed, counted."""

import pytest
from playwright.sync_api import expect

from app.extensions import db as database
from app.features.printing.queries import Kind
from app.features.spaces.models import Process
from app.features.voting.use_cases import count_pot
from app.kernel.permissions import SYSTEM, Role
from tests.factories import accounts, committee, scans, stations, voting
from tests.support.browser import DESK, sign_in_window
from tests.support.paper import Hand, Scan
from tests.support.worker import work

pytestmark = [pytest.mark.usefixtures("no_midnight"), pytest.mark.browser, pytest.mark.slow]
BAD = Scan(dpi=200, turn=2.5, noise=8, blur=0.8)


@pytest.fixture
def vote(live):
    """A vote that is over: one ballot from the box, two on paper in the box of a station, on forms as they were printed."""
    pot = stations.paper_pot(rule="equalshares/add1")
    place = committee.station(pot.process_id)
    desk = stations.on_shift(place)
    for stub in (1, 2):
        stations.handed_out(desk, place, pot, f"P{stub:05}", stub)
    voting.ballots(pot, ["1"])
    process = database.session.get_one(Process, pot.process_id)
    layout = scans.layout_of(Kind.BALLOT, pot, city=live.app.config["SETTINGS"].city_name)
    stations.over(pot)
    clerks = [accounts.staff(Role.CLERK, process, display_name=name) for name in ("Aino A", "Benno B")]
    live.db.session.commit()
    return pot.id, pot.process_id, place.id, layout, clerks


def test_from_the_printed_form_to_the_count(vote, new_page, live, tmp_path):
    pot_id, process_id, place_id, layout, clerks = vote
    marks = ({1: {0: Hand.FULL}}, {1: {1: Hand.FULL, 2: Hand.PENCIL}})
    sheets = [page for seed, each in enumerate(marks) for page in scans.sheet(layout, each, scan=BAD, seed=seed)]
    file = tmp_path / "box.pdf"
    file.write_bytes(scans.as_pdf(*sheets))

    page = new_page(viewport=DESK)
    sign_in_window(page, live, clerks[0])
    page.goto(f"/staff/scans/{process_id}")
    page.get_by_label("Scanned files").set_input_files(file)
    page.get_by_role("button", name="Upload and read").click()
    page.get_by_text("They are being read now.").wait_for()
    assert work() >= 1
    page.goto(f"/staff/scans/{process_id}/review")
    expect(page.get_by_text("No box of this vote is open yet.")).to_be_visible()
    page.goto(f"/staff/stations/{process_id}")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.get_by_role("button", name="Open the boxes").click()
    page.get_by_text("Boxes are open").first.wait_for()
    assert "no ballot is handed out there any more" in asked[0]
    for _ballot in sheets:
        page.goto(f"/staff/scans/{process_id}/review")
        page.get_by_role("button", name="Accept this page").click()
        page.get_by_text("Accepted.").wait_for()

    count = f"/staff/stations/count/{place_id}/{pot_id}"
    page.goto(count)
    page.get_by_label("How many ballots lie in this batch?").fill("2")
    page.get_by_role("button", name="Begin this batch").click()
    page.get_by_role("link", name="Take ballots from scans").click()
    expect(page.get_by_text("They become number 1 to 2 of this batch")).to_be_visible()
    page.get_by_role("button", name="Take these ballots into the batch").click()
    page.get_by_text("2 ballots from scans are in the batch.").wait_for()
    batch = page.url.split("?")[0]
    page.get_by_role("button", name="All ballots of this batch are typed").click()
    page.get_by_text("Its check code is kept").wait_for()

    other = new_page(viewport=DESK)
    sign_in_window(other, live, clerks[1])
    other.goto(f"{batch}/second")
    for number, typed in enumerate(("1", "32"), start=1):
        expect(other.get_by_text(f"Ballot {number} of the batch is next.")).to_be_visible()
        expect(other.locator("#marks")).to_be_focused()
        other.keyboard.type(typed)
        other.keyboard.press("Enter")
    other.get_by_text("Nothing of this batch is left to read.").wait_for()

    for window, told in ((page, "A second person must sign, too."), (other, "Signed by two. These ballots are counted.")):
        window.goto(count)
        expect(window.get_by_text("The numbers agree.")).to_be_visible()
        window.get_by_role("button", name="Sign these numbers").click()
        window.get_by_text(told).wait_for()
    live.db.session.remove()
    counted = count_pot(live.db.session(), SYSTEM, pot_id).result
    live.db.session.rollback()
    assert {number: why["votes"] for number, why in counted["why"].items()} == {"1": 2, "2": 1, "3": 1}
    assert counted["voters"] == 3
