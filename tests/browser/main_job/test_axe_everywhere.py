"""axe-core looks at every kind of page of the small city, with no rule switched off, and finds nothing.

Of the addresses that the laws visit (tests/samples), the error pages and the forms sent empty, those are opened that are the
first of their endpoint; in English also those that show something that no page before has shown (`tests/support/shapes.py`), in
Arabic those that are the first for a kind of visitor and answer. None may be wider than the window: in English, light, on a
desk computer; in Arabic, dark, on a phone. axe-core looks at each on which something stands that no page before has shown, and
in English at each endpoint's first page: at everything but colours, if each element was looked at before.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import abort, request

from tests.browser.main_job.windows import Windows
from tests.samples import world as worlds
from tests.support.browser import CHROMIUM_FLAGS, DESK, PHONE, axe, bring_axe, chromium_path, sign_in_window
from tests.support.shapes import Shape, shapes_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LOOKS = {
    "English, light, desk": {"viewport": DESK, "locale": "en", "color_scheme": "light"},
    "Arabic, dark, phone": {"viewport": PHONE, "locale": "ar", "color_scheme": "dark"},
}
ERRORS = (400, 403, 404, 405, 410, 413, 429, 500, 503)
NO_PAGE = re.compile(
    r"^/(api/|scripts/|healthz|readyz|proposals/photos/|kiosk/handed/|\.well-known/)"
    r"|\.(csv|geojson|pdf|json(?:l|ld)?|jws|atom|md|jpg|png|svg|zip|pb|css)(\?|$)"
)
# A page is looked at once and left: compiling axe-core anew for it takes longer than what compiled code saves.
ONCE_FOR_EACH_PAGE = "--js-flags=--no-opt --no-maglev"
# Forms with something to fill in; a form that is only a button would do what it says.
SENT_EMPTY = """form => {
  for (const field of form.elements) {
    if (["radio", "checkbox"].includes(field.type)) field.checked = false;
    else if (!["hidden", "submit", "fieldset", "select-one"].includes(field.type)) field.value = "";
  }
  form.submit();
}"""


@pytest.fixture
def browser_for_many_pages(browser: Any) -> Iterator[Any]:
    """Chromium that runs scripts without compiling what runs often: an axe-core on each page costs a fifth less."""
    arguments = [*CHROMIUM_FLAGS, ONCE_FOR_EACH_PAGE]
    chromium = browser.browser_type.launch(executable_path=chromium_path(), args=arguments)
    yield chromium
    chromium.close()


class Tour:
    """One window for each kind of visitor, and what was wrong in them."""

    def __init__(self, live: Any, world: worlds.World, open_window: Windows, options: dict[str, Any]) -> None:
        self.live, self.world, self.open_window, self.options = live, world, open_window, options
        self.windows: dict[str, Any] = {}
        self.problems: list[str] = []
        self.seen = self.examined = 0
        self.known: set[Shape] = set()
        self.visited: set[str] = set()
        self.forms: dict[str, tuple[str, str]] = {}

    def window(self, viewer: str) -> Any:
        """The window of that visitor, signed in."""
        if viewer not in self.windows:
            page = self.open_window(**self.options)
            bring_axe(page)
            if viewer != worlds.NOBODY:
                person = self.world.person(viewer)
                sign_in_window(page, self.live, self.live.db.session.get(type(person), person.id))
            self.windows[viewer] = page
        return self.windows[viewer]

    def look(self, page: Any, where: str, *, anyway: bool = False) -> None:
        """Note whether the page must be scrolled sideways, and what axe finds where something new stands on it."""
        page.evaluate("document.fonts.ready")
        self.seen += 1
        shapes = shapes_of(page.content())
        new = bool(shapes - self.known)
        if anyway or new:
            self.examined += 1
            self.known |= shapes
            self.problems += [f"{where}: {line}" for line in axe(page, colours=new)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            self.problems.append(f"{where}: is wider than the window")

    def is_new(self, visit: worlds.Visit) -> bool:
        """Whether something stands on a page that no page before has shown: asked without a window, which takes a tenth."""
        client = self.world.client(visit.viewer or worlds.NOBODY)
        return bool(shapes_of(client.get(visit.url).text) - self.known)

    def visit(self, endpoint: str, visit: worlds.Visit) -> None:
        """Open one page of the samples and look at it."""
        viewer = visit.viewer or worlds.NOBODY
        page, where = self.window(viewer), f"{visit.url} ({viewer})"
        response = page.goto(visit.url, wait_until="load")
        assert "text/html" in response.headers.get("content-type", ""), f"{where} is no page"
        if visit.status < 300 or visit.status >= 400:
            assert response.status == visit.status, f"{where} answers {response.status} instead of {visit.status}"
        first = endpoint not in self.visited and self.options["locale"] == "en"
        self.visited.add(endpoint)
        self.look(page, where, anyway=first)
        if endpoint and page.locator("main form[method=post] .field").count():
            self.forms.setdefault(endpoint, (visit.url, viewer))

    def send_empty(self, url: str, viewer: str) -> bool:
        """Send the page's form with nothing in it; look at the page that comes back when that is not accepted."""
        page = self.window(viewer)
        page.goto(url)
        form = page.locator("main form[method=post]:has(.field)").first
        if not form.count():
            return False
        with page.expect_navigation() as navigation:
            form.evaluate(SENT_EMPTY)
        response = navigation.value
        if response.status < 400:
            return False
        self.look(page, f"{url} ({viewer}), sent empty")
        return response.status == 422


def pages(live: Any, world: worlds.World) -> Iterator[tuple[str, worlds.Visit]]:
    """Every visit of every room's samples that may show a page."""
    for place in worlds.PLACES:
        for endpoint, visit in worlds.visits_to(live.app, place, world):
            if not NO_PAGE.search(visit.url):
                yield endpoint, visit


@pytest.mark.usefixtures("no_midnight")
@pytest.mark.timeout(600)  # every page of the house, in one window; it ends long before on a machine that does nothing else
@pytest.mark.parametrize("options", LOOKS.values(), ids=LOOKS)
def test_axe_finds_nothing_on_any_page(
    live: Any, browser_for_many_pages: Any, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    if not live.db.is_sqlite:
        pytest.skip("pages look the same on every database; once is enough")
    monkeypatch.setitem(live.app.view_functions, "healthz", lambda: abort(int(request.args["code"])))
    world = worlds.build(live.app)
    live.db.session.commit()
    windows = Windows(browser_for_many_pages, live.url)
    tour = Tour(live, world, windows, options)
    kinds: set[tuple[object, ...]] = set()
    for endpoint, visit in pages(live, world):
        kind = (endpoint,) if options["locale"] == "en" else (endpoint, visit.viewer, visit.status)
        if kind not in kinds or (options["locale"] == "en" and tour.is_new(visit)):
            kinds.add(kind)
            tour.visit(endpoint, visit)
    for code in ERRORS:
        tour.visit("", worlds.Visit(f"/healthz?code={code}", status=code))
    expected = [f"a status of {code} " for code in ERRORS]  # Chromium logs each error page that we asked for
    windows.watch.problems = [one for one in windows.watch.problems if not any(words in one for words in expected)]
    refused = [endpoint for endpoint, where in tour.forms.items() if tour.send_empty(*where)]
    windows.close()
    assert not tour.problems, f"{len(tour.problems)} problems on {tour.seen} pages:\n" + "\n".join(tour.problems)
    assert tour.seen > 230
    assert tour.examined > 100
    assert len(refused) > 20
