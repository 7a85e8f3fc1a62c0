"""Voting with the code of a letter in a real browser: on a phone, with and without scripts, by keyboard, and out again."""

import pytest
from playwright.sync_api import expect

from app.features.voting.commands import IssueCodes
from app.features.voting.keys.keyring import Keyring
from app.features.voting.letters.spool import Spool
from app.features.voting.models import SlotMode, VotingSetup
from app.features.voting.use_cases import issue_codes
from app.kernel.permissions import SYSTEM
from tests.factories import spaces, voting
from tests.factories.tools import add
from tests.support.browser import PHONE, axe

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


@pytest.fixture
def town(app, live):
    """A vote in one's own area and one other: three pots, and the code of a voter of the north."""
    city = spaces.area("City")
    areas = {name: spaces.area(name, parent=city) for name in ("Northside", "Southside", "Westside")}
    process = spaces.process("Vote on your street", open_for=["vote"], area=city)
    add(VotingSetup(process_id=process.id, slots=SlotMode.OWN_PLUS_ONE))
    settings = app.config["SETTINGS"]
    secret, letters = Keyring(settings.keys).key(process.id, "voters", make=True), Spool(settings.var / "letters")
    voting.listed(process, "AB12345", area=areas["Northside"], secret=secret)
    pots = {name: voting.pot(process, area_id=area.id, title={"en": name}).id for name, area in areas.items()}
    printed = issue_codes(live.db.session(), SYSTEM, IssueCodes(process.id, ("AB12345",)), secret, letters)
    (letter,) = letters.letters(printed.id)
    live.db.session.commit()
    live.db.session.remove()
    return pots, letter.code


def vote_here(page):
    page.get_by_label("Project number 1").check()
    page.get_by_role("button", name="Review your ballot").click()
    page.get_by_role("button", name="Cast my ballot").click()
    page.get_by_role("heading", name="Your ballot is cast").wait_for()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_voter_uses_both_votes_with_one_code_and_finishes(new_page, town, scripts):
    pots, code = town
    page = new_page(viewport=PHONE, java_script_enabled=scripts)
    page.goto(f"/voting/{pots['Northside']}")
    page.get_by_role("link", name="With the code from my letter").click()
    page.get_by_label("Code from your letter").fill(code.lower().replace("-", " "))
    if scripts:
        assert axe(page) == []
    page.keyboard.press("Enter")
    page.get_by_text("This is the pot of your own area.").wait_for()
    vote_here(page)
    page.get_by_text("You have voted in your own area. You may vote in one other area.").wait_for()
    page.get_by_role("link", name="Where you can vote").click()
    page.get_by_role("heading", name="Where you can vote").wait_for()
    assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]
    if scripts:
        assert axe(page) == []
    page.get_by_role("link", name="Vote Southside").click()
    vote_here(page)

    page.goto(f"/voting/{pots['Westside']}")
    page.get_by_role("heading", name="You have no vote in this pot").wait_for()
    page.get_by_text("You have voted in “Southside”, which is the one other area that you may choose.").wait_for()
    page.get_by_role("button", name="Finish").click()
    page.get_by_text("This browser has forgotten who you are.").wait_for()
    page.goto("/voting/yours")
    page.get_by_role("heading", name="Vote with the code from your letter").wait_for()


def test_a_mistyped_code_stays_in_the_field_and_says_what_to_do(new_page, town):
    _pots, code = town
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto("/voting/code")
    wrong = ("3" if code[0] == "2" else "2") + code[1:]
    page.get_by_label("Code from your letter").fill(wrong)
    page.keyboard.press("Enter")

    page.get_by_text("Compare them one by one.").first.wait_for()
    expect(page.get_by_label("Code from your letter")).to_have_value(wrong)


KEPT = "Object.keys(localStorage).some((key) => key.startsWith('plaza.ballot.'))"


@pytest.mark.parametrize("way", ["finish", "an hour without a choice", "an hour in which the browser was closed"])
def test_what_the_device_keeps_of_a_ballot_goes_with_the_voter(new_page, town, way):
    pots, code = town
    page = new_page()
    page.clock.install()
    page.goto("/voting/code")
    page.get_by_label("Code from your letter").fill(code)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Where you can vote").wait_for()
    page.goto(f"/voting/{pots['Northside']}")
    page.locator(".ballot--ready").wait_for()
    page.get_by_text("It is forgotten when you press Finish, and an hour after your last choice.").wait_for()
    page.get_by_label("Project number 1").check()
    page.wait_for_function(f"() => {KEPT}")
    if way == "finish":
        page.get_by_role("button", name="Finish").click()
        page.get_by_text("This browser has forgotten who you are.").wait_for()
    elif way == "an hour without a choice":
        page.clock.fast_forward("59:00")
        assert page.evaluate(KEPT)
        page.clock.fast_forward("01:01")
    else:
        page.goto("about:blank")
        page.clock.fast_forward("01:00:01")
        page.goto("/voting/code")
        page.locator("[data-started~='forget-ballots']").first.wait_for(state="attached")
    page.wait_for_function(f"() => !{KEPT}")
