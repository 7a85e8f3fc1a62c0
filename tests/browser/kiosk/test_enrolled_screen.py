"""An enrolled screen in a real browser: nothing of a visitor is left, a stolen one goes dark, controls go down."""

import re
from contextlib import suppress
from urllib.parse import unquote

import pytest
from playwright.sync_api import Error, expect

from app.features.kiosk.models import KioskDevice
from app.features.kiosk.use_cases import revoke_device
from app.features.proposals import follow_links
from app.features.proposals.models import Proposal, ProposalState
from app.features.spaces.models import Participation, Process
from app.kernel.codes import grouped
from app.kernel.permissions import SYSTEM, Channel
from app.kernel.references import token_hash
from app.web import kiosk as web_kiosk
from app.web.kiosk import TOKEN
from tests.browser.kiosk.test_public_screen import TOO_SMALL
from tests.factories import accounts, kiosk, proposals, spaces
from tests.support.browser import KIOSK, PHONE, TABLET, at_rest, axe, sign_in_window

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]
LYING = {"width": 1280, "height": 800}
DESKTOP = {"width": 1280, "height": 1024}
SECRET = "A secret of mine, number 7712"
KEPT = """async () => {
  const found = {...localStorage, ...sessionStorage};
  for (const name of await caches.keys()) found[name] = "cache";
  for (const base of await indexedDB.databases()) found[base.name] = "database";
  for (const worker of await navigator.serviceWorker.getRegistrations()) found[worker.scope] = "worker";
  return found;
}"""
CACHED = """async (addresses) => {
  const found = [];
  for (const address of addresses)
    try {
      const kept = await fetch(address, { cache: "only-if-cached", mode: "same-origin" });
      if (kept.ok) found.push(address);
    } catch {
      // nothing is kept of it
    }
  return found;
}"""
VISITED = ["/forms/slip", "/kiosk", "/proposals/new?process=parks", "/proposals/new", "/my-data", "/proposals/drafts"]
FIELDS = """() => [...document.querySelectorAll("input:not([type=hidden]), textarea")]
  .filter((field) => !["radio", "checkbox", "submit"].includes(field.type)).map((field) => field.value).filter(Boolean)"""


@pytest.fixture
def screen(new_page, live):
    """A window that an administrator has made a screen: typed its code, as in life."""
    spaces.process("Parks", slug="parks", participation=Participation.ANYBODY)
    device = kiosk.device(name="Library")
    live.db.session.commit()

    def enrol(viewport=KIOSK, **options):
        page = new_page(viewport=viewport, **options)
        page.goto("/kiosk/enrol")
        page.get_by_label("Code", exact=True).fill(device.code_for_tests)
        page.get_by_role("button", name="Make it this screen").click()
        page.get_by_role("heading", name="Welcome").wait_for()
        return page

    return enrol


def device_of(live):
    live.db.session.expire_all()
    return live.db.session.query(KioskDevice).one()


def write(page):
    page.get_by_role("link", name="Make a proposal").click()
    page.get_by_label("Title", exact=True).fill(SECRET)
    page.get_by_label("What should change", exact=False).or_(page.locator("main [name=text]")).first.fill(f"{SECRET} in full")


def nothing_is_left(page, live, secret=SECRET, back=3):
    """In page, history, storage, caches, cookies and form restore. `secret`: nor this, which opens a page by its address."""
    assert SECRET not in page.content()
    assert page.evaluate(KEPT) == {}
    assert kept_in_the_cache(page) == []
    for cookie in page.context.cookies():
        assert cookie["name"] not in ("language", "theme", "kiosk_lower"), cookie["name"]
    for _ in range(back):
        with suppress(Error):  # what was sent is not kept: the browser says so on a page of its own
            page.go_back()
        there = at_rest(page)
        assert SECRET not in there
        assert secret not in there
        assert secret not in page.url
        if page.url.endswith(("/kiosk/enrol", "about:blank")):  # before the first visit
            break
        assert "data-kiosk" not in there or at_the_start(page), page.url
        assert page.evaluate(FIELDS) == []
    page.goto("/proposals/drafts")
    assert SECRET not in page.content()


