"""Budgets in a real browser: nothing sticks out, axe finds nothing, the map shows what the page says, no scripts needed."""

from typing import Any

import pytest
from playwright.sync_api import expect

from app.features.spaces.models import ProcessState
from app.kernel.permissions import Role
from tests.factories import accounts, budgets, proposals, spaces
from tests.support.browser import DESK, PHONE, axe, sign_in_window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
WARSAW = (20.90, 52.26, 20.98, 52.33)


@pytest.fixture
def pots(live: Any) -> dict[str, Any]:
    """A vote that runs here, a result from Warsaw, one that nobody counts, one without places."""
    here = budgets.pot(spaces.process("Parks", area=spaces.area(box=(24.936, 60.165, 24.953, 60.178))))
    for n in range(12):
        budgets.project(here, lon=24.94 + n / 1000, categories=[spaces.category(here_process(live, here), f"Category {n}")])
    found = {"open": here}
    for name, area in (("far", spaces.area("Bielany", code="election-1", box=WARSAW)), ("nowhere", _nowhere())):
        process = budgets.finished_process(imported=True, state=ProcessState.ARCHIVED, area=area)
        pot = budgets.finished_pot(process, currency="PLN", options={"imported": True, "has_official": True, "meta": []})
        place = {"lon": 20.94, "lat": 52.29} if name == "far" else {"lon": None, "lat": None}
        winners = [budgets.project(pot, title={"pl": f"Drzewo {n}"}, official_selected=True, **place) for n in range(4)]
        budgets.project(pot, title={"pl": "Siłownia"}, official_selected=False, **place)
        found[name] = budgets.certified(pot, winners, imported=True)
    found["later"] = budgets.finished_pot()
    live.db.session.commit()
    return {name: str(pot.id) for name, pot in found.items()}


def here_process(live: Any, pot: Any) -> Any:
    """The process of a pot."""
    return live.db.session.get(spaces.Process, pot.process_id)


def _nowhere() -> Any:
    return spaces.area("Zandka, Zabrze", code="nowhere-1", box=(-180, -90, 180, 90))


PAGES = ("/budgets", "/budgets/{open}", "/budgets/{far}", "/budgets/{far}/result", "/budgets/{nowhere}/result")
PAGES = (*PAGES, "/budgets/{later}/result", "/budgets/{open}?q=nothing-like-this")


KINDS = [("ar", "light", DESK), ("en", "dark", PHONE)]


@pytest.mark.parametrize(("language", "scheme", "size"), KINDS)
def test_every_page_fits_and_axe_finds_nothing(
    new_page: Any, live: Any, pots: Any, language: str, scheme: str, size: Any
) -> None:
    page = new_page(viewport=size, color_scheme=scheme)
    for address in PAGES:
        url = address.format(**pots)
        page.goto(f"{live.url}{url}{'&' if '?' in url else '?'}lang={language}")
        page.wait_for_load_state("load")
        page.evaluate("document.fonts.ready")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], url
        assert axe(page) == [], url


def test_where_our_map_has_nothing_projects_stand_on_their_areas_outline(new_page: Any, live: Any, pots: Any) -> None:
    page = new_page(viewport=DESK)
    page.goto(f"{live.url}/budgets/{pots['far']}")
    page.locator(".map__border").wait_for(state="attached")
    page.locator(".map__status", has_text="Places on the map: 5").wait_for(state="attached")
    expect(page.locator(".map__ground")).to_have_count(0)
    box = page.locator(".map__border").bounding_box()
    frame = page.locator(".map").bounding_box()
    assert box["height"] > frame["height"] / 3
    expect(page.locator(".map")).not_to_contain_text("OpenStreetMap", use_inner_text=True)


def test_a_winner_on_the_map_has_a_sign_and_a_word(new_page: Any, live: Any, pots: Any) -> None:
    page = new_page(viewport=DESK)
    page.goto(f"{live.url}/budgets/{pots['far']}/result")
    page.locator(".map__status", has_text="Places on the map").wait_for(state="attached")
    page.wait_for_load_state("networkidle")  # a group that is opened closes again when the map changes its size
    page.locator(".map-cluster").first.click()
    page.locator(".map-pin--accepted").first.wait_for()
    assert ", Won" in page.locator(".map-pin--accepted").first.get_attribute("aria-label")


def test_everything_can_be_found_and_sorted_without_scripts(new_page: Any, live: Any, pots: Any) -> None:
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto(f"{live.url}/budgets/{pots['open']}")
    page.get_by_role("link", name="Dearest first").click()
    page.locator(".project-rows a").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto(f"{live.url}/budgets/{pots['far']}/result")
    page.get_by_role("link", name="Did not win").click()
    page.locator(".result-row").first.wait_for()
    expect(page.locator(".result-row")).to_have_count(1)


def test_a_phone_shows_no_line_for_what_a_review_does_not_say(new_page: Any, live: Any) -> None:
    process = spaces.process("Parks")
    for title, cost in (("A tunnel", None), ("A bench", 200_000)):
        budgets.review(proposals.proposal(process, title=title, answer_status="accepted"), cost=cost)
    member = accounts.staff(Role.COMMITTEE, process)
    live.db.session.commit()
    page = new_page(viewport=PHONE)
    sign_in_window(page, live, member)
    page.goto(f"/staff/budgets/feasibility/{process.id}?view=done")
    without, with_cost = (page.locator("tr", has_text=title).locator("[data-label=Cost]") for title in ("A tunnel", "A bench"))
    expect(without).to_be_hidden()
    expect(with_cost).to_be_visible()
    assert axe(page) == []


def test_each_review_leads_to_its_own_proposal_and_nothing_else_on_the_page_does(page: Any, live: Any) -> None:
    process = spaces.process("Parks", slug="parks")
    for title in ("A tunnel", "A bench"):
        budgets.review(proposals.proposal(process, title=title, answer_status="accepted"), reason={"en": f"{title}, why not."})
    live.db.session.commit()
    page.goto("/budgets/feasibility/parks")
    page.get_by_role("heading", level=1).click()
    assert page.url.endswith("/feasibility/parks")
    page.get_by_text("A bench, why not.").click(force=True)  # the link lies over its own row
    page.get_by_role("heading", name="A bench", level=1).wait_for()
