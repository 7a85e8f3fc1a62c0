"""Ballots of every type, and how they are chosen and cast in a browser."""

from sqlalchemy import func, select

from app.features.budgets.queries import pot as pot_by_id
from app.features.voting.keys.keyring import Keyring
from app.features.voting.models import VoterIdentity
from tests.factories import accounts, voting
from tests.factories.tools import add
from tests.support.browser import sign_in_window

TYPES = {
    "boxes": {"limit_by_cost": True, "max_projects": 2},
    "one": {"vote_type": "choose-1", "limit_by_cost": False},
    "points": {
        "vote_type": "cumulative",
        "limit_by_cost": False,
        "max_points": 5,
        "options": {"tie_rules": ["listed_first"], "max_points_per_project": 4},
    },
    "ranking": {"vote_type": "ordinal", "limit_by_cost": False, "max_projects": 3},
}
INSIDE = {"boxes": "1,3", "one": "3", "points": "1:1,3:4", "ranking": "3,1"}


def voter(live, pot):
    """Somebody whose account stands for an entry of the register already."""
    person = accounts.person()
    key = f"{live.db.session.scalar(select(func.count()).select_from(VoterIdentity)):064x}"
    process_id = pot_by_id(live.db.session(), pot).process_id
    add(VoterIdentity(process_id=process_id, person_id=person.id, voter_key=key))
    live.db.session.commit()
    return person


def at_the_ballot(live, page, pot, *, scripts=True):
    sign_in_window(page, live, voter(live, pot))
    page.goto(f"/voting/{pot}")
    page.locator(".ballot--ready" if scripts else ".ballot").wait_for()
    return page


def inside(live, pot):
    live.db.session.remove()
    found = voting.inside(pot_by_id(live.db.session(), pot), Keyring(live.app.config["SETTINGS"].keys))
    live.db.session.remove()
    return found


def row(page, number):
    return page.locator(f'[data-project="{number}"]')


def choose(page, kind, *, scripts=True):
    """The ballot of INSIDE, with the pointer."""
    if kind == "boxes":
        for number in (3, 1):
            row(page, number).get_by_role("checkbox").check()
    elif kind == "one":
        row(page, 3).get_by_role("radio").check()
    elif kind == "points" and scripts:
        for number, points in ((3, 6), (1, 1)):  # six times: more than four are not given
            for _ in range(points):
                row(page, number).locator('[data-step="1"]').click()
    elif kind == "points":
        row(page, 3).locator("input").fill("4")
        row(page, 1).locator("input").fill("1")
    elif scripts:
        for number in (1, 3):
            row(page, number).locator("[data-add]").click()
        page.locator('[data-of="3"] [data-move="-1"]').click()
    else:
        row(page, 3).locator("select").select_option("1")
        row(page, 1).locator("select").select_option("2")


def review_and_cast(page):
    page.locator("button[name=step][value=review]").click()
    page.wait_for_url("**/review")
    page.locator("button[name=step][value=cast]").click()
    page.wait_for_url("**/thanks")


def press_until(page, there, key="Tab", most=90):
    """Press a key until the element with the focus fits the selector."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate("selector => document.activeElement.matches(selector)", there):
            return
    raise AssertionError(f"the keyboard does not reach {there}")
