"""Signing up, in and staying safe, in a real browser: on a phone, by keyboard, without scripts, readable for everybody."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from app.extensions import db as database
from app.features.accounts import totp, use_cases
from app.features.accounts.models import LinkPurpose
from app.features.accounts.rules import ROLE_TASKS
from app.kernel import clock, outbox
from app.kernel.permissions import Role
from tests.factories import accounts, spaces
from tests.support.browser import PHONE, Live, axe, sign_in_window

Window = Callable[..., Any]
pytestmark = pytest.mark.browser
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def link_to(live: Live, address: str) -> str:
    """The path of the link in the newest letter to `address`, after delivering what waits."""
    outbox.deliver_due(database.transaction)
    paths = sorted((live.app.config["SETTINGS"].var / "mail").glob("*.eml"))
    text = next(text for path in reversed(paths) if f"To: {address}" in (text := path.read_text()))
    return re.search(r"(/account/link/[\w-]+)", text.replace("=\n", "")).group(1)


def type_into(page: Any, label: str, text: str) -> None:
    """Go on with Tab until the field with this label has the focus, then type."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.labels?.[0]?.textContent.trim()") == label:
            page.keyboard.type(text)
            return
    raise AssertionError(f"the keyboard does not reach {label}")


def test_a_resident_signs_up_by_keyboard_on_a_phone_without_scripts(live: Live, new_page: Window) -> None:
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto("/account/sign-in?next=/account/news")
    page.get_by_role("link", name="Sign up").last.press("Enter")
    page.wait_for_url(re.compile(r"/account/sign-up\?next="))
    type_into(page, "Name", "Nora")
    type_into(page, "E-mail address", "nora@example.org")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/account/letter-sent"))
    assert "nora@example.org" in page.inner_text("main")
    page.goto(link_to(live, "nora@example.org"))
    page.get_by_role("button", name="Open my account").press("Enter")
    page.wait_for_url(re.compile(r"/account/news$"))
    assert "News by e-mail" in page.inner_text("h1")


def test_a_mistake_is_shown_beside_its_field_and_read_first(new_page: Window) -> None:
    page = new_page(viewport=PHONE)
    page.goto("/account/sign-up")
    page.fill("#display_name", "Nora")
    page.fill("#email", "nora@")
    page.get_by_role("button", name="Sign up").click()
    assert page.get_by_role("alert").get_by_role("link").all_inner_texts() == [
        "This is not an e-mail address. It looks like name@example.org."
    ]
    assert page.input_value("#display_name") == "Nora"
    page.get_by_role("alert").get_by_role("link").click()
    assert page.evaluate("document.activeElement.id") == "email"
    assert axe(page) == []


def test_a_moderator_comes_back_to_the_page_by_way_of_her_code(live: Live, new_page: Window) -> None:
    person = accounts.staff(Role.ADMINISTRATOR)
    use_cases.keep_second_factor(database.session(), person, SECRET)
    path = f"/account/link/{accounts.link(person=person, next_path='/staff/people?q=a')}"
    database.session.commit()
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto(path)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(r"/account/second-factor\?next="))
    page.get_by_label("Code").fill(totp.code_at(SECRET, clock.now()))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(re.compile(r"/staff/people\?q=a$"))


def public_pages() -> list[str]:
    """Addresses for people who are not signed in."""
    links = [
        accounts.link(person=accounts.person()),
        accounts.link(LinkPurpose.SIGN_UP, pending_name="Nora"),
    ]
    database.session.commit()
    return [
        "/account/sign-in",
        "/account/sign-up",
        "/account/sign-in/link",
        "/account/letter-sent",
        "/account/link/used",
        *(f"/account/link/{token}" for token in links),
        "/development/mail",
    ]


OWN_PAGES = [
    "/account/settings",
    "/account/email",
    "/account/password",
    "/account/devices",
    "/account/news",
    "/account/sign-out",
]


def staff_pages() -> list[str]:
    """Addresses for administrators."""
    process = spaces.process()
    person = accounts.staff(Role.MODERATOR, process)
    database.session.commit()
    return [
        "/staff/people",
        "/staff/people?q=nobody",
        f"/staff/people/{person.id}",
        f"/staff/people/{person.id}/give?role=clerk&process={process.id}",
        f"/staff/people/{person.id}/take?role=moderator&process={process.id}",
        f"/staff/people/{person.id}/reset-second-factor",
        "/account/second-factor/codes",
    ]


def problems(page: Any, paths: list[str]) -> list[str]:
    """What axe-core finds, and pages that must be scrolled sideways."""
    found = []
    for path in paths:
        page.goto(path)
        found += [f"{path}: {line}" for line in axe(page)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{path}: is wider than the window")
    return found


# What main_job/test_axe_everywhere.py does not look at: English on a phone, with the dark colours.
LOOKS = [{"viewport": PHONE, "color_scheme": "dark"}]


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("options", LOOKS, ids=["phone, dark"])
def test_every_page_of_an_account_can_be_used_by_everybody(live: Live, new_page: Window, options: dict[str, Any]) -> None:
    assert problems(new_page(**options), public_pages()) == []
    page = new_page(**options)
    sign_in_window(page, live, accounts.person(display_name="Rosa"))
    assert problems(page, OWN_PAGES) == []


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("options", LOOKS, ids=["phone, dark"])
def test_every_page_about_people_can_be_used_by_everybody(live: Live, new_page: Window, options: dict[str, Any]) -> None:
    page = new_page(**options)
    sign_in_window(page, live, accounts.staff(Role.ADMINISTRATOR))
    assert problems(page, staff_pages()) == []
    page = new_page(**options)
    newcomer = accounts.person(is_administrator=True)
    client_page = f"/account/link/{accounts.link(person=newcomer, next_path='/staff/people')}"
    database.session.commit()
    page.goto(client_page)
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile(r"/account/second-factor/set-up"))
    assert problems(page, ["/account/second-factor/set-up"]) == []
    secret = page.locator("main code").inner_text().replace(" ", "")
    page.fill("#code", totp.code_at(secret, clock.now()))
    page.locator("main form button").click()
    page.wait_for_selector("main ol code")
    expect(page.locator("main ol code")).to_have_count(10)
    assert axe(page) == []


def test_on_a_phone_every_role_says_in_full_what_it_means_before_it_is_given(live: Live, new_page: Window) -> None:
    process, person = spaces.process("Parks"), accounts.person()
    administrator = accounts.staff(Role.ADMINISTRATOR)
    live.db.session.commit()
    page = new_page(viewport=PHONE)
    sign_in_window(page, live, administrator)
    page.goto(f"/staff/people/{person.id}")
    for role in set(Role) - {Role.ADMINISTRATOR}:
        task = page.get_by_text(str(ROLE_TASKS[role]), exact=True)
        expect(task).to_be_visible()
        assert task.evaluate("(words) => words.getBoundingClientRect().right") <= PHONE["width"], role
    page.get_by_label("Auditor").check()
    page.get_by_label("Process").select_option(str(process.id))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("reads everything about counts")).to_be_visible()