def at_the_start(page):
    """Where a page of an earlier visit leads by itself."""
    with suppress(Error):
        page.get_by_role("heading", name="Welcome").wait_for()
        return True
    return False


def kept_in_the_cache(page):
    """Asked in a window beside, because each miss is an error in the browser's log."""
    beside = page.context.new_page()
    beside.goto("/kiosk")
    kept = beside.locator("link[rel=stylesheet]").first.get_attribute("href")
    found = beside.evaluate(CACHED, [kept, *VISITED])
    beside.close()
    assert found[:1] == [kept], "the cache is asked in vain"
    return found[1:]


def cookies_of(page):
    return {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}


def the_sign_in_is_over(live, before):
    """On the server, too: a cookie that somebody copied during the visit opens nothing."""
    session = live.app.config["SESSION_COOKIE_NAME"]
    thief = live.app.test_client()
    thief.set_cookie(session, before[session])
    assert "Sign in to see your data" in thief.get("/my-data").text


def test_after_the_reset_nothing_of_the_visitor_is_left_anywhere(screen, live):
    page = screen()
    sign_in_window(page, live, accounts.person())
    before = cookies_of(page)
    page.goto("/kiosk?lang=fi")
    page.goto("/kiosk?lang=en")
    write(page)
    page.evaluate("localStorage.setItem('left', 'behind'); sessionStorage.setItem('left', 'behind')")
    with page.expect_navigation():  # the screen asks first whether the server answers
        page.get_by_role("button", name="Continue").last.click()
    assert SECRET in page.content() or page.get_by_role("alert").count()

    page.get_by_role("button", name="I am done, delete everything").click()
    page.get_by_role("heading", name="Welcome").wait_for()

    nothing_is_left(page, live)
    the_sign_in_is_over(live, before)
    assert TOKEN in {cookie["name"] for cookie in page.context.cookies()}  # the screen stays a screen


@pytest.fixture
def on_paper(screen, live):
    """A proposal that only its writer sees, who has a slip: the secret of its link, and the code."""
    found = proposals.proposal(
        live.db.session.query(Process).one(),
        title=SECRET,
        text=SECRET,
        author=None,
        state=ProposalState.PENDING,
        channel="paper",
    )
    secret, code = follow_links.follow_token(found.id), follow_links.follow_code(found.id)
    found.follow_token_hash, found.follow_code_hash = token_hash(secret), token_hash(code)
    live.db.session.commit()
    return secret, grouped(code)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_back_after_the_reset_opens_nothing_of_whoever_came_with_a_slip(screen, live, on_paper, scripts):
    secret, code = on_paper
    page = screen(java_script_enabled=scripts)
    page.get_by_role("link", name="My proposal, with the code of a slip").click()
    assert not scripts or axe(page) == []
    assert page.evaluate(TOO_SMALL) == []
    page.get_by_label("Your code").fill(code.lower())
    page.get_by_role("button", name="Show it").click()
    page.get_by_text(SECRET).first.wait_for()
    visited = [page.url]
    assert secret not in page.content()
    assert not scripts or axe(page) == []
    assert page.evaluate(TOO_SMALL) == []
    page.get_by_role("link", name="Take the proposal back").click()
    page.get_by_role("heading", level=1).wait_for()
    visited.append(page.url)
    page.go_back()
    page.get_by_role("link", name="Put it to my account").click()  # asks to sign in, and would come back
    page.get_by_label("Password").first.wait_for()
    visited.append(page.url)
    page.get_by_role("link", name="On my phone").click()
    page.get_by_role("heading", name="Go on with your own phone").wait_for()
    visited.append(page.url)
    assert not [address for address in visited if secret in unquote(unquote(address))]

    page.get_by_role("button", name="I am done, delete everything").click()
    page.get_by_role("heading", name="Welcome").wait_for()
    if scripts:
        nothing_is_left(page, live, secret, back=6)
    for _ in range(6):
        with suppress(Error):
            page.go_back()
        assert SECRET not in at_rest(page)
    for address in visited:
        page.goto(address)
        assert SECRET not in at_rest(page)
        if "sign-in" not in address:
            page.get_by_role("heading", name="Welcome").wait_for()
    page.goto(f"/proposals/follow/{secret}")  # and nobody types it here
    page.get_by_role("heading", name="Welcome").wait_for()
    live.db.session.expire_all()
    assert live.db.session.query(Proposal).one().state is ProposalState.PENDING


