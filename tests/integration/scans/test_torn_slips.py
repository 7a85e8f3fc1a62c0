"""Forms whose slip was torn off, as they ask for: what is left is read like a whole page, and goes on into a batch."""

import io
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db as database
from app.features.intake.commands import TakeScans
from app.features.intake.models import SheetKind
from app.features.intake.use_cases import take_scans
from app.features.maps.queries import street_table
from app.features.printing.layout.codes import new_code
from app.features.printing.queries import SERIAL_LENGTH, FormLayout, Kind, Look, PageLayout, Paper, Variant
from app.features.printing.use_cases import Copy, copies_of, draw
from app.features.scans.commands import DecidePage, TakeInScan
from app.features.scans.models import PageTray, ScanPage
from app.features.scans.queries import Layouts, PageReading, State, Tray
from app.features.scans.use_cases import decide_page, read_scans, take_in_scan
from app.features.scans.use_cases.reading import says_the_same
from tests.factories import consents, intake, printing, scans, spaces
from tests.support.paper import CLEAN, PER_MM, Grey, Hand, Scan, as_jpeg, filled, pages_of_pdf, scanned
from tests.support.worker import work

BAD = Scan(150, 2.5, noise=9, blur=1.0, stains=2, paper=228)
PHOTOGRAPH = Scan(200, 3.0, noise=4, blur=0.6, photograph=0.05, paper=230)
SCANS = {"clean": CLEAN, "bad": BAD, "photograph": PHOTOGRAPH}
PAPERS = cycle(list(Paper))
WORSE = cycle(["bad", "photograph", "bad"])
CASES = [
    (kind, Look(variant, language, next(PAPERS)))
    for kind in ("proposal", "consent")
    for variant in Variant
    for language in ("en", "de", "fi", "ar")
]
SEED = 6
"""Where the stains of a bad scan lie: beside the circles. A circle under one goes to a person, which `test_accuracy` counts."""
BEFORE = Path(__file__).parent / "printed_before"


@pytest.fixture
def in_app(app: Flask):
    with app.app_context():
        yield


def tear_line(page: PageLayout) -> float:
    """Where the slip is torn off, in millimetres from above."""
    return next(rule.y for rule in page.rules if rule.dashed)


def torn(printed: Grey, page: PageLayout, rng: np.random.Generator) -> Grey:
    """What is left of a page when its slip is torn off: at the line, as straight as hands tear."""
    line = (
        tear_line(page)
        + rng.uniform(-1.5, 1.5)
        + np.linspace(-0.7, 0.7, printed.shape[1])
        + rng.normal(0, 0.1, printed.shape[1])
    )
    left = printed[: int((tear_line(page) + 3) * PER_MM)].copy()
    left[np.arange(left.shape[0])[:, None] > (line * PER_MM)[None, :]] = 255  # the lid of the scanner
    return left


def torn_page(layout: FormLayout, copy: Copy, hands: dict[int, Hand], scan: Scan) -> Grey:
    """The last page of a copy, marked and scanned without its slip."""
    rng, last = np.random.default_rng(SEED), layout.pages[-1]
    printed = pages_of_pdf(draw(layout, [copy]))[-1]
    return scanned(torn(filled(printed, last, hands, rng), last, rng), scan, rng)


def read_torn(layout: FormLayout, hands: dict[int, Hand], scan: Scan) -> PageReading:
    (copy,) = copies_of(layout, 1, b"secret")
    (reading,) = read_scans(as_jpeg(torn_page(layout, copy, hands, scan)), Layouts([layout]))
    assert reading.code is not None
    assert (reading.code.code, reading.code.page) == (copy.code, len(layout.pages))
    return reading


def with_circles(layout: FormLayout) -> dict[int, Hand]:
    """Each second circle of the page with the slip."""
    return dict.fromkeys(range(0, len(layout.pages[-1].bubbles), 2), Hand.FULL)


@pytest.mark.one_database("sqlite")
@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "look"),
    CASES,
    ids=lambda one: one if isinstance(one, str) else "-".join(map(str, [one.variant, one.language, one.paper])),
)
def test_a_form_without_its_slip_is_read(in_app, kind: str, look: Look) -> None:
    layout = {"proposal": printing.proposal, "consent": printing.consent}[kind](look)
    page, hands = layout.pages[-1], with_circles(layout)
    line = tear_line(page)
    assert all(mark.y + mark.size + 3 <= line for mark in page.marks), "all four marks stay on the form"
    assert page.code is not None
    assert page.code.y < line, "so does its number"
    assert page.slip is not None
    assert line < page.slip.y < layout.size[1] - 12, "the code goes with the slip"
    assert all(text.y < page.slip.y for text in page.texts)
    for name in ("clean", next(WORSE)):
        scan = SCANS[name]
        reading = read_torn(layout, hands, scan)
        assert (reading.tray, reading.notices) == (Tray.READ, ()), name
        assert [at for at, one in enumerate(reading.bubbles) if one.state is State.FILLED] == list(hands), name
        assert [one.name for one in reading.write_ins] == [one.name for one in page.write_ins]


