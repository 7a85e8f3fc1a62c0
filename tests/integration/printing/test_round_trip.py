"""Print, fill in, scan, read: what was marked is what is read, for every kind of ballot, variant, language and paper."""

from itertools import cycle

import numpy as np
import pytest
from flask import Flask

from app.features.printing.queries import FormLayout, Look, Paper, Takes, Variant
from app.features.printing.use_cases import copies_of, draw, trial_print
from app.features.scans.queries import Layouts, PageReading, State, Tray
from app.features.scans.use_cases import read_scans
from tests.factories import printing
from tests.support.paper import CLEAN, Hand, as_jpeg, filled, pages_of_pdf, scanned

LANGUAGES = cycle(["en", "de", "fi", "ar"])
PAPERS = cycle(list(Paper))
CASES = [(kind, Look(variant, next(LANGUAGES), next(PAPERS))) for variant in Variant for kind in printing.KINDS]


@pytest.fixture
def in_app(app: Flask):
    with app.app_context():
        yield


def read(layout: FormLayout, picture: bytes) -> list[PageReading]:
    return list(read_scans(picture, Layouts([layout])))


@pytest.mark.one_database("sqlite")
@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "look"),
    CASES,
    ids=lambda one: one if isinstance(one, str) else "-".join(map(str, [one.variant, one.language, one.paper])),
)
def test_what_is_marked_is_read(in_app, kind: str, look: Look) -> None:
    layout = printing.ballot(kind, look, projects=7)
    rng = np.random.default_rng(len(kind))
    copies = copies_of(layout, 1)
    for page, printed in zip(layout.pages, pages_of_pdf(draw(layout, copies), 300), strict=True):
        marked = chosen(layout, page.number)
        scan = scanned(filled(printed, page, dict.fromkeys(marked, Hand.FULL), rng), CLEAN, rng)
        (reading,) = read(layout, as_jpeg(scan))
        assert reading.tray is Tray.READ
        assert reading.code is not None
        assert (reading.code.page, reading.code.pages, reading.code.look) == (page.number, len(layout.pages), look)
        assert reading.code.code == (copies[0].code if layout.numbered else "")
        found = [at for at, one in enumerate(reading.bubbles) if one.state is State.FILLED]
        assert found == marked
        assert not [one for one in reading.bubbles if one.for_a_person]
        fields = {one.field: one for one in reading.fields()}
        for at in marked:
            bubble = page.bubbles[at]
            assert fields[bubble.field].values == (bubble.value,)
            assert fields[bubble.field].state is State.FILLED


def chosen(layout: FormLayout, number: int) -> list[int]:
    """One circle of each second field, another one every time; of a ballot on which one is chosen the second."""
    page = layout.pages[number - 1]
    if set(layout.fields.values()) == {Takes.ONE} and len(layout.fields) == 1:
        return [1] if number == 1 else []
    fields = list(dict.fromkeys(one.field for one in page.bubbles))
    result = []
    for nth, field in enumerate(fields[::2]):
        circles = [at for at, one in enumerate(page.bubbles) if one.field == field]
        result.append(circles[nth % len(circles)])
    return sorted(result)


def test_two_circles_of_one_choice_are_double(in_app) -> None:
    layout = printing.ballot("choose one")
    rng = np.random.default_rng(1)
    printed = pages_of_pdf(draw(layout, copies_of(layout, 1)))[0]
    (reading,) = read(layout, as_jpeg(scanned(filled(printed, layout.pages[0], {0: Hand.FULL, 3: Hand.TICK}, rng), CLEAN, rng)))
    (field,) = reading.fields()
    assert (field.values, field.state) == (("1", "4"), State.DOUBLE)
    assert field.for_a_person


def test_a_test_print_is_read_as_any_other_and_goes_to_its_own_tray(in_app) -> None:
    layout = printing.ballot("approval")
    readings = list(read_scans(trial_print(layout), Layouts([layout])))
    assert [one.tray for one in readings] == [Tray.TEST_PRINT] * len(layout.pages)
    assert all(one.state is State.EMPTY for page in readings for one in page.bubbles), "the word lies below the circles"
    assert [one.value for one in readings[0].bubbles] == [one.value for one in layout.pages[0].bubbles]
