"""An administrator lets a program in, in a real browser: with the keyboard, and without scripts."""

import pytest

from app.kernel.permissions import Role
from tests.factories import accounts, interfaces, spaces
from tests.support.browser import DESK, PHONE, axe, sign_in_window

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


@pytest.fixture
def administrator(live):
    made = accounts.staff(Role.ADMINISTRATOR)
    spaces.process()
    live.db.session.commit()
    return made


@pytest.mark.parametrize("scripts", [True, False])
def test_a_program_is_let_in_and_its_secret_is_shown_once(live, new_page, administrator, scripts) -> None:
    page = new_page(viewport=PHONE, java_script_enabled=scripts)
    sign_in_window(page, live, administrator)
    page.goto("/staff/interfaces")
    page.get_by_role("link", name="Let a program in").click()
    page.get_by_label("Name of the program").fill("Consent desk of the school department")
    page.get_by_label("Who looks after it").fill("desk@school.example")
    page.get_by_label("Record and read what individuals allow and refuse").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Let it in and show the secret").press("Enter")
    page.get_by_role("heading", name="The secret of the program").wait_for()
    secret = page.locator("code").nth(1).inner_text()
    assert len(secret) > 40
    page.get_by_role("link", name="I have copied it").click()
    page.get_by_role("heading", name="Consent desk of the school department").wait_for()
    assert secret not in page.content()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_nothing_on_these_pages_keeps_anybody_out(live, new_page, administrator, locale) -> None:
    program = interfaces.client()
    live.db.session.commit()
    page = new_page(viewport=DESK, locale=locale)
    sign_in_window(page, live, administrator)
    for path in ("", "/new", f"/{program.id}", f"/{program.id}/secret", f"/{program.id}/shut-out", "/profiles"):
        page.goto(f"/staff/interfaces{path}")
        assert axe(page) == []
    page.goto("/developers")
    assert axe(page) == []
