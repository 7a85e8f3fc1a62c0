"""Every page of the house, enumerated from the URL map.

Law 3: a GET never writes. Law 11: no third party. Law 12: the page contract.

An endpoint without sample data fails. `-k proposals` runs one room.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from app.extensions import db as database
from tests.samples.world import PLACES, Visit, World, place_of, visits_to, without_sample
from tests.support.contract import policy_header_problems, problems_of
from tests.support.laws import WroteWhileReading, is_exempt, refusing_writes

# Statements are the same in every language: one database is enough for the second.
LANGUAGES = ("en", pytest.param("ar", marks=pytest.mark.one_database("sqlite")))


@pytest.mark.parametrize("place", PLACES)
def test_every_page_has_sample_data(app: Flask, place: str) -> None:
    assert without_sample(app, place) == [], f"add them to tests/samples/{place}.py"


def test_every_endpoint_belongs_to_a_known_place(app: Flask) -> None:
    assert {place_of(view) for view in app.view_functions.values()} <= set(PLACES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.timeout(180)
def test_every_page_keeps_the_contract_and_writes_nothing(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, place: str, language: str
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    problems = [
        f"{visit.url} ({visit.viewer}, {language}): {problem}"
        for _endpoint, visit in visits_to(app, place, world)
        for problem in problems_with(world, visit, language)
    ]
    assert not problems, f"{len(problems)} problems:\n" + "\n".join(problems)


def problems_with(world: World, visit: Visit, language: str) -> Iterator[str]:
    """Everything that is wrong with one visit."""
    client = world.client(visit.viewer or "nobody")
    client.set_cookie("language", language)
    try:
        with refusing_writes(database.engine):
            response = client.get(visit.url)
    except WroteWhileReading as statement:
        yield f"writes while reading: {statement}"
        return
    finally:
        database.session.remove()
    if response.status_code != visit.status:
        where = f" ({response.headers['Location']})" if "Location" in response.headers else ""
        yield f"answers {response.status_code}{where} instead of {visit.status}"
        return
    yield from problems_with_answer(world.app, response, language)


def needs_no_token(app: Flask, action: str) -> bool:
    """Whether a form's address is a door without a token (law 5 lists them with their reasons)."""
    try:
        endpoint, _values = app.url_map.bind("localhost").match(urlsplit(action).path, method="POST")
    except HTTPException:
        return False
    return is_exempt(app, endpoint)


def problems_with_answer(app: Flask, response: TestResponse, language: str) -> Iterator[str]:
    """What is wrong with an answer: its policy, its type, and the page itself when it is one."""
    if response.mimetype == "text/html" and not 300 <= response.status_code < 400:  # nobody reads a redirection
        yield from policy_header_problems(response.headers.get("Content-Security-Policy"))
        html = response.get_data(as_text=True)
        yield from problems_of(html, language=language, csrf=True, exempt=lambda action: needs_no_token(app, action))
    if response.headers.get("X-Content-Type-Options") != "nosniff":
        yield "lets browsers guess the type of its content"
    if urlsplit(response.headers.get("Location", "")).netloc not in ("", "localhost"):
        yield f"sends the reader to another host: {response.headers['Location']}"


def test_a_place_without_samples_is_found() -> None:
    planted = Flask("planted")
    planted.add_url_rule("/new", "new-page", lambda: "new")
    planted.view_functions["new-page"].__module__ = "app.web.planted"
    assert without_sample(planted, "web") == ["new-page"]
