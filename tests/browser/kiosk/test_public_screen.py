"""A public screen in a real browser: after a pause everything of the visitor is forgotten; anybody can stop that."""

from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, expect

from app.features.spaces.models import Participation
from app.web import kiosk
from tests.factories import accounts, proposals, spaces, voting
from tests.support.browser import DESK, KIOSK, TABLET, axe, sign_in_window

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


@pytest.fixture
def process(live, monkeypatch):
    monkeypatch.setattr(kiosk, "IDLE_SECONDS", 2)
    monkeypatch.setattr(kiosk, "COUNTDOWN_SECONDS", 3)
    found = spaces.process("Parks", slug="parks", participation=Participation.ANYBODY)
    live.db.session.commit()
    return found


def test_after_a_pause_nothing_of_the_visitor_is_left(new_page, process):
    page = new_page(viewport=KIOSK)
    page.goto("/kiosk")
    assert axe(page) == []
    page.get_by_role("link", name="Make a proposal").click()
    page.get_by_label("Title", exact=True).fill("A secret of mine")
    page.evaluate("localStorage.setItem('left', 'behind')")
    page.get_by_role("alertdialog").get_by_text("Are you still there?").wait_for()

    page.get_by_role("heading", name="Welcome").wait_for()

    assert page.evaluate("localStorage.length") == 0
    page.go_back()
    page.get_by_role("heading", name="Welcome").wait_for()  # the form itself is not there any more
    assert "A secret of mine" not in page.content()
    assert urlsplit(page.url).path == "/kiosk"


def test_somebody_who_is_still_there_goes_on(new_page, process):
    page = new_page(viewport=KIOSK)
    page.goto("/kiosk")
    page.get_by_role("link", name="Make a proposal").click()
    page.get_by_label("Title", exact=True).fill("I think slowly")
    page.get_by_role("button", name="I am still here").click()

    expect(page.get_by_label("Title", exact=True)).to_have_value("I think slowly")
    expect(page.get_by_role("alertdialog")).to_be_hidden()


def test_whoever_writes_for_longer_than_a_pause_is_not_forgotten_by_the_server(new_page, process, monkeypatch):
    monkeypatch.setattr(kiosk, "ASKING_SECONDS", 0)  # the script alone says that somebody is there
    page = new_page(viewport=KIOSK)
    page.goto("/kiosk")
    page.get_by_role("link", name="Make a proposal").click()
    page.get_by_label("Title", exact=True).focus()
    for _ in range(20):  # eight seconds; a pause is five
        page.keyboard.type("slow ")
        page.wait_for_timeout(400)
    page.get_by_role("button", name="Continue").click()

    page.get_by_role("alert").wait_for()  # the text is missing still
    assert page.get_by_label("Title", exact=True).input_value().startswith("slow slow")


def test_the_button_that_ends_a_visit_is_always_in_reach(new_page, process):
    page = new_page(viewport=KIOSK)
    page.goto("/kiosk")
    page.goto("/proposals?lang=fi")
    page.locator(".kiosk-reset button").first.click()

    page.get_by_role("heading", name="Welcome").wait_for()  # in the city's own language again


TOO_SMALL = """() => {
  const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && !element.closest(".visually-hidden, .skip-link, svg, .leaflet-container") && element.getBoundingClientRect().width > 2;
  const small = [];
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const element = words.currentNode.parentElement;
    if (words.currentNode.textContent.trim() && seen(element) && parseFloat(getComputedStyle(element).fontSize) < 21.9)
      small.push(`letters of ${element.outerHTML.slice(0, 80)}`);
  }
  const targets = "button, summary, select, textarea, a.button, .kiosk__foot a, .kiosk__head a";
  for (const element of document.querySelectorAll(targets))
    if (seen(element) && element.getBoundingClientRect().height < 59.5) small.push(`target ${element.outerHTML.slice(0, 80)}`);
  return small;
}"""
PAGES = [
    "/kiosk",
    "/proposals",
    "/proposals/new?process=parks",
    "/processes/parks",
    "/account/sign-in",
    "/account/sign-up",
    "/my-data",
]


