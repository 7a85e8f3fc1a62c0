"""One answer brings the whole look, and a browser that has it does not ask again."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.web import stylesheet

STATIC = Path(__file__).parents[3] / "static"


@pytest.fixture(scope="module")
def browser() -> FlaskClient:
    """An application that has a style sheet and nothing else."""
    app = Flask("look", static_folder=str(STATIC))
    app.config.update(ENV_NAME="testing", TESTING=True)
    stylesheet.init_app(app)
    app.add_url_rule("/address", "address", stylesheet.stylesheet_url)
    return app.test_client()


def test_the_address_with_its_fingerprint_is_kept_for_a_year(browser: FlaskClient) -> None:
    answer = browser.get(browser.get("/address").text)
    assert answer.mimetype == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]


def test_an_old_address_still_brings_the_present_look_but_is_asked_for_again(browser: FlaskClient) -> None:
    answer = browser.get("/plaza.css?v=old")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    again = browser.get("/plaza.css?v=old", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_fonts_have_the_addresses_that_pages_preload(browser: FlaskClient) -> None:
    css = browser.get("/plaza.css").text
    assert 'url("/static/fonts/atkinson-hyperlegible-next-latin.woff2?v=' in css
    assert "../fonts" not in css
