"""Every type of ballot in a real browser: with scripts and without, by keyboard, on a phone, in Arabic, on a kiosk."""

import json
import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from app.features.budgets.queries import pot as pot_by_id
from app.features.committee.models import DecisionKind
from app.features.voting.keys.keyring import Keyring
from app.features.voting.models import Envelope, VoterIdentity
from tests.factories import accounts, committee, spaces, voting
from tests.factories.tools import add
from tests.support.browser import KIOSK, PHONE, axe, sign_in_window

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
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


@pytest.fixture
def pot(live, request):
    found = voting.pot(spaces.process("Vote", open_for=["vote"]), **TYPES[request.getfixturevalue("kind")])
    for place, project in enumerate(found.projects):
        project.lon, project.lat = 24.93 + place / 300, 60.165
    live.db.session.commit()
    return found.id


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


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("kind", TYPES)
def test_every_type_is_chosen_and_cast_on_a_phone(live, new_page, pot, kind, scripts):
    page = at_the_ballot(live, new_page(viewport=PHONE, java_script_enabled=scripts), pot, scripts=scripts)
    choose(page, kind, scripts=scripts)
    assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]
    review_and_cast(page)
    assert inside(live, pot) == [INSIDE[kind]]
    assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]


def press_until(page, there, key="Tab", most=90):
    """Press a key until the element with the focus fits the selector."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate("selector => document.activeElement.matches(selector)", there):
            return
    raise AssertionError(f"the keyboard does not reach {there}")


def by_keyboard(page, kind):
    order = [one.get_attribute("data-project") for one in page.locator(".ballot-project[data-project]").all()]
    first_to_last = sorted(("1", "3"), key=order.index)
    if kind == "boxes":
        for number in first_to_last:
            press_until(page, f'[data-project="{number}"] input')
            page.keyboard.press("Space")
    elif kind == "one":
        press_until(page, "input[type=radio]")
        for _ in range(4):
            if page.evaluate("() => document.activeElement.value") == "3":
                break
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
    elif kind == "points":
        for number in first_to_last:
            press_until(page, f'[data-project="{number}"] input')
            page.keyboard.type("4" if number == "3" else "1")
    else:
        for number in first_to_last:
            press_until(page, f'[data-project="{number}"] [data-add]')
            page.keyboard.press("Enter")
        if first_to_last[0] == "1":
            press_until(page, '[data-of="3"] [data-move="-1"]', "Shift+Tab")
            page.keyboard.press("Enter")


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_is_cast_by_the_keyboard_alone(live, new_page, pot, kind):
    page = at_the_ballot(live, new_page(), pot)
    page.wait_for_load_state("networkidle")
    by_keyboard(page, kind)
    press_until(page, "button[value=review]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")
    press_until(page, "button[value=cast]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thanks")
    assert inside(live, pot) == [INSIDE[kind]]


@pytest.mark.parametrize("kind", ["boxes", "points"])
def test_enter_in_a_field_sends_nothing(live, new_page, pot, kind):
    page = at_the_ballot(live, new_page(), pot)
    page.wait_for_load_state("networkidle")
    sent = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    row(page, 1).locator("input").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert sent == []


@pytest.mark.parametrize("kind", TYPES)
def test_axe_finds_nothing_on_any_page_of_any_type_in_arabic(live, new_page, pot, kind):
    page = at_the_ballot(live, new_page(viewport=PHONE, locale="ar"), pot)
    choose(page, kind)
    for details in page.locator("details").all():
        details.evaluate("details => { details.open = true; }")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert axe(page) == []
    assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]
    page.locator("button[name=step][value=review]").click()
    page.wait_for_url("**/review")
    assert axe(page) == []
    page.goto(f"/voting/{pot}/compare?project=1&project=3")
    assert axe(page) == []
    assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("kind", TYPES)
def test_a_public_screen_casts_every_type_and_keeps_nothing(live, new_page, pot, kind):
    page = new_page(viewport=KIOSK)
    page.goto("/kiosk")
    at_the_ballot(live, page, pot)
    choose(page, kind)
    assert page.evaluate("localStorage.length") == 0
    expect(page.locator("[data-keep]")).to_be_hidden()
    assert page.locator("html").evaluate("html => html.scrollWidth") <= KIOSK["width"]

    page.locator("form[action$='/kiosk/reset'] button").first.click()  # no question may stand in its way
    page.wait_for_url("**/kiosk")
    assert not any(cookie["name"].startswith("ballot-") for cookie in page.context.cookies())
    at_the_ballot(live, page, pot)
    expect(page.locator(".ballot-project--chosen")).to_have_count(0)
    choose(page, kind)
    review_and_cast(page)
    assert inside(live, pot) == [INSIDE[kind]]


SAID = {
    "boxes": ".budget-bar__sentence:has-text('€300 left of €1,000')",
    "points": "[data-points-left]:has-text('You have 0 points left.')",
    "ranking": "[data-ranking-said]:has-text('“Project number 3” is in place 1 of 2.')",
}


@pytest.mark.parametrize("kind", SAID)
def test_what_changed_is_announced(live, new_page, pot, kind):
    page = at_the_ballot(live, new_page(), pot)
    choose(page, kind)
    page.locator(SAID[kind]).wait_for()
    expect(page.locator(SAID[kind])).to_have_attribute("role", "status")


@pytest.mark.parametrize("kind", ["ranking"])
def test_a_full_ranking_takes_no_more_and_a_project_taken_out_leaves_no_gap(live, new_page, pot, kind):
    page = at_the_ballot(live, new_page(), pot)
    for number in (1, 2, 3):
        row(page, number).locator("[data-add]").click()
    page.locator('[data-of="2"] [data-move="0"]').click()
    assert page.evaluate("() => document.activeElement.dataset.move") == "0"  # the focus goes to the next project
    places = [row(page, number).locator("select").input_value() for number in (1, 2, 3)]
    assert places == ["1", "", "2"]


@pytest.mark.parametrize("kind", TYPES)
def test_choices_survive_closing_the_page_on_ones_own_device_until_they_are_cast(live, new_page, pot, kind):
    page = at_the_ballot(live, new_page(), pot)
    choose(page, kind)
    page.locator("[data-keep=kept]").wait_for()
    context = page.context
    page.close()
    page = context.new_page()
    page.goto(f"/voting/{pot}")
    page.get_by_text("We kept what you chose earlier on this device.").wait_for()
    review_and_cast(page)
    assert inside(live, pot) == [INSIDE[kind]]
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.startsWith('plaza.ballot.'))")


@pytest.mark.parametrize("kind", ["boxes", "ranking"])
def test_what_was_withdrawn_meanwhile_is_named_where_the_device_kept_it_and_the_rest_is_there(live, new_page, pot, kind):
    page = at_the_ballot(live, new_page(viewport=PHONE), pot)
    choose(page, kind)
    page.locator("[data-keep=kept]").wait_for()
    context = page.context
    page.close()
    found = pot_by_id(live.db.session(), pot)
    committee.decided(DecisionKind.WITHDRAWAL, found.process_id, pot_id=pot, project="3")
    live.db.session.commit()
    page = context.new_page()
    page.set_viewport_size(PHONE)
    page.goto(f"/voting/{pot}")
    page.get_by_text("You had chosen “3 Project number 3”, which has been withdrawn.").wait_for()
    expect(row(page, 3).locator("input, select, button[data-add]")).to_have_count(0)
    assert axe(page) == []
    assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]
    page.reload()
    page.get_by_text("We kept what you chose earlier on this device.").wait_for()
    assert page.get_by_text("You had chosen “3").count() == 0  # said once
    review_and_cast(page)
    assert inside(live, pot) == ["1"]


LEFT = "Object.entries(localStorage).filter(([name]) => name.startsWith('plaza.ballot.')).map(([_name, value]) => value)"


@pytest.mark.parametrize("kind", ["points"])
def test_what_one_voter_left_is_not_shown_to_another_on_the_same_device_and_cannot_be_read(live, new_page, pot, kind):
    page, first = new_page(), voter(live, pot)
    sign_in_window(page, live, first)
    page.goto(f"/voting/{pot}")
    row(page, 2).locator("input").fill("1")
    page.locator("[data-keep=kept]").wait_for()
    (left,) = page.evaluate(LEFT)
    choose(page, kind)
    page.locator("[data-keep=kept]").wait_for()
    (later,) = page.evaluate(LEFT)
    assert later != left
    assert len(later) == len(left)  # its length tells nothing
    kept = json.loads(later)
    assert set(kept) == {"until", "sealed"}
    assert not bytes.fromhex(kept["sealed"]).isascii()

    page.context.clear_cookies()  # the first voter's stay ended without "sign out"
    at_the_ballot(live, page, pot)
    page.wait_for_load_state("networkidle")
    assert page.locator(".ballot-project--chosen").count() == 0
    assert page.evaluate(LEFT) == [later]

    page.context.clear_cookies()
    sign_in_window(page, live, first)
    page.goto(f"/voting/{pot}")
    page.get_by_text("We kept what you chose earlier on this device.").wait_for()
    assert page.locator(".ballot-project--chosen").count() == 3


@pytest.mark.parametrize("kind", ["boxes"])
def test_where_the_browser_cannot_encrypt_nothing_is_kept(live, new_page, pot, kind):
    page = new_page()
    page.add_init_script("Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined })")
    at_the_ballot(live, page, pot)
    choose(page, kind)
    assert page.evaluate("localStorage.length") == 0
    assert not page.locator("[data-keep]").is_visible()


@pytest.mark.parametrize("way", ["forget", "sign out"])
@pytest.mark.parametrize("kind", ["ranking"])
def test_forgetting_and_signing_out_leave_nothing_on_the_device(live, new_page, pot, kind, way):
    page = at_the_ballot(live, new_page(), pot)
    choose(page, kind)
    page.wait_for_function("() => Object.keys(localStorage).some((key) => key.startsWith('plaza.ballot.'))")
    if way == "forget":
        page.get_by_role("button", name="Forget my choices on this device").click()
        page.locator(".ballot--ready").wait_for()
        page.wait_for_load_state("networkidle")
        expect(page.locator(".ballot-project--chosen")).to_have_count(0)
    else:
        page.goto("/account/sign-out")
        page.get_by_role("button", name="Sign out", exact=True).click()
        page.get_by_text("You are signed out.").wait_for()
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.startsWith('plaza.ballot.'))")


@pytest.mark.parametrize("kind", ["one"])
def test_leaving_with_choices_asks_first_and_sending_them_does_not(live, new_page, pot, kind):
    page = at_the_ballot(live, new_page(), pot)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    choose(page, kind)
    page.get_by_role("link", name="Back to the projects").click()
    page.wait_for_url(f"**/budgets/{pot}")
    assert asked == ["beforeunload"]
    page.goto(f"/voting/{pot}")
    row(page, 3).get_by_role("radio").check()
    page.locator("button[value=review]").click()
    page.wait_for_url("**/review")
    assert asked == ["beforeunload"]


@pytest.fixture
def kind():
    return "boxes"


def many(live):
    found = voting.pot(costs=tuple(100_00 + (n * 7 % 12) for n in range(12)), limit_by_cost=False, max_projects=3)
    live.db.session.commit()
    return found.id


@pytest.mark.parametrize("scripts", [True, False])
def test_searching_and_sorting_keep_the_choices(live, new_page, scripts):
    pot = many(live)
    page = at_the_ballot(live, new_page(viewport=PHONE, java_script_enabled=scripts), pot, scripts=scripts)
    row(page, 2).get_by_role("checkbox").check()
    page.locator(".ballot-finder summary").click()
    page.get_by_label("Search by name or number").fill("number 7")
    page.get_by_label("Order").select_option("name")
    if not scripts:
        page.get_by_role("button", name="Show these projects").click()
    page.get_by_text("1 project is shown").wait_for()
    expect(page.locator(".ballot-project[data-project]:visible")).to_have_count(1)
    row(page, 7).get_by_role("checkbox").check()
    page.locator("button[value=review]").click()
    page.get_by_text("2 projects").wait_for()
    expect(page.get_by_text("Project number 2")).to_have_count(1)


@pytest.mark.parametrize("scripts", [True, False])
def test_comparing_and_coming_back_keeps_the_ballot(live, new_page, pot, kind, scripts):
    page = at_the_ballot(live, new_page(viewport=PHONE, java_script_enabled=scripts), pot, scripts=scripts)
    choose(page, kind, scripts=scripts)
    page.get_by_text("Compare two or three projects").click()
    page.get_by_label("First project").select_option("1")
    page.get_by_label("Second project").select_option("2")
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("heading", name="Project number 2").wait_for()
    expect(page.locator(".compare__one")).to_have_count(2)
    page.get_by_role("link", name="Back to my ballot").click()
    expect(page.locator(".ballot-project--chosen")).to_have_count(2)


def test_the_map_stands_beside_the_list(live, new_page, pot):
    page = at_the_ballot(live, new_page(), pot)
    page.locator(".ballot-map .leaflet-marker-icon").first.wait_for()
    expect(page.locator("#projects > li[data-feature-id]")).to_have_count(3)


def test_the_receipt_fits_one_printed_page_with_its_code_and_leads_to_the_board(live, new_page, pot, kind):
    page = at_the_ballot(live, new_page(viewport=PHONE), pot)
    choose(page, kind)
    review_and_cast(page)
    assert axe(page) == []
    receipt = re.sub(r"\s", "", page.locator(".receipt__code").inner_text())
    assert len(receipt) == 64
    expect(page.get_by_role("button", name="Print the receipt")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".qr svg")).to_be_visible()
    expect(page.locator(".receipt__code")).to_be_visible()
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    page.emulate_media(media="screen")

    page.get_by_role("button", name="Find my envelope on the board").click()
    page.get_by_text("Your envelope was received. It goes to the board with the next block").wait_for()
    assert receipt not in page.url
    assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]
    assert axe(page) == []
    page.get_by_label("Your receipt, or its first four characters").fill(receipt[:4].upper())
    page.keyboard.press("Enter")
    page.get_by_text("No envelope on the board begins like this yet").wait_for()
    page.goto(f"{page.url}?begins={receipt[:4]}#{receipt}")  # as the code on the receipt leads there
    assert axe(page) == []
    page.wait_for_function("receipt => document.getElementById('begins').value === receipt", arg=receipt)
    page.get_by_role("button", name="Look for it").click()
    page.get_by_text("Your envelope was received. It goes to the board with the next block").wait_for()
    assert live.db.session.scalar(select(func.count()).select_from(Envelope)) == 1
    live.db.session.remove()
