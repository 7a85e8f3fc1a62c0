"""A browser that has a script, a style, a font or an icon does not ask for it again; and asks for all that it needs at once."""

from typing import Any

import pytest

from tests.factories import accounts, budgets, proposals, spaces, voting
from tests.support.browser import PHONE, sign_in_window

pytestmark = pytest.mark.browser
FILES = """() => performance.getEntriesByType("resource")
  .map((entry) => ({address: new URL(entry.name).pathname, asked: entry.transferSize > 0}))
  .filter((entry) => /\\.(js|css|woff2|svg|png|json)$/.test(entry.address))"""
PRELOADED = "() => [...document.querySelectorAll('link[rel=modulepreload]')].map((link) => new URL(link.href).pathname)"


@pytest.fixture
def addresses(live: Any) -> list[str]:
    """Pages of several rooms, two with a map, one of them with everything that a ballot starts."""
    process = spaces.process("Parks", area=spaces.area(box=(24.93, 60.16, 24.96, 60.18)))
    proposals.proposal(process, at=(24.944, 60.171))
    budgets.project(budgets.pot(process), lon=24.944, lat=60.171)
    ballot = voting.pot()
    live.db.session.commit()
    return ["/", "/processes", "/proposals?view=map", "/proposals", "/account/sign-in", f"/voting/{ballot.id}"]


def files_of(page: Any, address: str) -> list[dict[str, Any]]:
    """What a page is put together from, and whether the server was asked for it."""
    page.goto(address)
    if page.locator(".map").count():
        page.locator(".map[data-ready]").first.wait_for()
    page.wait_for_load_state("networkidle")
    found: list[dict[str, Any]] = page.evaluate(FILES)
    return found


def names(files: list[dict[str, Any]]) -> list[str]:
    return [file["address"] for file in files]


def test_no_page_asks_for_a_file_that_an_earlier_one_brought(new_page: Any, live: Any, addresses: list[str]) -> None:
    page = new_page()
    sign_in_window(page, live, accounts.person())
    brought: set[str] = set()
    for number, address in enumerate([*addresses, *addresses]):
        page.context.add_cookies([{"name": f"visit-{number}", "value": "a choice", "url": live.url}])
        files = files_of(page, address)
        assert any(name.endswith("/main.js") for name in names(files)), address
        again = {file["address"] for file in files if file["asked"]} & brought
        assert again == set(), address
        brought |= set(names(files))
    assert {name.rpartition("/")[2] for name in brought} >= {"index.js", "view.js", "sprite.svg", "plaza.css", "ground.json"}


def test_no_page_brings_a_script_that_nothing_on_it_asks_for(new_page: Any, live: Any, addresses: list[str]) -> None:
    page = new_page()
    files = names(files_of(page, "/processes"))
    assert [name for name in files if "/map/" in name or "ballot" in name or "kiosk" in name] == []
    assert len(files) == len(set(files))


def test_what_a_ballot_needs_is_asked_for_at_once(new_page: Any, live: Any) -> None:
    pot = voting.pot()
    live.db.session.commit()
    page = new_page(viewport=PHONE)
    sign_in_window(page, live, accounts.person())
    page.goto(f"/voting/{pot.id}")
    page.get_by_label("Number on your residence card").fill("AB 12345")
    page.get_by_role("button", name="Continue to the ballot").click()
    page.locator(".budget-bar__sentence").wait_for()
    page.wait_for_load_state("networkidle")
    preloaded = page.evaluate(PRELOADED)
    started = {name.rpartition("/")[2] for name in names(page.evaluate(FILES)) if name.endswith(".js")}
    assert started - {"main.js"} == {name.rpartition("/")[2] for name in preloaded}
    assert "ballot-list.js" in started
