"""The receipt: printed on one page, and the way to the board."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from app.features.voting.models import Envelope
from tests.browser.voting.ballots import at_the_ballot, choose, review_and_cast
from tests.support.browser import PHONE, axe

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def kind():
    return "boxes"


def test_the_receipt_fits_one_printed_page_with_its_code_and_leads_to_the_board(live, new_page, pot, kind):
    page = at_the_ballot(live, new_page(viewport=PHONE), pot)
    choose(page, kind)
    review_and_cast(page)
    assert axe(page) == []
    receipt = re.sub(r"\s", "", page.locator(".receipt__code").inner_text())
    assert len(receipt) == 64
    expect(page.get_by_role("button", name="Print the receipt")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".qr svg")).to_be_visible()
    expect(page.locator(".receipt__code")).to_be_visible()
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    page.emulate_media(media="screen")

    page.get_by_role("button", name="Find my envelope on the board").click()
    page.get_by_text("Your envelope was received. It comes to the board in one of the next blocks").wait_for()
    assert receipt not in page.url
    assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]
    assert axe(page) == []
    page.get_by_label("Your receipt, or its first four characters").fill(receipt[:4].upper())
    page.keyboard.press("Enter")
    page.get_by_text("No envelope on the board begins like this yet").wait_for()
    page.goto(f"{page.url}?begins={receipt[:4]}#{receipt}")  # as the code on the receipt leads there
    assert axe(page) == []
    page.wait_for_function("receipt => document.getElementById('begins').value === receipt", arg=receipt)
    page.get_by_role("button", name="Look for it").click()
    page.get_by_text("Your envelope was received. It comes to the board in one of the next blocks").wait_for()
    assert live.db.session.scalar(select(func.count()).select_from(Envelope)) == 1
    live.db.session.remove()
