"""Finding and reading proposals in a real browser: list and map in step, by keyboard, on phones, without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from app.features.proposals.models import Stance
from tests.factories import accounts, proposals, spaces
from tests.support.browser import DESK, PHONE, TABLET, axe, sign_in_window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

CITY = (24.9352, 60.1642, 24.9534, 60.1791)


@pytest.fixture
def town(live):
    """A process with proposals here and there, one of them discussed, one in Arabic, one without a place."""
    process = spaces.process("Our neighbourhood", area=spaces.area("Centre", box=CITY), slug="district")
    green = spaces.category(process, "Green", code="green")
    places = [(24.937 + n * 0.001, 60.166 + n * 0.0008) for n in range(12)]
    for n, at in enumerate(places):
        proposals.proposal(
            process,
            title=f"Plant tree number {n}",
            at=at,
            category_id=green.id if n < 3 else None,
            answer_status="accepted" if n == 0 else None,
        )
    proposals.proposal(process, title="Longer opening hours", at=None)
    proposals.proposal(process, title="مقاعد ومظلة في موقف الحافلة", language="ar", at=(24.944, 60.172))
    talked = proposals.proposal(process, title="A bench under the lime tree", at=(24.9445, 60.1705))
    for n in range(3):
        comment = proposals.comment(talked, stance=list(Stance)[n], text=f"I think number {n}")
    proposals.comment(talked, parent=comment, text="And I agree.")
    live.db.session.commit()
    live.talked = talked.reference
    return live


def pins(page):
    """How many places the map says it shows."""
    page.wait_for_selector(".leaflet-marker-pane > *", state="attached")
    expect(page.locator(".map__status")).to_have_text(re.compile(r"\d"), use_inner_text=True)
    return int(re.search(r"\d+", page.locator(".map__status").inner_text())[0])


def overflow(page):
    """Pixels by which the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_list_and_map_show_the_same_and_point_at_each_other(town, page):
    page.goto("/proposals")
    assert pins(page) == 14
    expect(page.locator(".cards > li")).to_have_count(15)
    page.goto("/proposals?category=green")
    assert pins(page) == 3
    expect(page.locator(".cards > li")).to_have_count(3)
    page.wait_for_selector(".map-pin")
    card = page.locator(".cards > li").first
    pin = page.locator(f".map-pin[data-feature-id='{card.get_attribute('data-feature-id')}']")
    card.locator("a").focus()
    page.wait_for_function("document.querySelector('.map-pin.is-active') !== null")
    assert "is-active" in pin.get_attribute("class")
    pin.focus()
    page.wait_for_function("document.querySelector('.cards > li.is-on-map') !== null")
    pin.press("Enter")
    popup = page.locator(".map-popup__title")
    popup.click()
    page.wait_for_url("**/proposals/P-*")


def test_everything_can_be_done_with_the_keyboard(town, new_page):
    page = new_page()
    sign_in_window(page, town, accounts.person(display_name="Mira"))
    page.goto("/proposals")

    def tab_to(selector, most=80):
        for _ in range(most):
            page.keyboard.press("Tab")
            if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
                outline = page.evaluate(
                    "(() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle + s.boxShadow; })()"
                )
                assert outline != "nonenone" or selector.startswith(".card__title"), f"{selector} shows no focus"
                return
        raise AssertionError(f"{selector} cannot be reached")

    tab_to("#filter-search")
    page.keyboard.type("lime bench")
    page.keyboard.press("Enter")
    page.wait_for_url("**/proposals?q=lime+bench*")
    tab_to(".card__title a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/proposals/P-*")
    tab_to("#support button")
    page.keyboard.press("Enter")
    page.wait_for_url("**#support")
    expect(page.locator("#support").get_by_text("You support this proposal.")).to_have_count(1)
    tab_to("#write > summary")
    page.keyboard.press("Enter")
    tab_to("#write input[type=radio]")
    page.keyboard.press("ArrowUp")
    tab_to("#write textarea")
    page.keyboard.type("Typed without a mouse.")
    tab_to("#write button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**#comment-*")
    expect(page.locator(".comment__text").first).to_have_text("Typed without a mouse.", use_inner_text=True)


