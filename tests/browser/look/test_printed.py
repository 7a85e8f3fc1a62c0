"""On paper nothing stays folded that somebody wants to read there."""

import pytest
from playwright.sync_api import expect

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
