"""The pages on which scans are looked through: what is not typed is asked about once, and what comes next is said."""

import re

import pytest

from app.extensions import db
from app.features.printing.queries import Kind
from app.features.scans.models import PageState, PageTray, ScanPage
from app.kernel.permissions import Role
from tests.factories import intake, scans, spaces


@pytest.fixture
def process(session):
    return spaces.process("Parks")


@pytest.fixture
def page(process) -> ScanPage:
    form = scans.layout_of(Kind.PROPOSAL, process, numbered=True)
    return scans.page(scans.file(process), form, code=intake.printed_number("A"))


def answers(page: ScanPage, **texts: str) -> dict[str, str]:
    places = {one["name"]: f"t-{at}" for at, one in enumerate(page.readings["write_ins"])}
    fields = {f"f-{at}": "none" for at in range(len(page.readings["fields"]))}
    return {"version": str(page.version), **fields, **{places[name]: words for name, words in texts.items()}}


def test_a_page_whose_handwriting_is_not_typed_is_asked_about_once(as_role, process, page):
    clerk, address = as_role(Role.CLERK, process), f"/staff/scans/page/{page.id}"
    half = answers(page, title="A bench")

    asked = clerk.post(address, data=half)

    assert asked.status_code == 422
    assert asked.text.count("Nothing is written here?") == 2  # above the form, and beside the place
    assert 'value="A bench"' in asked.text
    assert 'name="nothing" value="yes"' in asked.text
    assert db.session.get(ScanPage, page.id).state is PageState.TO_REVIEW
    assert clerk.post(address, data={**half, "nothing": "yes"}).status_code == 303
    assert db.session.get(ScanPage, page.id).state is PageState.REVIEWED


def test_a_page_that_is_typed_is_accepted_without_a_question(as_role, process, page):
    clerk = as_role(Role.CLERK, process)
    sent = answers(page, title="A bench", text="My mother is 84.")
    assert clerk.post(f"/staff/scans/page/{page.id}", data=sent).status_code == 303


def test_after_the_last_page_it_is_said_what_becomes_of_the_accepted_ones(as_role, process, page):
    clerk = as_role(Role.CLERK, process)
    sent = answers(page, title="A bench", text="My mother is 84.")
    clerk.post(f"/staff/scans/page/{page.id}", data=sent)
    stray = scans.page(scans.file(process), tray=PageTray.FOREIGN, state=PageState.IN_TRAY)
    db.session.commit()

    done = clerk.get(f"/staff/scans/{process.id}/review").text

    assert "1 accepted page is in no batch yet" in done
    assert 'href="/staff/intake/batches"' in done
    assert re.search(rf'<a href="/staff/scans/page/{stray.id}">1 page lies in a tray', done)


def test_the_overview_of_the_staff_says_what_waits(as_role, process, page):
    clerk = as_role(Role.CLERK, process)
    scans.page(scans.file(process), tray=PageTray.FOREIGN, state=PageState.IN_TRAY)
    scans.page(scans.file(process), tray=PageTray.BLANK, state=PageState.IN_TRAY)
    scans.page(scans.file(spaces.process()), tray=PageTray.FOREIGN, state=PageState.IN_TRAY)
    batch = intake.batch(process)
    colleague = intake.clerk(process)
    intake.sheet(batch, colleague)
    intake.finish(batch, colleague)
    db.session.commit()

    overview = clerk.get("/staff/").text

    assert "1 page to look through" in overview
    assert "1 page in a tray needs a decision" in overview
    assert "1 batch waits for you to read it a second time" in overview
