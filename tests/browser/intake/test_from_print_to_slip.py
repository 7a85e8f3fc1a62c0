"""A proposal and its consent on paper, all the way: printed, filled in, scanned badly, read, looked through, taken into a
batch, read a second time, counted and closed. Then the resident finds both by the codes on the slips, and withdraws one.
"""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from playwright.sync_api import expect

from app.extensions import db as database
from app.features.consents.models import Answer, ConsentRecord
from app.features.printing.models import PrintedCopy, PrintedForm
from app.features.printing.queries import FormLayout, Kind
from app.features.proposals.models import Proposal
from app.kernel.permissions import Role
from tests.factories import accounts, consents, scans, spaces
from tests.support.browser import DESK, PHONE, Live, axe, sign_in_window
from tests.support.paper import Hand, Scan, filled, pages_of_pdf, scanned
from tests.support.worker import work

Window = Callable[..., Any]
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
BAD = Scan(dpi=200, turn=1.5, noise=6, blur=0.6, stains=1)
PROPOSAL = {
    "The proposal in one line": "A bench by the library",
    "What should change, and why": "My mother cannot stand for long.",
    "How to reach the person": "Hilja Virtanen, 050 123 4567",
}
CONSENT = {
    "Name of the person": "Hilja Virtanen",
    "Name that may be used": "Hilja Virtanen",
    "E-mail address or telephone number": "hilja@example.org",
}


@pytest.fixture
def office(new_page: Window, live: Live) -> dict[str, Any]:
    """A process with a category, an agreement that asks, and a window for each of two clerks."""
    process = spaces.process("Parks", slug="parks")
    spaces.category(process, "Streets")
    asked = consents.agreement(process, categories=("name", "contact"))
    people = [accounts.staff(Role.CLERK, process) for _ in range(2)]
    found = {"process_id": process.id, "agreement_id": asked.id, "category": str(process.categories[0].id)}
    live.db.session.commit()
    windows = [new_page(viewport=DESK) for _ in people]
    for window, person in zip(windows, people, strict=True):
        sign_in_window(window, live, person)
    return found | {"one": windows[0], "other": windows[1]}


def printed(page: Any, office: dict[str, Any], form: str, kind: Kind) -> tuple[bytes, FormLayout, str]:
    """Order one copy on the page, let it be drawn, download it: the PDF, its layout from the register, and its serial."""
    page.goto(f"/staff/paper/runs/{office['process_id']}")
    page.get_by_label("Form", exact=True).select_option(form)
    page.get_by_label("Number of copies").fill("1")
    page.get_by_role("button", name="Make these sheets").click()
    page.get_by_text("The print run is being made.").wait_for()
    assert work() >= 1
    page.reload()
    answer = page.request.get(f"{page.url.split('?')[0]}.zip")
    assert answer.ok, answer.status
    archive = zipfile.ZipFile(io.BytesIO(answer.body()))
    pdf = archive.read(archive.namelist()[0])
    database.session.remove()
    form_row = database.session.query(PrintedForm).filter_by(kind=kind.value).one()
    serials = [copy.serial for copy in database.session.query(PrintedCopy)]
    layout = FormLayout.from_json(form_row.layout)
    database.session.remove()
    words = _words(pdf)
    return pdf, layout, next(one for one in serials if one in words.replace("-", ""))


def _words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def slip_of(pdf: bytes) -> str:
    """The code that somebody reads on the slip: four groups of four."""
    return re.findall(r"\b(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}\b", _words(pdf))[-1]


def marked(pdf: bytes, layout: FormLayout, chosen: dict[str, str]) -> list[Any]:
    """The pages with these circles filled in, scanned; a page on which only the slip stands stays at home."""
    rng = np.random.default_rng(11)
    sheets = []
    for page, drawn in zip(layout.pages, pages_of_pdf(pdf), strict=True):
        hands = {at: Hand.FULL for at, one in enumerate(page.bubbles) if chosen.get(one.field) == one.value}
        if page.bubbles or page.write_ins:
            sheets.append(scanned(filled(drawn, page, hands, rng), BAD, rng))
    return sheets


def look_through(page: Any, office: dict[str, Any], texts: dict[str, str]) -> None:
    """Type the handwriting of every page that waits, and accept what the machine read."""
    page.goto(f"/staff/scans/{office['process_id']}/review")
    while page.get_by_role("button", name="Accept this page").count():
        for label, words in texts.items():
            if page.get_by_role("textbox", name=label).count():
                page.get_by_role("textbox", name=label).fill(words)
        assert page.locator(".scan-field--decide").count() == 0
        page.get_by_role("button", name="Accept this page").click()
        page.get_by_text("Accepted.").wait_for()


