"""Takes the pictures of the guides anew: `.venv/bin/pytest tests/pictures/take.py` writes them into docs/pictures/.

It is no test and its name is not one, so the suite leaves it alone. Everything on the pictures is made up here.
"""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.extensions import db
from app.features.intake.use_cases import ReadSheet, read_sheet
from app.features.printing.queries import Kind
from app.features.proposals.models import Proposal
from app.features.spaces.models import Participation, Process
from app.features.stations.commands import OpenBatch, TypeBallot
from app.features.stations.models import Shift
from app.features.stations.use_cases import open_batch, open_boxes, type_ballot
from app.kernel import clock
from app.kernel.permissions import Actor, Role
from app.web import kiosk as web_kiosk
from tests.factories import accounts, committee, intake, kiosk, scans, spaces, stations
from tests.factories.tools import add
from tests.support.browser import KIOSK, Live, sign_in_window
from tests.support.paper import Hand, Scan
from tests.support.worker import work

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
DESK = {"width": 1100, "height": 780}
LYING = {"width": 1280, "height": 800}
WIDTH = 900
"""Pixels of a picture from side to side: readable in a guide, and small to fetch."""
Window = Callable[..., Any]
SHEETS = [
    ("A bench at the tram stop", "My mother is 84 and cannot stand for ten minutes."),
    ("A tree before the school", "In summer the yard is so hot that nobody plays there."),
    ("Light under the bridge", "After four it is dark there, and I go round."),
]


