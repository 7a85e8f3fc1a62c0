"""A real Chromium, and the application in a thread of this process for it to look at.

`live` serves the application with real commits, emptied after each test; the test builds its data with the same factories
as everywhere and commits (`live.db.session.commit()`). `page` is a new, clean browser window that fails the test when a
page asks another host for something, logs an error or breaks its content security policy.
"""

import contextlib
import io
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.serving import make_server
from werkzeug.wsgi import ClosingIterator

from app.kernel.database import Database
from tests.support.services import missing

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

AXE = Path(__file__).parents[1] / "vendor" / "axe" / "axe.min.js"
# The shell is the same Chromium without menus and tabs: a new window costs a third.
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # whatever a page asks for elsewhere, it does not get
]
PHONE = {"width": 360, "height": 740}
TABLET = {"width": 768, "height": 1024}
DESK = {"width": 1280, "height": 900}
KIOSK = {"width": 1080, "height": 1920}


def chromium_path() -> str:
    """Where Chromium is: PLAZA_CHROMIUM, or the first known name on the path. Without one, the test is skipped or fails."""
    named = os.environ.get("PLAZA_CHROMIUM")
    found = named or next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)
    if not found or not Path(found).exists():
        missing("There is no Chromium", "Install it (Debian: apt-get install chromium) or name it in PLAZA_CHROMIUM")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for all browser tests of this process."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=10_000)  # as patient as the windows are with clicks
    path = chromium_path()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Live:
    """A running application: its address, the app, and its database for building data (commit what the pages should see)."""

    url: str
    app: Flask
    db: Database


def whole_answers(app: "WSGIApplication") -> "WSGIApplication":
    """The application, with each request read to its end before it is answered, and each answer complete before it leaves.

    Werkzeug's server leaves the file open that it was sending when a browser goes on to the next page, and breaks the
    connection where an answer comes before the whole request was read. Servers for real use do neither.
    """

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(length))
        with contextlib.closing(ClosingIterator(app(environ, start_response))) as body:
            return [b"".join(body)]

    return answer


@pytest.fixture
def live(app: Flask, committing_db: Database) -> Iterator[Live]:
    """The application served on a free port by threads of this process; the database is emptied afterwards."""
    server = make_server("127.0.0.1", 0, whole_answers(app), threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Live(f"http://127.0.0.1:{server.server_port}", app, committing_db)
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()


@dataclass
class Watch:
    """What a window did that no window of ours may do."""

    origin: str
    problems: list[str] = field(default_factory=list)

    def attach(self, page: Any) -> None:
        """Listen to a page. Requests are watched, not intercepted, so that caches work as in life; one to another host leads
        nowhere (`CHROMIUM_FLAGS`) and is noted.
        """
        page.on("console", lambda message: self._note(f"console: {message.text}") if message.type == "error" else None)
        page.on("pageerror", lambda error: self._note(f"script error: {error}"))
        page.on("request", self._asked)

    def _asked(self, request: Any) -> None:
        if urlsplit(request.url).scheme not in ("data", "blob") and not request.url.startswith(f"{self.origin}/"):
            self._note(f"asked another host: {request.url}")

    def _note(self, problem: str) -> None:
        # A page that answers 4xx on purpose makes Chromium log that answer, and so does a line that a test has cut; the test
        # itself looks at what follows.
        if not any(words in problem for words in ("the server responded with a status of 4", "net::ERR_INTERNET_DISCONNECTED")):
            self.problems.append(problem)

    def check(self) -> None:
        """Raise AssertionError when anything was noted."""
        assert not self.problems, "the browser noticed:\n" + "\n".join(self.problems)


@pytest.fixture
def new_page(browser: Any, live: Live) -> Iterator[Callable[..., Any]]:
    """`new_page(viewport=PHONE, java_script_enabled=False, locale="ar")`: a window of its own, with its own cookies."""
    contexts = []
    watch = Watch(live.url)

    def open_window(**options: Any) -> Any:
        context = browser.new_context(**{"base_url": live.url, "viewport": DESK, "locale": "en", **options})
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        watch.attach(page)
        return page

    yield open_window
    for context in contexts:
        context.close()
    watch.check()


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    """A window of a desk computer, in English."""
    return new_page()


def axe(page: Any, within: str | None = None, *, colours: bool = True) -> list[str]:
    """Everything axe-core finds on the page as it is now, no rule switched off; empty is what we want.

    Without `colours` contrasts are left out, half of the work: for pages on which each element was looked at before.
    """
    # Evaluated by the debugger and not as a script of the page: the content security policy stays as it is.
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8") + "\n;null")
    # Every rule runs; of what is in order axe need not write down each element. It fetches and copies all style sheets for one
    # rule that is an experiment and off; sounds and films are all that it must fetch for the others.
    options = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}
    if not colours:
        options["rules"] = {"color-contrast": {"enabled": False}}
    found = page.evaluate(
        "async ([within, options]) => (await axe.run(within || document, options)).violations", [within, options]
    )
    return [
        f"{violation['id']} ({violation['impact']}): {violation['help']} — "
        + "; ".join(" ".join(map(str, node["target"])) for node in violation["nodes"][:5])
        for violation in found
    ]


def bring_axe(page: Any) -> None:
    """Have axe-core ready on every page of this window: for hundreds of pages, sending it takes as long as running it."""
    page.context.add_init_script(path=AXE)


def sign_in_window(page: Any, live: Live, person: Any) -> None:
    """Sign `person` into the window by giving it the cookie of a signed-in client, second factor passed."""
    from tests.factories import accounts

    client = live.app.test_client()
    accounts.sign_in(client, person)
    live.db.session.commit()
    cookie = client.get_cookie(live.app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None, "signing in gave no cookie"
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live.url}])


def at_rest(page: Any) -> str:
    """What stands on the page in the end: one of an earlier visit to a public screen leads on to the start by itself."""
    from playwright.sync_api import Error

    for _ in range(50):
        with contextlib.suppress(Error):  # it is on its way
            page.wait_for_load_state()
            return str(page.content())
        page.wait_for_timeout(100)
    raise AssertionError("no page stands still")
