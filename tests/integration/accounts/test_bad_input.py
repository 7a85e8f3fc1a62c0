"""Whatever is typed or forged: a clear message, what was typed stays, never an accident."""

from urllib.parse import quote

import pytest
from flask import Flask

from app.extensions import db as database
from app.kernel.permissions import Role
from tests.factories import accounts, spaces
from tests.integration.accounts.conftest import PASSWORD

NASTY = {
    "null byte": "a\x00b",
    "overlong": "x" * 20_000,
    "emoji": "🐸👨‍👩‍👧‍👦",
    "right-to-left": "\u202eabc\u202c \u200fسلام\u2067x",
    "markup": "<script>alert(1)</script>\"'><b>",
    "template": "{{ 7*7 }} %(name)s {0}",
    "line breaks": "a\r\nBcc: eve@example.org\r\n\r\nb",
    "broken UTF-8": "%ff%fe%ed%a0%bd",
    "spaces": " \u00a0\u3000\u200b ",
    "empty": "",
    "number": "-1e999",
}
FORMS = {
    "/account/sign-in": ("email", "password", "next"),
    "/account/sign-in/link": ("email", "next"),
    "/account/sign-up": ("display_name", "email", "password", "next"),
    "/account/settings": ("display_name", "locale"),
    "/account/email": ("email", "current"),
    "/account/password": ("current", "password"),
    "/account/second-factor": ("code", "next"),
    "/account/second-factor/set-up": ("code", "next"),
    "/account/link/{token}": ("password", "then"),
    "/account/news": ("news",),
    "/mail/stop/{token}": ("again",),
    "/account/sign-out": ("everywhere",),
    "/staff/people/{person}/give": ("role", "process", "reason"),
    "/staff/people/{person}/take": ("role", "process", "reason"),
    "/staff/people/{person}/reset-second-factor": ("reason",),
}


def encoded(fields) -> str:
    """A form as a browser sends it; what is percent-encoded in NASTY already goes out as those very bytes."""
    pairs = [(key, one) for key, value in fields.items() for one in (value if isinstance(value, list) else [value])]
    return "&".join(f"{key}={one if one.startswith('%ff') else quote(one, safe='')}" for key, one in pairs)


SENSIBLE = {
    "email": "rosa@example.org",
    "password": PASSWORD,
    "display_name": "Rosa",
    "locale": "en",
    "code": "123456",
    "reason": "because",
    "role": "moderator",
}


@pytest.fixture
def browser(app: Flask, db):
    """An administrator's browser, which may post anywhere; accidents are shown as they would be in production."""
    process = spaces.process()
    administrator, person = accounts.staff(Role.ADMINISTRATOR), accounts.person()
    client = app.test_client()
    accounts.sign_in(client, administrator)
    token = accounts.link(person=person)
    database.session.commit()
    return client, {"person": str(person.id), "token": token}, {**SENSIBLE, "process": str(process.id)}


@pytest.mark.slow
@pytest.mark.parametrize("path", FORMS)
def test_no_field_of_any_form_causes_an_accident(browser, path) -> None:
    client, names, sensible = browser
    data = {key: sensible.get(key, "/") for key in FORMS[path]}
    for field in FORMS[path]:
        for kind, value in NASTY.items():
            assert_no_accident(client, path.format(**names), {**data, field: value}, (field, kind))
        assert_no_accident(client, path.format(**names), {**data, field: [NASTY["emoji"], "x"]}, (field, "repeated"))
        assert_no_accident(client, path.format(**names), {k: v for k, v in data.items() if k != field}, (field, "missing"))


def assert_no_accident(client, url: str, body, what: tuple[str, str]) -> None:
    """The form is answered with a page or a refusal, and nobody is sent to another host."""
    answer = client.post(url, data=encoded(body), content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (200, 302, 401, 404, 410, 422, 429), (what, answer.status_code)
    location = answer.headers.get("Location", "/")
    assert location.startswith("/"), what
    assert not location.startswith("//"), what


@pytest.mark.parametrize(
    "path", ["/account/sign-in?next=", "/account/sign-up?next=", "/staff/people?q=", "/staff/people?page="]
)
def test_no_address_causes_an_accident(browser, path) -> None:
    client, _names, _sensible = browser
    path, name = path.rstrip("=").split("?")
    for kind, value in NASTY.items():
        assert client.get(f"{path}?{encoded({name: value})}").status_code in (200, 302), kind


def test_markup_in_a_name_is_shown_as_it_was_typed(app, db) -> None:
    person = accounts.person(display_name="<b>Bold</b>")
    client = app.test_client()
    accounts.sign_in(client, person)
    page = client.get("/account/settings").get_data(as_text=True)
    assert "<b>Bold</b>" not in page
    assert "&lt;b&gt;Bold&lt;/b&gt;" in page


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@", "@example.org", "a b@c", "ada@example", "ada@exa mple.org\x00", "ä@example.org"]
)
def test_what_is_no_address_is_refused_beside_its_field_and_the_rest_stays(client, email) -> None:
    answer = client.post("/account/sign-up", data={"display_name": "Ada", "email": email, "password": PASSWORD})
    page = answer.get_data(as_text=True)
    if answer.status_code == 302:
        assert email == "ada@exa mple.org\x00"  # spaces and control characters that slipped in are taken out
        return
    assert answer.status_code == 422
    assert 'id="email-error"' in page
    assert 'value="Ada"' in page
    assert PASSWORD not in page


def test_every_form_is_refused_without_its_token(app, browser, monkeypatch) -> None:
    client, names, sensible = browser
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    for path in set(FORMS) - {"/mail/stop/{token}"}:
        assert client.post(path.format(**names), data=sensible).status_code == 400, path


def test_a_link_of_somebody_else_is_like_one_that_does_not_exist(client) -> None:
    assert client.get("/account/link/" + "x" * 43).status_code == 410
    assert client.get("/account/link/%00").status_code in (404, 410)
    assert client.get("/account/link/" + "ä" * 5000).status_code == 410