def test_a_phone_shows_one_view_at_a_time_and_loads_no_map_it_does_not_show(town, new_page):
    page = new_page(viewport=PHONE)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/proposals", wait_until="networkidle")
    expect(page.locator("#map")).to_be_hidden()
    assert not [url for url in asked if "leaflet.js" in url or "features.geojson" in url]
    assert overflow(page) <= 0
    page.get_by_role("link", name="Map", exact=True).click()
    page.wait_for_url("**/proposals?view=map")
    assert pins(page) == 14
    box, window = page.locator("#map").bounding_box(), PHONE["height"]
    assert box["y"] < window, "the map begins below the first screen"
    assert overflow(page) <= 0


def test_turning_a_tablet_brings_the_map(town, new_page):
    page = new_page(viewport={"width": 800, "height": 1100})
    page.goto("/proposals", wait_until="networkidle")
    expect(page.locator(".leaflet-container")).to_have_count(0)
    page.set_viewport_size({"width": 1100, "height": 800})
    assert pins(page) == 14


def test_on_a_phone_the_support_stays_within_reach_of_the_thumb(town, new_page):
    page = new_page(viewport=PHONE, has_touch=True)
    sign_in_window(page, town, accounts.person())
    page.goto(f"/proposals/{town.talked}")
    for scroll in (0, 800, 100_000):
        page.evaluate("(y) => window.scrollTo(0, y)", scroll)
        box = page.locator("#support button").bounding_box()
        assert PHONE["height"] - 110 < box["y"] < PHONE["height"] - 40
        assert box["height"] >= 48
    # What lies at the very end is not covered by it.
    last = page.locator("footer").bounding_box()
    assert last["y"] + last["height"] <= page.locator("#support").bounding_box()["y"] + 1
    page.locator("#support button").tap()
    page.wait_for_url("**#support")
    expect(page.get_by_text("You support this proposal.").first).to_be_visible()
    assert overflow(page) <= 0


def test_on_a_phone_the_first_tap_publishes_a_comment(town, new_page):
    """The bar for supporting must not move the page between press and release."""
    page = new_page(viewport=PHONE, has_touch=True)
    sign_in_window(page, town, accounts.person())
    page.goto(f"/proposals/{town.talked}")
    page.locator("#write summary").tap()
    page.locator("#write textarea").fill("A bench with a back, please.")
    page.locator("#write textarea").tap()
    before = page.locator("#write button").bounding_box()
    page.evaluate("document.activeElement.blur()")
    assert page.locator("#write button").bounding_box() == before
    page.locator("#write label", has_text="Neutral").first.tap()
    page.locator("#write textarea").tap()
    page.get_by_role("button", name="Publish comment").scroll_into_view_if_needed()
    page.get_by_role("button", name="Publish comment").click()
    page.locator(".comment", has_text="A bench with a back, please.").first.wait_for()


def test_on_a_desk_nothing_beside_a_proposal_is_cut_off(town, new_page):
    page = new_page(viewport={"width": 1280, "height": 700})
    page.goto(f"/proposals/{town.talked}")
    aside = page.locator(".proposal__aside")
    aside.get_by_text("Print with QR code").wait_for()
    assert aside.evaluate("element => element.scrollHeight - element.clientHeight") <= 0
    assert aside.evaluate("element => getComputedStyle(element).position") == "static"
    page.set_viewport_size({"width": 1280, "height": 2400})
    page.locator(".proposal__aside.is-staying").wait_for()
    assert aside.evaluate("element => getComputedStyle(element).position") == "sticky"


def test_signing_in_to_support_leads_back_to_the_button(town, page):
    page.goto(f"/proposals/{town.talked}")
    page.get_by_role("link", name="Sign in to support").click()
    assert f"next=/proposals/{town.talked}%23support" in page.url


