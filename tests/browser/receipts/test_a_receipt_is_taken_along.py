"""Somebody takes their receipt along, somebody else has it verified; one letter changed is named. Without JavaScript, too."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.factories import accounts, consents
from tests.support.browser import PHONE, axe, sign_in_window

pytestmark = pytest.mark.browser


@pytest.fixture
def rosa(live: Any) -> Any:
    """A resident who said yes."""
    person = accounts.person(display_name="Rosa Resident")
    consents.consent(consents.agreement(), person)
    live.db.session.commit()
    return person


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_receipt_is_taken_along_and_verified_by_somebody_else(
    live: Any, rosa: Any, new_page: Callable[..., Any], tmp_path: Path, scripts: bool
) -> None:
    mine = new_page(viewport=PHONE, java_script_enabled=scripts, accept_downloads=True)
    sign_in_window(mine, live, rosa)
    mine.goto("/my-data")
    mine.get_by_role("link", name="Receipt").first.click()
    expect(mine.get_by_role("heading", level=1)).to_have_text("Receipt")
    expect(mine.get_by_text("Consent given")).to_be_visible()
    if scripts:
        assert axe(mine) == []
    with mine.expect_download() as download:
        mine.get_by_role("link", name="Download the signed receipt").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name == "receipt-signed.jws"

    stranger = new_page(java_script_enabled=scripts)
    stranger.goto("/receipts/verify")
    stranger.get_by_label("Or choose the file").set_input_files(file)
    stranger.get_by_role("button", name="Verify").click()
    expect(stranger.get_by_role("status")).to_contain_text("Valid")
    expect(stranger.get_by_text("Planning department", exact=True)).to_be_visible()
    if scripts:
        assert axe(stranger) == []

    text = file.read_text()
    place = len(text) // 2
    stranger.get_by_label("Paste the receipt").fill(text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :])
    stranger.get_by_role("button", name="Verify").click()
    expect(stranger.get_by_role("status")).to_contain_text("Altered")
    if scripts:
        assert axe(stranger) == []


def test_what_is_decided_automatically_is_found_from_every_page(live: Any, new_page: Callable[..., Any]) -> None:
    page = new_page(viewport=PHONE, locale="ar")
    page.goto("/")
    page.locator("footer a[href='/my-data/automated']").click()
    page.locator("details:has(> div > #counting) > summary").click()
    expect(page.locator("#counting")).to_be_visible()
    page.locator("#counting summary").first.click()
    expect(page.locator("#counting code", has_text="phragmen")).to_be_visible()
    assert axe(page) == []
