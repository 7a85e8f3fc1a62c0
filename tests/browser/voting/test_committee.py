"""Two members of the committee certify in a real browser, and a resident reads who signed."""

import pytest
from playwright.sync_api import expect

from app.features.spaces.models import Process
from app.kernel.permissions import Role
from tests.factories import accounts, committee
from tests.support.browser import DESK, PHONE, axe, sign_in_window

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize("scripts", [True, False])
def test_two_members_certify_and_everybody_reads_both_names(live, new_page, locale, scripts):
    pot = committee.counted_pot()
    pot_id, process_id = pot.id, pot.process_id
    space = live.db.session.get_one(Process, process_id)
    people = [accounts.staff(Role.COMMITTEE, space, display_name=name) for name in ("Maija Member", "Matti Member")]
    live.db.session.commit()
    first, second = (new_page(viewport=size, locale=locale, java_script_enabled=scripts) for size in (DESK, PHONE))

    sign_in_window(first, live, people[0])
    first.goto(f"/staff/committee/{pot_id}")
    first.locator("main a[href*='/propose/certification']").click()
    first.locator("main [name=reason_en]").fill("Every participation has a ballot.")
    if scripts:
        assert axe(first) == []
    first.locator("main form[method=post] button[type=submit]").click()
    first.locator("main form[action$='/withdraw']").wait_for()
    expect(first.locator("main form[action$='/sign']")).to_have_count(0)
    decision = first.url

    sign_in_window(second, live, people[1])
    second.goto(decision)
    assert second.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]
    if scripts:
        assert axe(second) == []
    second.locator("main form[action$='/sign'] button[type=submit]").focus()
    second.keyboard.press("Enter")
    second.locator("main .state--good").first.wait_for()

    reader = new_page(viewport=PHONE, locale=locale, java_script_enabled=scripts)
    reader.goto(f"/budgets/{pot_id}/result")
    reader.locator(f"main a[href='/committee/certificate/{pot_id}']").click()
    for name in ("Maija Member", "Matti Member"):
        reader.get_by_text(name).first.wait_for()
    assert reader.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]
    if scripts:
        assert axe(reader) == []
        reader.goto(f"/committee/{process_id}")
        assert axe(reader) == []