@pytest.mark.parametrize("size", [KIOSK, DESK, TABLET], ids=["upright", "lying", "tablet"])
def test_every_page_is_large_and_has_languages_and_colours_in_the_open(new_page, process, size):
    page = new_page(viewport=size)
    page.goto("/kiosk")
    for address in PAGES:
        page.goto(address)
        assert page.evaluate(TOO_SMALL) == [], address
        for words in ("العربية", "High contrast", "I am done, delete everything"):
            assert page.get_by_text(words, exact=True).is_visible(), (address, words)
        assert page.locator(".site-header, .site-footer, .site-navigation").count() == 0, address
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], address
        if size is KIOSK:
            assert axe(page) == [], address


SMALL_LINKS = """() => [...document.querySelectorAll("main a[href]")]
  .filter((link) => link.checkVisibility({ visibilityProperty: true }))
  .filter((link) => !link.closest(".visually-hidden, .map-frame, .card__title"))
  .filter((link) => link.getBoundingClientRect().height < 59.5).map((link) => link.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("size", [KIOSK, TABLET], ids=["upright", "tablet"])
def test_links_in_lists_tables_and_errors_are_as_large_as_buttons(new_page, process, live, size):
    proposals.proposal(process, title="A bench")
    live.db.session.commit()
    page = new_page(viewport=size)
    page.goto("/kiosk")
    for address in ("/kiosk", "/my-data/agreements", "/data", "/proposals?process=parks", "/my-data/code", "/receipts/verify"):
        page.goto(address)
        assert page.evaluate(SMALL_LINKS) == [], address
    page.goto("/proposals/new?process=parks")
    page.get_by_role("button", name="Continue").last.click()
    page.get_by_role("alert").or_(page.locator(".error-summary")).first.wait_for()
    assert page.evaluate(SMALL_LINKS) == []
    assert page.evaluate(TOO_SMALL) == []


def test_the_credit_of_a_map_is_words_and_a_pin_is_met_by_a_finger_beside_it(new_page, process, live):
    proposals.proposal(process, title="A bench")
    live.db.session.commit()
    page = new_page(viewport=KIOSK)
    page.goto("/kiosk")
    page.goto("/proposals?process=parks")
    pin = page.locator(".map-pin").first
    pin.wait_for()
    assert page.locator(".leaflet-container a[href^=http]").count() == 0
    pin.scroll_into_view_if_needed()
    page.wait_for_function(
        """() => {
          const pin = document.querySelector(".map-pin"); // the map draws it anew while it moves
          if (!pin) return false;
          const { left, top } = pin.getBoundingClientRect();
          return document.elementFromPoint(left - 8, top + 20)?.closest(".map-pin") === pin;
        }"""
    )
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.map__credit')).fontSize)") >= 21.9


def test_the_words_in_place_of_a_map_are_large_too(new_page, process):
    page = new_page(viewport=KIOSK)
    page.route("**/scripts/*/map/index.js", lambda _route: None)  # the map is on its way
    page.goto("/kiosk")
    page.goto("/proposals", wait_until="domcontentloaded")
    expect(page.locator(".map")).to_have_css("isolation", "isolate")  # its styles are there
    expect(page.locator(".map__fallback")).to_be_visible()
    assert page.evaluate(TOO_SMALL) == []


def test_the_bar_at_the_bottom_covers_nothing_at_the_end_of_a_page(new_page, process, live):
    for number in range(8):
        proposals.proposal(process, title=f"A bench {number}")
    live.db.session.commit()
    page = new_page(viewport=TABLET)
    page.goto("/kiosk")
    for address in ("/proposals", "/account/sign-up", "/processes/parks"):
        page.goto(address)
        page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
        end = page.evaluate("document.querySelector('main').lastElementChild.getBoundingClientRect().bottom")
        assert end <= page.evaluate("document.querySelector('.kiosk__foot').getBoundingClientRect().top"), address


def test_what_can_be_done_stands_first_and_filled(new_page, process):
    page = new_page(viewport=KIOSK)
    page.goto("/kiosk")

    kinds = page.locator("article .button-row").first.locator("a").evaluate_all("all => all.map((one) => one.className)")
    assert "button--primary" in kinds[0]
    assert all("button--secondary" in kind for kind in kinds[1:])


TYPED = "Left by somebody else"
READ_BACK = """() => [...document.querySelectorAll("input:not([type=hidden]), textarea")]
  .filter((field) => !["radio", "checkbox"].includes(field.type) || (field.name === "choice" && field.checked))
  .map((field) => field.value)
  .filter(Boolean)"""


@pytest.fixture
def forms(live):
    """Where people type, and as whom: address, field, whether somebody is signed in."""
    parks = spaces.process("Parks", slug="parks", participation=Participation.ANYBODY)
    proposal = proposals.proposal(parks)
    pot = voting.pot()
    live.db.session.commit()
    return {
        "proposal": ("/proposals/new?process=parks", "title", False),
        "account": ("/account/sign-up", "display_name", False),
        "address": ("/account/sign-up", "email", False),
        "sign-in": ("/account/sign-in", "email", False),
        "comment": (f"/proposals/{proposal.reference}", "text", True),
        "number": (f"/voting/{pot.id}", "number", True),
        "ballot": (f"/voting/{pot.id}", "choice", True),
    }


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("form", ["proposal", "account", "address", "sign-in", "comment", "number", "ballot"])
def test_back_after_the_end_of_a_visit_shows_nothing_that_was_typed(new_page, live, forms, form, scripts):
    address, field, signed_in = forms[form]
    page = new_page(viewport=KIOSK, java_script_enabled=scripts)
    page.goto("/kiosk")
    if signed_in:
        sign_in_window(page, live, accounts.person())
    page.goto(address)
    if form == "ballot":
        page.get_by_label("Number on your residence card").fill("AB 12345")
        page.get_by_role("button", name="Continue to the ballot").click()
        page.get_by_label("Project number 1").check()
    else:
        page.locator(f"main [name={field}]").first.fill(TYPED)
    assert page.evaluate(READ_BACK) != []

    page.get_by_role("button", name="I am done, delete everything").click()
    page.get_by_role("heading", name="Welcome").wait_for()
    page.go_back()
    page.wait_for_load_state()
    if scripts:
        start = page.get_by_role("heading", name="Welcome")  # by itself, but for what asks to sign in now
        start.or_(page.get_by_role("heading", name="Sign in", exact=True)).first.wait_for()

    assert page.evaluate(READ_BACK) == []
    assert TYPED not in page.content()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_sending_the_form_of_an_earlier_visitor_once_more_shows_nothing(new_page, app, monkeypatch, forms, scripts):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    page = new_page(viewport=KIOSK, java_script_enabled=scripts)
    page.goto("/kiosk")
    page.goto(forms["proposal"][0])
    page.locator("main [name=text]").fill(TYPED)
    page.get_by_role("button", name="Continue").click()  # without a title: the page comes back with what was typed
    page.get_by_role("alert").wait_for()
    page.get_by_role("button", name="I am done, delete everything").click()
    page.get_by_role("heading", name="Welcome").wait_for()

    asked: list[str] = []
    if scripts:  # what the page marked in the history is asked for, not sent once more, and shows the start page
        page.on("request", lambda request: asked.append(f"{request.method} {urlsplit(request.url).path}"))
    with suppress(Error):  # the page may be gone before it has said that it goes
        page.evaluate("history.back()")
    if not scripts:
        page.wait_for_timeout(500)
        page.on("request", lambda request: asked.append(f"{request.method} {urlsplit(request.url).path}"))
        page.reload()  # as the button does it: a script of the browser's own "send it again?" page would bring no cookies
        page.get_by_role("heading", name="Welcome").wait_for()
    page.wait_for_url("**/kiosk")
    page.get_by_role("heading", name="Welcome").wait_for()

    assert asked[0] == ("GET" if scripts else "POST") + " /proposals/new"
    assert [one for one in asked[1:] if one.startswith("POST /proposals")] == []
    assert TYPED not in page.content()


def test_a_screen_that_was_left_goes_back_to_the_start_without_scripts(new_page, process, monkeypatch):
    monkeypatch.setattr(kiosk, "IDLE_SECONDS", 1)
    monkeypatch.setattr(kiosk, "COUNTDOWN_SECONDS", 0)
    page = new_page(viewport=KIOSK, java_script_enabled=False)
    page.goto("/kiosk")
    page.goto("/proposals?q=mine&lang=fi")

    page.get_by_role("heading", name="Welcome").wait_for()
