"""What is published of a vote, in a real browser: narrow and wide, right to left, without scripts, read by axe."""

import pytest

from app.features.spaces.models import Process
from app.features.voting.keys.keyring import Keyring
from app.features.voting.use_cases import count_pot
from app.kernel.permissions import SYSTEM, Role
from tests.factories import accounts, voting
from tests.support.browser import DESK, PHONE, axe, sign_in_window

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


@pytest.fixture
def published(live):
    keyring = Keyring(live.app.config["SETTINGS"].keys)
    costs = (300_00, 500_00, 400_00, 100_00)
    found = voting.published_pot(keyring, rule="equalshares/add1", costs=costs)
    live.db.session.commit()
    return found.id


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize("what", ["result", "compare"])
def test_everybody_can_read_it(live, new_page, published, viewport, locale, what):
    page = new_page(viewport=viewport)
    page.goto(f"/budgets/{published}/{what}?lang={locale}")

    assert page.locator("html").evaluate("html => html.scrollWidth") <= viewport["width"]
    assert axe(page) == []


def test_the_package_is_downloaded_without_scripts(live, new_page, published):
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto(f"/budgets/{published}/result")

    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the package").click()

    assert waiting.value.suggested_filename.endswith(".zip")


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_the_committee_decides_what_is_published(live, new_page, viewport):
    keyring = Keyring(live.app.config["SETTINGS"].keys)
    pot = voting.opened_pot(keyring)
    count_pot(live.db.session(), SYSTEM, pot.id)
    name, process = pot.id, live.db.session.get(Process, pot.process_id)
    person, other = accounts.staff(Role.COMMITTEE, process), accounts.staff(Role.COMMITTEE, process)
    live.db.session.commit()
    page = new_page(viewport=viewport)
    sign_in_window(page, live, person)

    page.goto(f"/staff/publication/{name}")
    assert page.locator("html").evaluate("html => html.scrollWidth") <= viewport["width"]
    assert axe(page) == []
    page.get_by_label("Each ballot, without a name").check()
    page.get_by_label("Why?").fill("Most ballots have equals.")
    page.get_by_role("button", name="Decide").click()
    page.get_by_text("You have signed").wait_for()
    assert page.locator("main form.confirm").count() == 0
    assert axe(page) == []

    second = new_page(viewport=viewport)
    sign_in_window(second, live, other)
    second.goto(f"/staff/publication/{name}")
    second.get_by_text("waits for another member").wait_for()
    assert second.locator("html").evaluate("html => html.scrollWidth") <= viewport["width"]
    assert axe(second) == []
    second.locator("main form.confirm").get_by_role("button", name="Sign", exact=True).click()

    second.get_by_role("link", name="Certify the result").wait_for()
    assert axe(second) == []