def test_whoever_proposes_without_an_account_takes_a_code_along_that_the_screen_understands(screen, live):
    page = screen()
    write(page)
    page.locator("main [name=where][value=city]").check()
    page.get_by_role("button", name="Continue").last.click()
    page.get_by_role("button", name="Publish").first.click()
    page.get_by_role("link", name="Slip to take away").click()
    page.get_by_role("heading", name="Slip to take away").wait_for()
    code = page.locator(".receipt__code code").inner_text()
    assert re.fullmatch(r"\w{4}(-\w{4}){3}", code)
    assert axe(page) == []
    assert page.evaluate(TOO_SMALL) == []
    secret = follow_links.follow_token(live.db.session.query(Proposal).one().id)
    live.db.session.rollback()
    page.go_back()
    page.get_by_role("link", name="Open the page of your proposal").click()
    page.get_by_role("heading", name="Your proposal P-").wait_for()
    assert secret not in unquote(page.url)
    page.get_by_role("button", name="I am done, delete everything").click()
    page.get_by_role("heading", name="Welcome").wait_for()
    nothing_is_left(page, live, secret, back=6)

    page.goto("/processes/parks")
    page.get_by_role("link", name="My proposal, with the code of a slip").click()
    page.get_by_label("Your code").fill(code)
    page.get_by_role("button", name="Show it").click()
    page.get_by_role("heading", name="Your proposal P-").wait_for()


def test_a_visitor_who_walks_away_is_forgotten_after_a_countdown_that_anybody_can_stop(screen, live, monkeypatch):
    monkeypatch.setattr(web_kiosk, "IDLE_SECONDS", 2)
    monkeypatch.setattr(web_kiosk, "COUNTDOWN_SECONDS", 3)
    page = screen()
    sign_in_window(page, live, accounts.person())
    before = cookies_of(page)
    page.goto("/my-data")
    page.goto("/kiosk")
    write(page)
    page.get_by_role("button", name="I am still here").click()
    expect(page.locator("main [name=title]")).to_have_value(SECRET)
    page.get_by_role("alertdialog").get_by_text("Are you still there?").wait_for()
    page.mouse.click(20, 20)  # a touch anywhere is a sign of life, for whoever cannot read the button
    expect(page.get_by_role("alertdialog")).to_be_hidden()
    page.get_by_role("alertdialog").get_by_text("Are you still there?").wait_for()
    page.keyboard.press("Tab")  # and so is any key
    expect(page.get_by_role("alertdialog")).to_be_hidden()
    expect(page.locator("main [name=title]")).to_have_value(SECRET)

    page.get_by_role("heading", name="Welcome").wait_for()
    nothing_is_left(page, live)
    the_sign_in_is_over(live, before)


def test_the_pause_is_a_minute_and_the_countdown_twenty_seconds(screen):
    page = screen()
    page.goto("/proposals")
    reset = page.locator(".kiosk-reset")
    assert (reset.get_attribute("data-idle"), reset.get_attribute("data-countdown")) == ("60", "20")


def test_a_screen_that_is_stolen_in_the_middle_of_a_visit_loses_nobodys_words(screen, live, new_page):
    page = screen()
    write(page)
    revoke_device(live.db.session(), SYSTEM, device_of(live).id, "Stolen")
    live.db.session.commit()

    page.get_by_role("button", name="Continue").last.click()
    page.get_by_role("heading", name="This screen is switched off").wait_for()

    assert page.get_by_text("ask at the desk").is_visible()
    assert SECRET not in page.content()
    assert axe(page) == []
    assert page.evaluate(TOO_SMALL) == []
    address = re.search(r"/kiosk/continue/[\w-]+", page.content())[0]
    phone = new_page(viewport=PHONE)
    phone.goto(address)
    phone.get_by_role("button", name="Open it and go on").click()
    assert phone.get_by_text(SECRET, exact=True).is_visible()
    page.goto("/proposals")
    page.get_by_role("heading", name="This screen is switched off").wait_for()