@pytest.mark.parametrize("name", ["clean", "bad", "photograph"])
def test_whoever_keeps_the_slip_on_it_is_read_too(in_app, name: str) -> None:
    layout = printing.proposal(Look(Variant.LARGE))
    (copy,) = copies_of(layout, 1, b"secret")
    rng = np.random.default_rng(9)
    picture = scanned(pages_of_pdf(draw(layout, [copy]))[-1], SCANS[name], rng)
    both = np.hstack([picture, np.full((picture.shape[0], 30), 90, np.uint8), np.rot90(picture, 2)])
    (whole,) = read_scans(as_jpeg(picture), Layouts([layout]))
    assert (whole.tray, whole.notices) == (Tray.READ, ())
    two = list(read_scans(as_jpeg(both), Layouts([layout])))
    assert [(one.tray, one.turned, len(one.bubbles)) for one in two] == [
        (Tray.TWO_ON_ONE, turned, len(whole.bubbles)) for turned in (0, 180)
    ]


def printed_before(kind: str) -> FormLayout:
    """A form as it was printed when its lower marks stood below the slip, from the register."""
    return FormLayout.from_json((BEFORE / f"{kind}.json").read_text())


@pytest.mark.parametrize("kind", ["proposal", "consent"])
@pytest.mark.parametrize("name", ["clean", "bad"])
def test_what_was_printed_before_the_marks_moved_is_read_for_a_person(in_app, kind: str, name: str) -> None:
    earlier = printed_before(kind)
    hands = with_circles(earlier)
    reading = read_torn(earlier, hands, SCANS[name])
    assert (reading.tray, reading.notices) == (Tray.DAMAGED, ("corner_missing",))
    assert [at for at, one in enumerate(reading.bubbles) if one.state is State.FILLED] == list(hands)


def test_of_a_photograph_of_one_nothing_is_guessed(in_app) -> None:
    earlier = printed_before("consent")
    reading = read_torn(earlier, with_circles(earlier), PHOTOGRAPH)
    assert (reading.tray, reading.bubbles) == (Tray.DAMAGED, ())


@pytest.mark.parametrize("kind", ["proposal", "consent"])
def test_with_its_slip_it_is_read_as_it_always_was(in_app, kind: str) -> None:
    earlier = printed_before(kind)
    (copy,) = copies_of(earlier, 1, b"secret")
    picture = scanned(pages_of_pdf(draw(earlier, [copy]))[-1], BAD, np.random.default_rng(2))
    (reading,) = read_scans(as_jpeg(picture), Layouts([earlier]))
    assert (reading.tray, reading.notices) == (Tray.READ, ())


@pytest.mark.parametrize("kind", list(SheetKind))
def test_torn_sheets_go_from_the_scanner_into_a_batch(app: Flask, session, kind: SheetKind) -> None:
    process = spaces.process("Parks")
    spaces.category(process, "Streets")
    clerk, city = intake.clerk(process), app.config["SETTINGS"].city_name
    asked = consents.agreement(process, categories=("name", "contact", "age_band"))
    subject = process if kind is SheetKind.PROPOSAL else asked
    form = scans.layout_of(Kind.PROPOSAL if kind is SheetKind.PROPOSAL else Kind.CONSENT, subject, numbered=True, city=city)
    serial = new_code(SERIAL_LENGTH)
    printing.copy(printing.run(process, form), serial)
    copy = Copy(serial, serial)
    pictures = [*pages_of_pdf(draw(form, [copy]), 200)[:-1], torn_page(form, copy, with_circles(form), CLEAN)]
    take_in_scan(session, clerk, TakeInScan(process.id, "torn.pdf", io.BytesIO(scans.as_pdf(*pictures))))
    session.commit()
    work()
    found = session.scalars(select(ScanPage).order_by(ScanPage.number)).all()
    assert [(one.tray, one.code) for one in found] == [(PageTray.READ, serial)] * len(form.pages)
    for page in (one for one in found if one.readings):
        marked = {one["name"]: f"={one['values'][0]}" if len(one["values"]) == 1 else "none" for one in page.readings["fields"]}
        decide_page(
            session,
            clerk,
            DecidePage(page.id, page.version, marked, {one["name"]: "Hilja" for one in page.readings["write_ins"]}),
        )
    more: dict[str, Any] = {} if kind is SheetKind.PROPOSAL else {"agreement_id": asked.id}
    batch = intake.batch(process, clerk, kind=kind, **more)
    taken = take_scans(database.session(), clerk, TakeScans(batch.id, None), street_table({}))
    assert ([one.serial for one in taken.sheets], taken.left) == ([serial], ())


def test_a_number_alone_makes_no_form_an_earlier_one(in_app) -> None:
    """Numbers beside circles, page numbers and places may change; words, circles and lines may not."""
    now = printing.proposal()
    earlier = printed_before("proposal")
    assert says_the_same(earlier, now)
    (first, *rest) = now.pages
    renamed = replace(first, texts=tuple(replace(one, words=one.words.replace("Health", "Care")) for one in first.texts))
    others = [
        replace(one, texts=tuple(replace(text, words=text.words.replace("Health", "Care")) for text in one.texts))
        for one in rest
    ]
    assert not says_the_same(earlier, replace(now, pages=(renamed, *others)))
    assert not says_the_same(printing.proposal(numbered=False), now)
