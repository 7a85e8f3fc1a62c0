"""A bundle of paper from opening to closing without a mouse; a lost line and a browser without scripts lose nothing."""

import time

import pytest
from playwright.sync_api import expect

from app.features.intake.models import IntakeBatch, IntakeSheet, SheetState
from app.features.proposals.models import Proposal
from app.kernel.permissions import Role
from tests.factories import accounts, intake, spaces
from tests.support.browser import DESK, PHONE, axe, sign_in_window

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]
SHEETS = [("A bench at the tram stop", "2"), ("A tree before the school", "1"), ("Light under the bridge", "2")]


@pytest.fixture
def office(new_page, live):
    """A process with two categories, and a window for each of two clerks."""
    process = spaces.process("Parks", slug="parks")
    for name in ("Trees", "Streets"):
        spaces.category(process, name)
    people = [accounts.person(), accounts.person()]
    for person in people:
        accounts.grant(person, Role.CLERK, process)
    live.db.session.commit()

    def window(which=0, **options):
        page = new_page(**{"viewport": DESK, **options})
        sign_in_window(page, live, people[which])
        return page

    return process, people, window


def to(page, name, most=60):
    """Tab until the focus is where it should be; returns how many keys that took."""
    for pressed in range(most):
        here = page.evaluate("[document.activeElement?.name, document.activeElement?.textContent?.trim()]")
        if name in (here[0], here[1]):
            return pressed
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by the keyboard")


def ready(page, first):
    """The page listens to keys, and the first field waits for them."""
    page.locator("[data-module~=sheet-entry][data-ready]").wait_for()
    expect(page.locator(first)).to_be_focused()


def shortcut(page, key):
    """Press a key of the page, once it listens."""
    page.locator("[data-module~=shortcuts][data-ready]").wait_for(state="attached")
    page.keyboard.press(key)


