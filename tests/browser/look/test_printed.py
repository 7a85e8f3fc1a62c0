"""On paper nothing stays folded that somebody wants to read there, and from right to left nothing changes places."""

import pytest
from playwright.sync_api import expect

from tests.factories import proposals, spaces

pytestmark = pytest.mark.browser


def test_the_register_of_automated_steps_is_whole_on_paper(live, page):
    page.goto(f"{live.url}/my-data/automated")
    rule = page.locator(".details--printed dl").first
    expect(rule).to_be_hidden()

    page.emulate_media(media="print")
    expect(rule).to_be_visible()
    assert page.locator(".details--printed:visible").count() == page.locator(".details--printed").count()

    page.emulate_media(media="screen")
    expect(rule).to_be_hidden()


def test_a_browser_whose_styles_cannot_open_a_fold_opens_it_for_printing_and_closes_it_again(live, page):
    page.goto(f"{live.url}/my-data/automated", wait_until="networkidle")
    page.locator(".details--printed").nth(1).evaluate("fold => { fold.open = true; }")
    folds = "[...document.querySelectorAll('.details--printed')].map(fold => fold.open)"

    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert all(page.evaluate(folds))
    page.evaluate("dispatchEvent(new Event('afterprint'))")

    left = page.evaluate(folds)
    assert left[1]
    assert left.count(True) == 1  # what the reader opened, and nothing else


def test_on_the_sheet_of_a_proposal_a_date_does_not_run_into_a_name_and_the_address_stands_beside_its_code(live, new_page):
    proposal = proposals.proposal(spaces.process("Parks"), title="A bench")
    reference = proposal.reference
    live.db.session.commit()
    page = new_page(locale="ar")
    page.goto(f"{live.url}/proposals/{reference}/print")
    page.emulate_media(media="print")
    facts = page.locator(".proposal-facts bdi")
    places = [facts.nth(at).bounding_box()["x"] for at in range(facts.count())]
    assert len(places) >= 2
    assert places == sorted(places, reverse=True), "one after the other, from the right"
    code = page.locator(".qr__code").bounding_box()
    words = page.evaluate(
        """() => { const range = document.createRange(); range.selectNodeContents(document.querySelector(".qr__address"));
        return range.getBoundingClientRect().right; }"""
    )
    assert code["x"] - words < 40


def test_a_notice_on_the_wall_is_read_from_two_metres_away(live, page):
    spaces.process("Parks")
    live.db.session.commit()
    page.goto(f"{live.url}/kiosk/signage")
    page.emulate_media(media="print")
    for words in page.locator(".signage__both p, .signage h1, .signage h2, .sheet__foot p, .qr figcaption").all():
        assert words.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 23.9, words.inner_text()
