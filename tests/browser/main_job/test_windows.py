"""The windows of the main job notice what they promise to notice."""

from typing import Any

import pytest

from tests.browser.main_job.windows import Windows

pytestmark = pytest.mark.browser
HERE, ELSEWHERE = "http://127.0.0.1:9", "http://127.0.0.2:9"


@pytest.mark.parametrize(
    ("body", "noted"),
    [
        (f"<img alt='' src='{ELSEWHERE}/pixel.gif'>", f"asked another host: {ELSEWHERE}/pixel.gif"),
        ("<script>console.error('something broke')</script>", "console: something broke"),
        ("<script>throw new Error('nobody caught it')</script>", "script error: nobody caught it"),
        (
            "<meta http-equiv='Content-Security-Policy' content=\"style-src 'none'\"><p style='color: red'>x</p>",
            "violates the following Content Security Policy",
        ),
    ],
)
def test_a_page_that_misbehaves_is_noticed(browser: Any, body: str, noted: str) -> None:
    windows = Windows(browser, HERE)
    windows().goto(f"data:text/html,<!doctype html><title>x</title>{body}", wait_until="load")
    with pytest.raises(AssertionError, match="the browser noticed") as found:
        windows.close()
    assert noted in str(found.value)


def test_a_page_that_behaves_is_left_alone(browser: Any) -> None:
    windows = Windows(browser, HERE)
    windows().goto("data:text/html,<!doctype html><title>x</title><p>Nothing to see here.</p>")
    windows.close()
