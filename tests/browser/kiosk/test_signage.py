"""A screen that is only looked at: all of it fits without scrolling, and it keeps up with what is open by itself."""

import pytest
from playwright.sync_api import expect

from app.features.kiosk import handing
from app.features.spaces.models import Participation
from tests.factories import spaces
from tests.support.browser import KIOSK, TABLET, axe

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]
LYING = {"width": 1280, "height": 1024}


@pytest.mark.parametrize("size", [KIOSK, TABLET, LYING], ids=["1080x1920", "768x1024", "1280x1024"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_code_and_its_address_are_in_sight_however_much_is_open(new_page, live, size, language):
    for name in ("Parks", "Streets", "Shores", "Squares"):
        spaces.process(
            name, slug=name.lower(), participation=Participation.ANYBODY, summary={"en": f"{name} for everybody. " * 12}
        )
    live.db.session.commit()
    page = new_page(viewport=size)
    page.goto(f"/kiosk/signage?lang={language}")
    assert page.evaluate("document.documentElement.scrollHeight") <= size["height"]
    for part in (".qr__code", ".qr__address", ".sheet__foot p"):
        box = page.locator(part).bounding_box()
        assert box["y"] + box["height"] <= size["height"], part
        assert box["x"] >= 0, part
        assert box["x"] + box["width"] <= size["width"], part
    assert axe(page) == []


def test_what_opens_later_comes_by_itself_and_a_cut_line_leaves_the_page(new_page, live, monkeypatch):
    monkeypatch.setattr(handing, "SIGNAGE_EVERY", 1)
    page = new_page(viewport=KIOSK)
    page.goto("/kiosk/signage")
    page.get_by_text("Nothing is open at this moment.").wait_for()
    page.context.set_offline(True)
    page.wait_for_timeout(1500)
    expect(page.get_by_text("Nothing is open at this moment.")).to_be_visible()
    spaces.process("Parks", slug="parks", participation=Participation.ANYBODY)
    live.db.session.commit()
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Parks")).to_be_visible()