def batch_to_its_end(one: Any, other: Any, office: dict[str, Any], what: str, second: Callable[[Any], None]) -> None:
    """Open a batch, take the scanned sheet, let the other clerk read it, count, close."""
    one.goto("/staff/intake/batches/new")
    one.locator("select[name=what]").select_option(what)
    one.locator("input[name=station]").fill("Library")
    one.locator("input[name=declared]").fill("1")
    one.get_by_role("button", name="Open a batch").click()
    one.get_by_role("heading", name="Enter sheets").wait_for()
    one.get_by_role("link", name=re.compile("Batch B-")).click()
    one.get_by_role("link", name="Take scanned sheets").click()
    assert axe(one) == []
    one.get_by_role("button", name="Take these sheets").click()
    one.get_by_text("1 sheet is taken from the scans.").wait_for()
    address = one.url
    one.goto(f"{address}/finish")
    one.get_by_role("button", name="Finish entering").click()
    one.get_by_text("Give the bundle to another person").wait_for()
    one.goto(f"{address}/read")
    expect(one.get_by_role("heading", name="Batch B-")).to_be_visible()  # the one who looked it through reads nothing again

    other.goto(f"{address}/read")
    picture = other.locator(".sheet-picture").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 500
    assert axe(other) == []
    second(other)
    other.get_by_role("button", name="Send the second reading").click()
    expect(other.locator("main")).to_contain_text("both readings agree")  # what else is said stands in the failure
    for step, button in (("reconcile", "Reconcile"), ("close", "Close the batch")):
        other.goto(f"{address}/{step}")
        other.get_by_role("button", name=button).click()
    other.get_by_text("Everything in it counts now").wait_for()


def second_proposal(page: Any, office: dict[str, Any]) -> None:
    page.locator("#title").fill(PROPOSAL["The proposal in one line"])
    page.locator("#text").fill(PROPOSAL["What should change, and why"])
    page.locator("#category_id").select_option(office["category"])
    page.get_by_label("The whole city, or no place is written", exact=True).check()
    page.locator("#author_name").fill("Hilja Virtanen")
    page.locator("#phone").fill("050 123 4567")


def second_answer(page: Any) -> None:
    page.locator("#person").fill("Hilja Virtanen")
    page.locator("input[name=answer][value=yes]").check()
    page.locator("input[name=of_age][value=yes]").check()
    page.locator("#name").fill("Hilja Virtanen")
    page.locator("#address").fill("hilja@example.org")


def test_a_proposal_and_its_consent_go_from_the_printer_to_the_code_on_the_slip(
    new_page: Window, live: Live, office: dict[str, Any], tmp_path: Path
) -> None:
    one, other = office["one"], office["other"]
    form, layout, _serial = printed(one, office, f"P/{office['process_id']}", Kind.PROPOSAL)
    answer, question, _other = printed(one, office, f"C/{office['agreement_id']}", Kind.CONSENT)
    sheets = marked(form, layout, {"area": "whole", "category": office["category"], "show_name": "yes"})
    sheets += marked(answer, question, {"answer": "yes", "of_age": "yes"})
    file = tmp_path / "monday.pdf"
    file.write_bytes(scans.as_pdf(*sheets))
    one.goto(f"/staff/scans/{office['process_id']}")
    one.get_by_label("Scanned files").set_input_files(file)
    one.get_by_role("button", name="Upload and read").click()
    one.get_by_text("They are being read now.").wait_for()
    assert work() >= 1
    review = one.context.new_page()  # the page of uploads comes again by itself
    look_through(review, office, PROPOSAL | CONSENT)
    review.close()
    batch_to_its_end(one, other, office, f"proposal:{office['process_id']}", lambda page: second_proposal(page, office))
    batch_to_its_end(one, other, office, f"consent:{office['agreement_id']}", second_answer)

    resident = new_page(viewport=PHONE)
    resident.goto("/forms/slip")
    assert axe(resident) == []
    resident.get_by_label("Your code").fill(slip_of(form).lower())
    resident.get_by_role("button", name="Show it").click()
    expect(resident.get_by_text("A bench by the library").first).to_be_visible()
    resident.goto("/my-data/code")
    resident.get_by_label("Your code").fill(slip_of(answer))
    resident.get_by_role("button", name="Show it").click()
    resident.wait_for_url("**/code/cards")
    resident.get_by_role("link", name=re.compile("Take .*back")).or_(
        resident.get_by_role("button", name=re.compile("Take .*back"))
    ).first.click()
    confirm = resident.get_by_role("button", name=re.compile("Take .*back"))
    if confirm.count():
        confirm.first.click()
    resident.get_by_text(re.compile("taken back|Taken back")).first.wait_for()
    database.session.remove()
    proposal = database.session.query(Proposal).one()
    record = database.session.query(ConsentRecord).one()
    assert (proposal.title, proposal.author_name) == ("A bench by the library", "Hilja Virtanen")
    assert record.answer is Answer.WITHDRAWN
    database.session.remove()
