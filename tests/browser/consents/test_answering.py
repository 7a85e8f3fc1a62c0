"""Saying yes and no in a real browser: at home, at a public screen in Arabic, as a guardian, with a code, and as staff."""

import pytest
from playwright.sync_api import expect

from app.features.consents.models import Answer, ConsentEvent, ConsentRecord, DataAgreement, RevisionState
from app.features.consents.use_cases.codes import code_of
from app.features.spaces.models import Process
from app.kernel.permissions import Channel, Role
from tests.factories import accounts, consents, kiosk, spaces
from tests.factories.consents import SECRET
from tests.support.browser import DESK, KIOSK, PHONE, axe, sign_in_window

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]
NOTICE = {"en": "May the planning department write to me?", "ar": "هل يجوز لدائرة التخطيط أن تكتب إلي؟"}


@pytest.fixture
def agreement(live):
    """An agreement in force about contact in a process."""
    process = spaces.process("Parks", slug="parks")
    found = consents.agreement(process, notice=NOTICE)
    live.db.session.commit()
    return found


def in_database(live, read):
    with live.db.transaction() as session:
        return read(session)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_resident_is_asked_on_the_page_of_the_process_says_yes_and_takes_it_back_on_the_card(new_page, live, scripts):
    process = spaces.process("Parks", slug="parks")
    consents.agreement(process, notice=NOTICE)
    person = accounts.person(display_name="Rosa")
    live.db.session.commit()
    page = new_page(viewport=PHONE, java_script_enabled=scripts)
    sign_in_window(page, live, person)
    page.goto("/processes/parks")
    page.get_by_role("link", name="Read and decide").click()
    assert page.locator("main input:checked").count() == 0
    yes, no = page.get_by_role("button", name="Yes, I allow it"), page.get_by_role("button", name="No", exact=True)
    sizes = [button.bounding_box() for button in (yes, no)]
    assert sizes[0]["width"] == pytest.approx(sizes[1]["width"], abs=1)
    assert sizes[0]["height"] == pytest.approx(sizes[1]["height"], abs=1)
    page.get_by_role("radiogroup").get_by_label("Yes").check()
    page.get_by_label("Your name").fill("Rosa")
    page.get_by_label("Where we may reach you").fill("rosa@example.org")
    if scripts:
        assert axe(page) == []
    yes.click()

    page.wait_for_url("**/processes/parks")
    assert page.get_by_role("link", name="Read and decide").count() == 0
    page.goto("/my-data")
    card = page.get_by_role("article", name="Contact about this topic")
    expect(card).to_contain_text("rosa@example.org")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    if scripts:
        assert axe(page) == []
    card.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("article", name="Contact about this topic")).to_contain_text("You took it back")
    assert in_database(live, lambda session: session.query(ConsentRecord).one().answer) is Answer.WITHDRAWN


def test_at_a_public_screen_in_arabic(new_page, live, agreement):
    person = accounts.person(display_name="Nour", locale="ar")
    live.db.session.commit()
    page = new_page(viewport=KIOSK, locale="ar")
    kiosk.become_window(page, live.url)
    sign_in_window(page, live, person)
    page.goto("/processes/parks?lang=ar")
    page.locator(".ask-box a").click()
    expect(page.locator("main")).to_contain_text(NOTICE["ar"])
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.locator("[name=of_age][value=yes]").check()
    page.locator("[name=name]").fill("نور")
    page.locator("[name=address]").fill("nour@example.org")
    assert axe(page) == []
    with page.expect_navigation(url="**/processes/parks*"):  # the screen asks first whether the server answers
        page.locator("button[name=answer][value=yes]").click()

    event = in_database(live, lambda session: session.query(ConsentEvent).filter(ConsentEvent.answer != Answer.ASKED).one())
    assert (event.channel, event.language, event.shown_text) == (Channel.KIOSK, "ar", NOTICE["ar"])
    page.goto("/my-data")
    assert axe(page) == []


def test_a_guardian_answers_by_the_link_of_the_letter(new_page, live, agreement):
    minor = consents.minor()
    token = consents.guardian_link(minor, agreement)
    live.db.session.commit()
    page = new_page(viewport=PHONE)
    page.goto(f"/my-data/guardian/link/{token}")
    assert axe(page) == []
    page.get_by_label("Your name").fill("Mio")
    page.get_by_label("Where we may reach you").fill("050 123 4567")
    page.get_by_role("button", name="Yes, I allow it").click()

    page.get_by_role("heading", name="Thank you").wait_for()
    record = in_database(live, lambda session: session.query(ConsentRecord).one())
    assert (record.person_id, record.answer) == (minor.id, Answer.GIVEN)


def test_somebody_with_a_code_sees_their_card_and_takes_it_back(new_page, live, agreement):
    person = accounts.person(email=None, display_name="Hilja")
    consents.consent(agreement, person)
    code = code_of(SECRET, consents.code(person).id)
    live.db.session.commit()
    page = new_page(viewport=PHONE)
    page.goto("/my-data")
    page.get_by_role("link", name="See what you allowed, with a code").click()
    page.get_by_label("Your code").fill(code.lower())
    assert axe(page) == []
    page.get_by_role("button", name="Show it").click()
    card = page.get_by_role("article", name="Contact about this topic")
    expect(card).to_contain_text("050 123 4567")
    assert axe(page) == []
    card.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("article", name="Contact about this topic")).to_contain_text("You took it back")
    page.get_by_role("button", name="Close it now").click()
    page.goto("/my-data/code/cards")
    expect(page).to_have_url(live.url + "/my-data/code")


def test_a_steward_writes_a_second_person_reviews_and_it_is_put_in_force(new_page, live, agreement):
    steward, chief = accounts.person(display_name="Stella"), accounts.person(display_name="Chris")
    accounts.grant(steward, Role.STEWARD, live.db.session().get_one(Process, agreement.process_id))
    accounts.grant(chief, Role.ADMINISTRATOR)
    live.db.session.commit()
    desk, other = new_page(viewport=DESK), new_page(viewport=DESK)
    sign_in_window(desk, live, steward)
    sign_in_window(other, live, chief)
    desk.goto("/staff/agreements")
    assert axe(desk) == []
    desk.get_by_role("link", name="Contact about this topic").click()
    desk.get_by_role("link", name="Write a new version").click()
    assert axe(desk) == []
    desk.locator("#language-en > summary").click()
    desk.locator("[name=notice_en]").fill("May the planning department write to me, three times at most?")
    desk.locator("[name=material][value=yes]").check()
    desk.get_by_role("button", name="Save the draft").click()
    expect(desk.locator("ins")).to_contain_text("three times at most?")
    desk.get_by_role("button", name="Submit for review").click()
    expect(desk.get_by_role("main")).to_contain_text("A second person reviews it.")
    assert desk.get_by_role("link", name="Review", exact=True).count() == 0

    other.goto(desk.url)
    other.get_by_role("link", name="Review", exact=True).click()
    assert axe(other) == []
    other.get_by_label("What did you look at").fill("Three times is fine.")
    other.get_by_role("button", name="Approve").click()
    other.get_by_role("link", name="Put in force").click()
    expect(other.get_by_role("main")).to_contain_text("The substance changes")
    assert axe(other) == []
    other.get_by_role("button", name="Put in force").click()

    expect(other.get_by_role("main")).to_contain_text("three times at most?")
    states = in_database(live, lambda session: [r.state for r in session.query(DataAgreement).one().revisions])
    assert states == [RevisionState.IN_FORCE, RevisionState.SUPERSEDED]