class Keys:
    """A keyboard that counts what is pressed beside the words themselves."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def press(self, key):
        self.count += 1
        self.page.keyboard.press(key)

    def words(self, text):
        self.page.keyboard.type(text)


def type_sheet(page, title, category):
    """One sheet with Enter alone. Returns how many keys it took beside the words."""
    keys = Keys(page)
    ready(page, "#serial")
    keys.press("Enter")  # nothing is printed on the sheet
    keys.words(title)
    keys.press("Enter")
    keys.words("My mother cannot stand for long.")
    keys.press("Enter")
    keys.press("Enter")  # the language stays
    keys.press(category)
    keys.press("Enter")
    for _way in range(3):
        keys.press("ArrowDown")  # the whole city
    keys.press("Control+Enter")
    return keys.count


def test_a_batch_is_opened_entered_read_and_closed_by_keyboard_alone(office, live):
    process, _people, window = office
    one = window()
    one.goto("/staff/intake/batches")
    shortcut(one, "o")
    one.get_by_role("heading", name="Open a batch").wait_for()
    one.keyboard.type("Pr")
    to(one, "station")
    one.keyboard.type("Library")
    to(one, "declared")
    one.keyboard.type("3")
    one.keyboard.press("Enter")
    one.get_by_role("heading", name="Enter sheets").wait_for()
    assert axe(one) == []

    times, pressed = [], []
    for number, (title, category) in enumerate(SHEETS, start=1):
        pressed.append(type_sheet(one, title, category))
        began = time.monotonic()
        one.get_by_text(f"Sheet {number} is entered.").wait_for()
        times.append(time.monotonic() - began)
    assert max(pressed) <= 10, f"{pressed} keys beside the words"
    assert max(times) < 3, f"{times} seconds until the next sheet"
    to(one, "Finish entering")
    one.keyboard.press("Enter")
    one.get_by_role("heading", name="Finish entering").wait_for()
    one.keyboard.press("Enter")
    one.get_by_text("Give the bundle to another person").wait_for()

    other = window(1)
    other.goto("/staff/intake/batches")
    reference = live.db.session.query(IntakeBatch).one().reference
    live.db.session.remove()  # a transaction that stays open holds up whoever writes
    to(other, reference)
    other.keyboard.press("Enter")
    other.get_by_role("heading", name="Batch B-").wait_for()
    shortcut(other, "r")
    for number, (title, category) in enumerate(SHEETS, start=1):
        other.get_by_role("heading", name=f"Second reading: sheet {number}").wait_for()
        ready(other, "#title")
        other.keyboard.type(title)
        other.keyboard.press("Enter")
        other.keyboard.type("My mother cannot stand for long.")
        other.keyboard.press("Enter")
        other.keyboard.press("Enter")
        other.keyboard.press(category)
        other.keyboard.press("Enter")
        for _way in range(3):
            other.keyboard.press("ArrowDown")
        other.keyboard.press("Control+Enter")
    other.get_by_role("heading", name="Batch B-").wait_for()
    shortcut(other, "c")
    other.get_by_role("heading", name="Reconcile").wait_for()
    other.keyboard.press("Enter")
    other.get_by_text("It can be closed now").wait_for()
    shortcut(other, "c")
    other.get_by_role("heading", name="Close the batch").wait_for()
    other.keyboard.press("Enter")
    other.get_by_text("Everything in it counts now").wait_for()
    assert axe(other) == []

    live.db.session.remove()
    assert {found.title for found in live.db.session.query(Proposal)} == {title for title, _category in SHEETS}
    names = {found.title: found.category_id for found in live.db.session.query(Proposal)}
    assert names[SHEETS[0][0]] == names[SHEETS[2][0]] != names[SHEETS[1][0]]
    live.db.session.remove()
    assert process.id


@pytest.fixture
def entry(office, live):
    """An open batch of three, and its page for entering."""
    process, people, window = office
    batch = intake.batch(process, intake.clerk(process, people[0]), declared=3)
    live.db.session.commit()
    return f"/staff/intake/batches/{batch.id}/enter", window


def test_a_lost_line_loses_nothing_and_the_sheet_is_sent_again(entry, live):
    address, window = entry
    page = window()
    page.goto(address)
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('offline')); }")
    type_sheet(page, "A bench", "1")
    expect(page.get_by_text("There is no connection")).to_be_visible()
    assert page.locator("#title").input_value() == "A bench"
    page.reload()
    expect(page.locator("#title")).to_have_value("A bench")  # kept on this device
    page.locator("#title").press("Control+Enter")
    page.get_by_text("Sheet 1 is entered.").wait_for()
    expect(page.locator("#title")).to_have_value("")
    live.db.session.remove()
    assert live.db.session.query(IntakeSheet).count() == 1
    live.db.session.remove()


def test_an_answer_that_was_lost_on_the_way_back_doubles_nothing(entry, live):
    address, window = entry
    page = window()
    page.goto(address)
    page.evaluate(
        "() => { const real = window.fetch; window.fetch = async (...all) => { await real(...all);"
        " window.fetch = real; throw new TypeError('offline'); }; }"
    )
    type_sheet(page, "A bench", "1")
    expect(page.get_by_text("There is no connection")).to_be_visible()
    page.locator("#title").press("Control+Enter")
    page.get_by_text("Sheet 1 is entered.").wait_for()
    live.db.session.remove()
    assert live.db.session.query(IntakeSheet).count() == 1
    live.db.session.remove()


def test_a_tone_confirms_where_somebody_asks_for_it(entry):
    address, window = entry
    page = window()
    page.goto(address)
    type_sheet(page, "Without", "1")
    page.get_by_text("Sheet 1 is entered.").wait_for()
    assert page.evaluate("document.documentElement.dataset.lastTone") is None
    page.get_by_label("Confirm each sheet with a tone").check()
    page.locator("#serial").focus()
    type_sheet(page, "With", "1")
    page.get_by_text("Sheet 2 is entered.").wait_for()
    assert page.evaluate("document.documentElement.dataset.lastTone") == "880"


def test_without_scripts_a_sheet_is_entered_and_taken_back(entry, live):
    address, window = entry
    page = window(java_script_enabled=False)
    page.goto(address)
    page.get_by_label("Title", exact=True).fill("A bench")
    page.get_by_label("Proposal", exact=True).fill("My mother")
    page.get_by_label("Category").select_option(index=1)
    page.get_by_label("The whole city, or no place is written", exact=True).check()
    page.get_by_role("button", name="Enter the sheet").click()
    page.get_by_text("Sheet 1 is entered.").wait_for()
    page.get_by_role("link", name="Take back sheet 1").click()
    expect(page.get_by_label("Title", exact=True)).to_have_value("A bench")
    page.get_by_role("button", name="Send it again").click()
    page.get_by_text("Sheet 1 is entered.").wait_for()
    live.db.session.remove()
    assert [sheet.state for sheet in live.db.session.query(IntakeSheet)] == [SheetState.ENTERED]
    live.db.session.remove()


@pytest.mark.parametrize(("language", "size"), [("ar", PHONE), ("en", DESK)], ids=["ar-phone", "en-desk"])
def test_every_page_of_a_batch_fits_and_passes_axe(office, live, size, language):
    process, people, window = office
    one, other = (intake.clerk(process, person) for person in people)
    category = str(process.categories[0].id)
    batch = intake.batch(process, one, declared=2)
    sheets = [intake.sheet(batch, one, title=title, category_id=category) for title in ("A bench", "A tree")]
    entering = intake.batch(process, one, declared=2)
    intake.finish(batch, one)
    intake.read(sheets[0], other, title="A bend")
    done = intake.closed(process, one, other, said={"category_id": category})
    live.db.session.commit()
    page = window(1, viewport=size, locale=language)
    for where in (
        "",
        "/new",
        f"/{entering.id}",
        f"/{entering.id}/enter",
        f"/{entering.id}/void",
        f"/{batch.id}",
        f"/{batch.id}/read",
        f"/{batch.id}/reconcile",
        f"/{batch.id}/sheets/{sheets[0].id}/settle",
        f"/{done.id}",
        f"/{done.id}/slips",
    ):
        page.goto(f"/staff/intake/batches{where}")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], where
        assert axe(page) == [], where
