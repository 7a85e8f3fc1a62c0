"""Sixty voters: six with something special and nine in turn at shared devices in Chromium; the others send the same forms."""

import re
from collections.abc import Sequence

from playwright.sync_api import expect

from tests.browser.main_job import town_hall
from tests.browser.main_job.city import City
from tests.browser.main_job.plain_voter import PlainVoter
from tests.browser.main_job.visitor import MAIN_BUTTON, Visitor
from tests.browser.main_job.windows import Windows

ENGLISH = {"locale": "en"}
WITHOUT_SCRIPTS = {"locale": "en", "java_script_enabled": False}
VOTERS = 60
WATCHED = 15
_WISHES: list[tuple[int, ...]] = [(1, 3), (2,), (3, 4), (2, 5), (1, 4, 5), (2,), (5,), (), (1, 3), (2, 4)]


def wish(voter: int) -> tuple[int, ...]:
    """What a voter wants, by the places of projects in the list. One ballot in ten is blank."""
    return _WISHES[voter % len(_WISHES)]


def sixty_people_vote(city: City, windows: Windows, clerk: Visitor, codes: Sequence[str], cards: Sequence[str]) -> str:
    """Returns the receipt of the first of them."""
    receipt = votes(city, Visitor(windows, ENGLISH, phone=True), codes[0], 0)
    finds_the_receipt(city, Visitor(windows, ENGLISH), receipt)
    votes(city, Visitor(windows, ENGLISH), codes[1], 1)
    votes(city, Visitor(windows, WITHOUT_SCRIPTS, phone=True), codes[2], 2)
    votes_by_keyboard(city, Visitor(windows, ENGLISH), codes[3], 3)
    tries_twice(city, windows, codes[4], 4)
    uses_a_code_that_was_replaced(city, windows, clerk, codes[5], cards[5], 5)
    shared = [Visitor(windows, ENGLISH, phone=True), Visitor(windows, ENGLISH), Visitor(windows, WITHOUT_SCRIPTS, phone=True)]
    receipts = [votes_and_finishes(city, shared[at % len(shared)], codes[at], at) for at in range(6, WATCHED)]
    # A page costs a browser a second on a small machine; these pages were all seen above.
    receipts += [PlainVoter(city.url).vote(city.pot_id, codes[at], *map(str, wish(at))) for at in range(WATCHED, VOTERS)]
    assert len({receipt, *receipts}) == VOTERS - 5
    return receipt


def comes_in(city: City, voter: Visitor, code: str) -> Visitor:
    """From the pot's page to the ballot."""
    voter.open(f"/budgets/{city.pot_id}").press(f"main a[href='/voting/{city.pot_id}']")
    voter.press("main a[href*='/voting/code']").fill(code=code).press(MAIN_BUTTON)
    return voter


def votes(city: City, voter: Visitor, code: str, number: int) -> str:
    """A whole visit; returns the receipt."""
    comes_in(city, voter, code).at(rf"/voting/{city.pot_id}$")
    voter.choose("choice", *map(str, wish(number))).send("review")
    voter.sees("main input[name=choice][type=hidden]", len(wish(number))).send("cast")
    voter.at("/thanks$")
    return re.sub(r"\s", "", voter.page.locator("main .receipt__code").inner_text())


def votes_and_finishes(city: City, voter: Visitor, code: str, number: int) -> str:
    """On a device of several: in with the code, and "Finish" forgets who it was; returns the receipt."""
    voter.open(f"/voting/code?pot={city.pot_id}").fill(code=code).press(MAIN_BUTTON)
    voter.choose("choice", *map(str, wish(number))).send("review").send("cast")
    receipt = re.sub(r"\s", "", voter.page.locator("main .receipt__code").inner_text())
    voter.press("main form[action='/voting/finish'] button")
    return receipt


def finds_the_receipt(city: City, anybody: Visitor, receipt: str) -> None:
    """While people vote, the envelope waits for others before it comes to the board."""
    anybody.open(f"/voting/{city.pot_id}/board").fill(begins=receipt).press("main form button")
    expect(anybody.page.locator("main .notice--good")).to_contain_text("Your envelope was received")


def votes_by_keyboard(city: City, voter: Visitor, code: str, number: int) -> None:
    """Nothing but Tab, Space, Enter and the code."""
    voter.open(f"/budgets/{city.pot_id}")
    _enters(voter, f"main a[href='/voting/{city.pot_id}']")
    _enters(voter, "main a[href*='/voting/code']")
    _goes_to(voter, "main input[name=code]")
    voter.page.keyboard.type(code)
    _enters(voter, "main input[name=code]")
    for place in wish(number):
        _goes_to(voter, f"main input[name=choice][value='{place}']")
        voter.page.keyboard.press("Space")
    _enters(voter, "main button[value=review]")
    _enters(voter, "main button[value=cast]")
    voter.at("/thanks$")


def _goes_to(voter: Visitor, selector: str) -> None:
    for _ in range(200):
        if voter.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        voter.page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector} on {voter.page.url}")


def _enters(voter: Visitor, selector: str) -> None:
    _goes_to(voter, selector)
    with voter.page.expect_navigation():
        voter.page.keyboard.press("Enter")


def tries_twice(city: City, windows: Windows, code: str, number: int) -> None:
    """With two windows at once, and later with the same letter once more."""
    first, second = Visitor(windows, ENGLISH, phone=True), Visitor(windows, ENGLISH)
    for voter in (first, second):
        comes_in(city, voter, code).choose("choice", *map(str, wish(number))).send("review")
    first.send("cast").at("/thanks$")
    second.send("cast").at(rf"/voting/{city.pot_id}$")
    second.reads("A ballot was cast for this person already", "You have voted")
    third = comes_in(city, Visitor(windows, ENGLISH, phone=True), code)
    third.reads("You have voted", "One ballot of yours is in the box").sees("main input[name=choice]", 0)


def uses_a_code_that_was_replaced(city: City, windows: Windows, clerk: Visitor, code: str, card: str, number: int) -> None:
    """The letter was lost and the desk made a new code; then the letter turns up."""
    newer = town_hall.replaces_a_code(clerk, card)
    assert newer != code
    voter = Visitor(windows, ENGLISH)
    voter.open(f"/voting/{city.pot_id}").press("main a[href*='/voting/code']").fill(code=code).press(MAIN_BUTTON, status=422)
    voter.reads("This code is void. If you were given a newer one, use that.")
    votes(city, voter, newer, number)