def test_without_javascript_everything_is_there(town, new_page):
    page = new_page(java_script_enabled=False)
    page.goto("/proposals")
    expect(page.locator(".cards > li")).to_have_count(15)
    expect(page.get_by_text("The map needs JavaScript.").first).to_be_visible()
    page.get_by_label("Search in proposals").fill("tree number 4")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".card__title")).to_have_text(["Plant tree number 4"], use_inner_text=True)
    page.get_by_role("link", name=re.compile("Remove filter")).click()
    page.locator(".filters__summary").click()
    page.get_by_label("The city's answer").select_option("accepted")
    page.get_by_role("button", name="Show results").click()
    expect(page.locator(".card__title")).to_have_text(["Plant tree number 0"], use_inner_text=True)
    sign_in_window(page, town, accounts.person(display_name="Mira"))
    page.goto(f"/proposals/{town.talked}")
    page.locator("#support button").click()
    page.get_by_text("You support this proposal.").first.wait_for()
    expect(page.locator(".proposal__supports")).to_contain_text("1", use_inner_text=True)
    page.locator("#write summary").click()
    page.get_by_label("Against").check()
    page.get_by_label("Your comment").fill("Said without a script.")
    page.get_by_role("button", name="Publish comment").click()
    comment = page.locator(".comment", has_text="Said without a script.")
    expect(comment).to_contain_text("Against", use_inner_text=True)
    comment.get_by_role("link", name=re.compile("Reply")).click()
    page.get_by_label("Your reply to Mira").fill("And once more.")
    page.get_by_role("button", name="Publish reply").click()
    page.locator(".comments__replies", has_text="And once more.").wait_for()
    page.locator(".comment", has_text="Said without a script.").get_by_role("button", name=re.compile("Withdraw")).click()
    page.get_by_text("You have withdrawn this comment.").wait_for()
    page.get_by_role("button", name=re.compile("Show it again")).click()
    page.get_by_text("Your comment is back.").wait_for()
    expect(page.get_by_text("You have withdrawn this comment.")).to_have_count(0)


def test_in_arabic_the_page_is_the_other_way_round_and_the_map_is_not(town, new_page):
    page = new_page(locale="ar")
    page.goto("/proposals")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert pins(page) == 14
    listed, shown = page.locator(".finder__list").bounding_box(), page.locator("#map").bounding_box()
    assert listed["x"] > shown["x"]
    expect(page.locator(".leaflet-container")).to_have_attribute("dir", "ltr")
    assert overflow(page) <= 0


@pytest.mark.parametrize(
    ("viewport", "language", "theme"),
    [(PHONE, "en", "light"), (TABLET, "en", "dark"), (DESK, "ar", "light")],
    ids=["phone-en-light", "tablet-en-dark", "desk-ar-light"],
)
def test_axe_finds_nothing(town, new_page, viewport, language, theme):
    page = new_page(viewport=viewport, locale=language, color_scheme=theme)
    person = accounts.person()
    sign_in_window(page, town, person)
    addresses = (
        "/proposals",
        "/proposals?view=map&q=tree",
        "/proposals?q=elephant&answer=accepted",
        f"/proposals/{town.talked}",
        f"/proposals/{town.talked}/print",
    )
    for address in addresses:
        page.goto(address, wait_until="networkidle")
        assert axe(page) == [], address
        assert overflow(page) <= 0, address
    page.goto(f"/proposals/{town.talked}")
    page.evaluate("document.getElementById('write').open = true")
    page.locator("#write button[type=submit]").click()
    page.wait_for_selector(".error-summary, .field__error")
    assert axe(page) == []


def test_a_sheet_is_one_sheet(town, page):
    page.goto(f"/proposals/{town.talked}/print")
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") + pdf.count(b"/Type/Page/") in (0, 1)
    assert re.search(rb"/Count 1\b", pdf)


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("size", [PHONE, TABLET, DESK])
def test_below_the_heading_share_stands_the_address_and_no_box_cuts_it_off(town, new_page, size, scripts):
    page = new_page(viewport=size, java_script_enabled=scripts)
    page.goto(f"/proposals/{town.talked}")

    share = page.get_by_role("region", name="Share")
    expect(share).to_contain_text(f"/proposals/{town.talked}", use_inner_text=True)
    assert share.get_by_role("button", name="Copy the address").is_visible() is scripts
    expect(share.get_by_role("link", name="Print with QR code")).to_be_visible()
    aside = page.locator(".proposal__aside")
    assert aside.evaluate("box => getComputedStyle(box).overflowY") == "visible"
    assert aside.evaluate("box => box.scrollHeight - box.clientHeight") <= 1
