"""The browser tests notice what they must notice: another host, an error, a broken policy, a page that is hard to use."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.support.browser import Watch, axe

pytestmark = pytest.mark.browser

START = "<!doctype html><html lang=en><title>A</title><main><h1>A</h1>"
PAGES = {
    "/good": f"{START}<p>A page.</p></main>",
    "/image": f'{START}<img alt="" src="http://example.org/a.png"></main>',
    "/fetch": f"{START}<script nonce=n>fetch('http://example.org/')</script></main>",
    "/error": f"{START}<script nonce=n>nothing.here()</script></main>",
    "/inline": f"{START}<script>document.title='B'</script></main>",
    "/style": f'{START}<p style="color:red">A</p></main>',
    "/hard": "<!doctype html><html><title>A</title><main><h1>A</h1><input><img src='data:,'></main>",
}


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """A tiny site with one good page and several bad ones."""
    import threading

    app = Flask("planted")
    for address, body in PAGES.items():
        headers = {"Content-Security-Policy": "default-src 'self'; script-src 'self' 'nonce-n'; connect-src *; img-src * data:"}
        app.add_url_rule(address, address.strip("/"), lambda body=body, headers=headers: (body, headers))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def watched(browser: Any, origin: str) -> Iterator[tuple[Any, Watch]]:
    """A window on the tiny site and its watch."""
    context = browser.new_context(base_url=origin)
    page = context.new_page()
    watch = Watch(origin)
    watch.attach(page)
    yield page, watch
    context.close()


@pytest.mark.parametrize(
    ("address", "noticed"),
    [
        ("/image", "asked another host: http://example.org/a.png"),
        ("/fetch", "asked another host: http://example.org/"),
        ("/error", "script error"),
        ("/inline", "Content Security Policy"),
        ("/style", "Content Security Policy"),
    ],
)
def test_a_page_that_misbehaves_is_noticed(watched: tuple[Any, Watch], address: str, noticed: str) -> None:
    page, watch = watched
    page.goto(address)
    page.wait_for_load_state("networkidle")
    with pytest.raises(AssertionError, match="the browser noticed"):
        watch.check()
    assert any(noticed in problem for problem in watch.problems), watch.problems


def test_a_good_page_is_left_alone(watched: tuple[Any, Watch]) -> None:
    page, watch = watched
    assert page.goto("/good").ok
    assert axe(page) == []
    watch.check()


def test_axe_finds_what_people_would_stumble_over(watched: tuple[Any, Watch]) -> None:
    page, _watch = watched
    page.goto("/hard")
    found = " ".join(axe(page))
    assert "html-has-lang" in found
    assert "label" in found
    assert "image-alt" in found
