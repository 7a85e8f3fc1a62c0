"""Two members of the committee certify in a real browser, and a resident reads who signed."""

import pytest
from playwright.sync_api import expect

from app.features.spaces.models import Process
from app.kernel.permissions import Role
from tests.factories import accounts, committee, voting
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


@pytest.mark.parametrize("scripts", [True, False])
def test_a_contested_participation_takes_two_hands(live, new_page, scripts):
    pot = voting.pot()
    contest = voting.contest(pot)
    contest_id, process_id = contest.id, pot.process_id
    space = live.db.session.get_one(Process, process_id)
    names = ("Maija Member", "Matti Member")
    people = [accounts.staff(Role.COMMITTEE, space, display_name=name) for name in names]
    auditor = accounts.staff(Role.AUDITOR, space)
    live.db.session.commit()
    sizes = (DESK, PHONE, PHONE)
    first, second, third = (new_page(viewport=size, java_script_enabled=scripts) for size in sizes)

    sign_in_window(first, live, people[0])
    first.goto(f"/staff/contests/{process_id}")
    first.get_by_role("main").get_by_role("link", name="Decide").click()
    first.get_by_label("Dismissed").check()
    first.get_by_label("What the person is told").fill("Your son showed your card at the desk.")
    first.get_by_label("Why", exact=True).fill("The clerk remembers the card.")
    first.get_by_role("button", name="Propose and sign").click()
    first.get_by_text("You have signed").wait_for()
    assert first.locator("main form.confirm").count() == 0
    if scripts:
        assert axe(first) == []

    sign_in_window(third, live, auditor)
    third.goto(f"/staff/contests/proposed/{contest_id}")
    third.get_by_text("The clerk remembers the card.").wait_for()
    assert third.locator("main form").count() == 0

    sign_in_window(second, live, people[1])
    second.goto(f"/staff/contests/{process_id}")
    second.get_by_role("link", name="Look at the answer").click()
    second.get_by_text("Proposed by Maija Member").wait_for()
    assert second.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]
    if scripts:
        assert axe(second) == []
    second.locator("main form.confirm").get_by_role("button", name="Sign", exact=True).focus()
    second.keyboard.press("Enter")
    second.get_by_text("Your son showed your card at the desk.").wait_for()
    second.get_by_text("Dismissed").first.wait_for()


@pytest.mark.parametrize("scripts", [True, False])
def test_two_members_have_totals_typed_again_and_read_the_old_beside_the_new(live, new_page, scripts):
    pot, place = committee.counted_with_paper({"2": 3})
    pot_id, process_id, place_id = pot.id, pot.process_id, place.id
    space = live.db.session.get_one(Process, process_id)
    people = [accounts.staff(Role.COMMITTEE, space, display_name=name) for name in ("Mette Member", "Mikko Member")]
    live.db.session.commit()
    first, second = (new_page(viewport=size, java_script_enabled=scripts) for size in (DESK, PHONE))

    sign_in_window(first, live, people[0])
    first.goto(f"/staff/decisions/{process_id}")
    first.get_by_role("link", name="Have the totals of a station typed again").click()
    first.get_by_label("Library").check()
    first.locator("main [name=reason_en]").fill("Two lines were mixed up.")
    if scripts:
        assert axe(first) == []
    first.get_by_role("button", name="Propose and sign").click()
    first.get_by_role("button", name="Take it back").wait_for()

    sign_in_window(second, live, people[1])
    second.goto(first.url)
    second.get_by_role("button", name="Sign").click()
    second.locator("main .state--good").first.wait_for()
    for page in (first, second):
        page.goto(f"/staff/reconciliation/stations/{place_id}/{pot_id}")
        page.get_by_text("Two members have reopened these totals.").wait_for()
        for name, number in {"participations": 3, "ballots": 3, "blank": 0, "invalid": 0}.items():
            page.locator(f"[name={name}]").fill(str(number))
        for project, number in (("1", 0), ("2", 0), ("3", 3)):
            page.locator(f"[name=votes_{project}]").fill(str(number))
        page.get_by_role("button", name="Keep these totals").click()
        page.get_by_role("heading", name="Reconciliation").wait_for()

    second.goto(f"/staff/reconciliation/stations/{place_id}/{pot_id}")
    second.get_by_text("what Maija Member, Matti Member had typed before").wait_for()
    assert second.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]
    if scripts:
        assert axe(second) == []
