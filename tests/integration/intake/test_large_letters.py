"""Whoever wrote on a form in large print gets letters in large print, as whoever asks for it at the counter."""

import pytest

from app.extensions import db
from app.features.printing.models import RunState
from app.features.printing.queries import Kind, Look, Variant
from app.features.proposals.models import GuestContact, Proposal
from tests.factories import intake, printing, scans, spaces

POST = {"phone": "", "postal": "Aino Virtanen\nMannerheimintie 1\n00100 Helsinki"}


@pytest.fixture
def process(session):
    return spaces.process("Parks")


def contact():
    return db.session.get_one(GuestContact, db.session.query(Proposal).one().id)


@pytest.mark.parametrize(("variant", "large"), [(Variant.LARGE, True), (Variant.STANDARD, False)])
def test_by_the_number_of_the_sheet(process, variant, large):
    layout = scans.layout_of(Kind.PROPOSAL, process, numbered=True, look=Look(variant))
    serial = intake.printed_number("LARGE")
    printing.copy(printing.run(process, layout, state=RunState.READY), serial)
    one, other = intake.clerk(process), intake.clerk(process)
    batch = intake.batch(process, one)
    sheet = intake.sheet(batch, one, "LARGE", **POST)
    intake.finish(batch, one)
    intake.read(sheet, other)
    intake.reconcile(batch, other)
    intake.close(batch, other)
    assert contact().large_print is large


@pytest.mark.parametrize(("variant", "large"), [(Variant.LARGE, True), (Variant.EASY, False)])
def test_by_the_scan_of_a_sheet_without_a_number(process, variant, large):
    one, other = intake.clerk(process), intake.clerk(process)
    batch = intake.batch(process, one)
    sheet = intake.sheet(batch, one, **POST)
    layout = scans.layout_of(Kind.PROPOSAL, process, look=Look(variant))
    scans.reviewed(scans.file(process), layout, taken_by=f"intake:{sheet.id}")
    intake.finish(batch, one)
    intake.read(sheet, other)
    intake.reconcile(batch, other)
    intake.close(batch, other)
    assert contact().large_print is large
