"""A sample of `benchmarks/scans.py`: marks in several hands, scanned well, badly, and with a telephone."""

from collections import Counter

import pytest
from flask import Flask

from app.features.printing.queries import FormLayout
from app.features.printing.use_cases import copies_of, draw
from app.features.scans.queries import Layouts, State
from app.features.scans.use_cases import read_scans
from tests.factories import printing
from tests.support.paper import Hand, Scan, pages_of_pdf, sheets

CIRCLES = 500
CLEAN = [Scan(dpi) for dpi in (150, 200, 300)]


@pytest.fixture(scope="module")
def layouts(app: Flask) -> list[FormLayout]:
    with app.app_context():
        return [printing.ballot("with a sum", projects=24), printing.ballot("points", projects=16)]


@pytest.mark.one_database("sqlite")
@pytest.mark.slow
@pytest.mark.parametrize("clean", [True, False], ids=["clean", "any"])
def test_nothing_wrong_is_read_without_being_sent_to_a_person(layouts: list[FormLayout], clean: bool) -> None:
    found: Counter[str] = Counter()
    for nth, layout in enumerate(layouts):
        printed = pages_of_pdf(draw(layout, copies_of(layout, 1)))
        for sheet in sheets(layout, printed, CIRCLES // 2, seed=11 + nth, scans=CLEAN if clean else ()):
            (reading,) = read_scans(sheet.jpeg, Layouts([layout]))
            assert len(reading.bubbles) == len(sheet.page.bubbles), reading.tray
            for at, one in enumerate(reading.bubbles):
                hand = sheet.hands.get(at)
                found["all"] += 1
                if one.for_a_person:
                    found["person"] += hand is not Hand.CROSSED_OUT  # what was taken back is meant for a person
                    continue
                right = State.EMPTY if hand is None else State.FILLED
                assert hand is not Hand.CROSSED_OUT, (at, sheet.scan)
                assert one.state is right, (at, hand, sheet.scan)
    assert found["all"] >= CIRCLES
    if clean:
        assert found["person"] / found["all"] <= 0.02