def shot(page: Any, name: str, width: int = WIDTH, **options: Any) -> None:
    """What the window shows, as a small picture with few colours."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    with Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide", **options))) as taken:
        height = round(taken.height * width / taken.width)
        FOLDER.mkdir(parents=True, exist_ok=True)
        taken.convert("RGB").resize((width, height), Image.Resampling.LANCZOS).save(
            FOLDER / f"{name}.webp", "WEBP", quality=70, method=6
        )


@pytest.fixture
def window(new_page: Window, live: Live) -> Window:
    """A window in which somebody is signed in."""

    def signed_in(person: Any, **options: Any) -> Any:
        page = new_page(**{"viewport": DESK, **options})
        sign_in_window(page, live, person)
        return page

    return signed_in


def clerks(process: Process) -> list[Any]:
    """Two people who take in paper for a process."""
    people = [accounts.person(display_name=name) for name in ("Aino Aalto", "Benno Berg")]
    for person in people:
        accounts.grant(person, Role.CLERK, process)
    return people


def test_batches_of_paper(window: Window, live: Live) -> None:
    process = spaces.process(title={"en": "Parks and squares"}, slug="parks")
    category, *_others = [spaces.category(process, name) for name in ("Benches", "Trees", "Light")]
    first, second = people = clerks(process)
    one, other = (intake.clerk(process, person) for person in people)
    said = {"language": "en", "category_id": str(category.id)}
    opened = intake.batch(process, one, declared=3, station="Central library")
    intake.sheet(opened, one, title=SHEETS[0][0], text=SHEETS[0][1], **said)
    to_read = intake.batch(process, one, declared=2, station="Town hall")
    sheets = [intake.sheet(to_read, one, title=title, text=text, **said) for title, text in SHEETS[1:]]
    intake.finish(to_read, one)
    differs = intake.batch(process, one, declared=1, station="School on the hill")
    sheet = intake.sheet(differs, one, title=SHEETS[0][0], text=SHEETS[0][1], **said)
    intake.finish(differs, one)
    misread = {**sheet.first, "title": "A bank at the tram stop"}
    read_sheet(db.session(), other, ReadSheet(differs.id, sheet.id, misread), intake.SECRET)
    live.db.session.commit()
    address = "/staff/intake/batches"

    page = window(first)
    page.goto(f"{address}/{opened.id}")
    shot(page, "batch")
    page.goto(f"{address}/{opened.id}/enter")
    page.locator("[data-module='sheet-entry'][data-ready]").wait_for()
    page.locator("main [name=title]").fill(SHEETS[1][0])
    page.locator("main [name=text]").fill(SHEETS[1][1])
    shot(page, "batch-enter")
    reader = window(second)
    reader.goto(f"{address}/{to_read.id}/read")
    reader.locator("[data-module='sheet-entry'][data-ready]").wait_for()
    reader.locator("main [name=title]").fill(SHEETS[1][0])
    shot(reader, "batch-second-reading")
    page.goto(f"{address}/{differs.id}/sheets/{sheet.id}/settle")
    shot(page, "batch-differences")
    assert len(sheets) == 2


def test_a_scanned_page(window: Window, live: Live, tmp_path: Path) -> None:
    process = spaces.process(title={"en": "Parks and squares"}, slug="parks")
    city = live.app.config["SETTINGS"].city_name
    layout = scans.layout_of(Kind.PROPOSAL, process, numbered=True, city=city)
    sheets = scans.sheet(layout, {1: {0: Hand.CROSSED_OUT, 1: Hand.CROSS}}, scan=Scan(dpi=150, turn=1.5, noise=5))
    first, _second = clerks(process)
    process_id = process.id
    live.db.session.commit()
    file = tmp_path / "library.pdf"
    file.write_bytes(scans.as_pdf(*sheets))
    page = window(first)
    page.goto(f"/staff/scans/{process_id}")
    page.get_by_label("Scanned files").set_input_files(file)
    page.get_by_role("button", name="Upload and read").click()
    page.get_by_text("They are being read now.").wait_for()
    assert work() >= 1
    page.goto(f"/staff/scans/{process_id}")
    shot(page, "scans")
    page.goto(f"/staff/scans/{process_id}/review")
    page.get_by_role("heading", name="Scanned page").wait_for()
    shot(page, "scan-review")


def test_a_station(window: Window, live: Live) -> None:
    now, over = stations.paper_pot(), stations.paper_pot()
    library, school = (
        committee.station(now.process_id, "Central library"),
        committee.station(over.process_id, "School on the hill"),
    )
    first, second = clerks(db.session.get_one(Process, now.process_id))
    for person in (first, second):
        accounts.grant(person, Role.CLERK, db.session.get_one(Process, over.process_id))
    add(Shift(station_id=library.id, person_id=first.id, person_name="Aino Aalto", day=clock.today(stations.ZONE)))
    desk = stations.on_shift(school, "Kaisa Koski")
    for stub in range(1, 6):
        stations.handed_out(desk, school, over, f"P{stub:05}", stub)
    stations.over(over)
    one, other = (Actor(person_id=person.id, roles=frozenset({(Role.CLERK, over.process_id)})) for person in (first, second))
    open_boxes(db.session(), one, school.id)
    stations.typed(one, school, over, ["1", "2", "13", "0", "2"])
    live.db.session.commit()

    page = window(first)
    page.goto(f"/staff/stations/desk/{library.id}/{now.id}")
    shot(page, "roll-desk")
    page.goto(f"/staff/stations/count/{school.id}/{over.id}")
    page.set_viewport_size({"width": DESK["width"], "height": 1350})
    shot(page, "station-equation")
    batch = open_batch(db.session(), other, OpenBatch(school.id, over.id, 3))
    type_ballot(db.session(), other, TypeBallot(batch.id, 1, "1"))
    live.db.session.commit()
    typist = window(second)
    typist.goto(f"/staff/stations/batch/{batch.id}")
    typist.wait_for_load_state("networkidle")
    shot(typist, "ballots-typed")


def test_a_public_screen(window: Window, new_page: Window, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    parks = spaces.process(title={"en": "Parks and squares"}, slug="parks", participation=Participation.ANYBODY)
    spaces.category(parks, "Benches")
    device = kiosk.device(name="Town hall", place="At the stairs", process_ids=(parks.id,))
    administrator = accounts.staff(Role.ADMINISTRATOR, display_name="Maria Mäki")
    live.db.session.commit()

    staff = window(administrator)
    staff.goto("/staff/screens/new")
    staff.locator("main [name=name]").fill("Library, ground floor")
    staff.locator("main [name=place]").fill("Beside the returns desk")
    shot(staff, "kiosk-set-up", full_page=True)
    staff.get_by_role("button", name="Set it up").click()
    staff.get_by_text("/kiosk/enrol").first.wait_for()
    shot(staff, "kiosk-code")

    screen = new_page(viewport=KIOSK)
    screen.goto("/kiosk/enrol")
    screen.get_by_label("Code", exact=True).fill(device.code_for_tests)
    shot(screen, "kiosk-enrol", 450)
    screen.get_by_role("button", name="Make it this screen").click()
    screen.get_by_role("heading", name="Welcome").wait_for()
    screen.goto("/kiosk")
    shot(screen, "kiosk-start", 450)
    staff.goto("/staff/screens")
    shot(staff, "kiosk-screens")

    screen.set_viewport_size(LYING)
    screen.goto("/proposals/new?process=parks")
    screen.locator("main [name=title]").fill(SHEETS[0][0])
    screen.locator("main [name=text]").fill(SHEETS[0][1])
    shot(screen, "kiosk-write")
    screen.get_by_role("button", name="Go on writing on my phone").click()
    screen.get_by_role("heading", name="Go on writing on your own phone").wait_for()
    shot(screen, "kiosk-phone")
    monkeypatch.setattr(web_kiosk, "IDLE_SECONDS", 1)
    screen.goto("/proposals/new?process=parks")
    screen.get_by_role("alertdialog").get_by_text("Are you still there?").wait_for()
    shot(screen, "kiosk-countdown")
    assert db.session.query(Proposal).count() == 0