def test_writing_goes_on_on_the_phone_and_the_screen_forgets(screen, live, new_page):
    page = screen()
    write(page)
    page.get_by_role("button", name="Go on writing on my phone").click()
    page.get_by_role("heading", name="Go on writing on your own phone").wait_for()
    assert axe(page) == []
    assert page.evaluate(TOO_SMALL) == []
    page.set_viewport_size(LYING)
    code, foot = (page.locator(one).bounding_box() for one in (".qr__code", ".kiosk__foot"))
    assert code["y"] + code["height"] <= foot["y"], "a camera sees the whole code"
    address = re.search(r"/kiosk/continue/[\w-]+", page.content())[0]

    phone = new_page(viewport=PHONE, java_script_enabled=False)
    phone.goto(address)
    phone.get_by_role("button", name="Open it and go on").click()
    page.get_by_role("heading", name="Welcome").wait_for()  # by itself, as soon as the phone has it
    nothing_is_left(page, live)

    phone.get_by_role("button", name="Go on writing").click()
    phone.wait_for_load_state()
    expect(phone.locator("main [name=title]")).to_have_value(SECRET)
    phone.locator("main [name=where][value=city]").check()
    assert live.db.session.query(Proposal).filter_by(channel=Channel.KIOSK).count() == 0


@pytest.mark.parametrize("size", [KIOSK, LYING], ids=["1080x1920", "1280x800"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_of_a_screen_is_large_with_its_switches_in_the_open(screen, live, size, language):
    page = screen(viewport=size)
    words = {"en": "High contrast", "ar": "تباين عالٍ"}
    for address in ("/kiosk", "/kiosk/large-print", "/kiosk/receipts", "/kiosk/phone?page=/proposals", "/proposals"):
        page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
        assert page.evaluate(TOO_SMALL) == [], address
        assert page.locator(".kiosk__foot .language-links a").first.is_visible(), address
        assert page.locator(".kiosk__foot .theme-switch button[value=contrast]").is_visible(), address
        assert page.locator(".kiosk__lower button").is_visible(), address
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], address
        assert axe(page) == [], address
    assert words


HIGH = """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
  .filter((element) => element.checkVisibility({ visibilityProperty: true }))
  .filter((element) => !element.closest(".visually-hidden, .skip-link, dialog"))
  .filter((element) => element.getBoundingClientRect().width > 2 && element.getAttribute("tabindex") !== "-1")
  .filter((element) => element.getBoundingClientRect().top < innerHeight / 2 - 1)
  .map((element) => element.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("size", [KIOSK, DESKTOP, TABLET], ids=["1080x1920", "1280x1024", "768x1024"])
def test_all_controls_can_sit_in_the_lower_half(screen, size):
    page = screen(viewport=size)
    with page.expect_response("**/kiosk/lower"):
        page.get_by_role("button", name="Lower").click()
    for address in ("/kiosk", "/proposals/new?process=parks", "/proposals", "/kiosk/large-print"):
        page.goto(address)
        assert page.evaluate(HIGH) == [], address
        if address != "/kiosk":  # the ways out come along into the foot, once
            assert page.get_by_role("link", name="To the start").count() == 1, address
            assert page.locator(".kiosk__foot").get_by_role("link", name="To the start").is_visible(), address
    # what can be done is in sight at once: the heading stands above, where nothing is tapped
    page.goto("/kiosk")
    first = page.get_by_role("link", name="Make a proposal").bounding_box()
    assert first["y"] + first["height"] <= page.locator(".kiosk__foot").bounding_box()["y"]
    with page.expect_response("**/kiosk/lower"):
        page.get_by_role("button", name="Lower").click()
    page.goto("/proposals")
    assert page.evaluate(HIGH) != []


def test_a_screen_is_used_with_one_switch_that_moves_on_and_one_that_presses(screen):
    """Tab and Enter alone, as switch access sends them."""
    page = screen()

    def go_to(name):
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent").strip().startswith(name):
                return
        raise AssertionError(f"{name} is not reached")

    go_to("A form in large letters")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="A form in large letters").wait_for()
    go_to("Ask the desk to print it")
    page.keyboard.press("Enter")
    page.locator(".kiosk__number").wait_for()
    assert page.locator(".kiosk__number").inner_text().isdigit()
    go_to("I am done, delete everything")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Welcome").wait_for()
