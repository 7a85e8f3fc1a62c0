"""Law 5: every endpoint declares who may use it, and whoever may not gets nothing. Forms carry a token against forgery."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask.views import MethodView
from flask_wtf import CSRFProtect
from werkzeug.routing import AnyConverter, Rule

from app.kernel.permissions import GRANTS, Permission, Role
from app.web.access import public, requires, signed_in
from tests.samples import world as worlds
from tests.support.laws import is_exempt, undeclared

ANYTHING = {"uuid": UUID(int=1), "int": 1, "float": 1.0, "default": "x", "string": "x", "path": "x"}


def test_every_endpoint_says_who_may_use_it(app: Flask) -> None:
    assert undeclared(app) == []


def test_an_endpoint_that_says_nothing_is_found() -> None:
    planted = Flask("planted")
    planted.add_url_rule("/open", "open", public(lambda: "open"))
    planted.add_url_rule("/mine", "mine", signed_in(lambda: "mine"))
    planted.add_url_rule("/staff", "staff", requires(Permission.MODERATE)(lambda: "staff"))
    planted.add_url_rule("/silent", "silent", lambda: "silent", methods=["GET", "POST"])
    assert undeclared(planted) == ["silent (GET /silent)", "silent (POST /silent)"]


def test_a_method_of_a_class_that_says_nothing_is_found() -> None:
    class Things(MethodView):
        @public
        def get(self) -> str:
            return "things"

        def post(self) -> str:
            return "made"

    planted = Flask("planted")
    planted.add_url_rule("/things", view_func=Things.as_view("things"))
    assert undeclared(planted) == ["things (POST /things)"]


def test_every_permission_is_held_by_somebody() -> None:
    held = set().union(*GRANTS.values())
    assert set(Permission) - held - {Permission.MAIL_READ} == set()


def some_address(app: Flask, rule: Rule) -> str:
    """An address of this rule that names nothing in particular."""
    names = {type_: name for name, type_ in app.url_map.converters.items()}
    values = {
        name: sorted(converter.items)[0] if isinstance(converter, AnyConverter) else ANYTHING.get(names[type(converter)], "x")
        for name, converter in rule._converters.items()
    }
    return app.url_map.bind("localhost").build(rule.endpoint, values, method=next(iter(rule.methods or {"GET"})))


def guarded(app: Flask) -> list[tuple[Rule, str, object]]:
    """Every rule and method that is not public, with what it declares."""
    return [
        (rule, method, access)
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in worlds.WITHOUT_SAMPLE
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if (access := worlds.access_of(app.view_functions[rule.endpoint], method)) not in (None, "public")
    ]


def let_in(app: Flask, client: FlaskClient, *, signed_in_person: bool) -> list[str]:
    """Guarded addresses that answer somebody who may not use them with anything but a refusal."""
    found = []
    for rule, method, access in guarded(app):
        if signed_in_person and access == "signed in":
            continue
        url = some_address(app, rule)
        response = client.open(url, method=method)
        refused = response.status_code in (401, 403, 404) or (
            response.status_code in (302, 303) and not signed_in_person and "sign-in" in response.headers["Location"]
        )
        if not refused:
            found.append(f"{method} {url}: {response.status_code} {response.headers.get('Location', '')}")
    return found


def test_nobody_gets_in_without_signing_in(app: Flask, client: FlaskClient) -> None:
    assert let_in(app, client, signed_in_person=False) == []


def test_a_resident_finds_no_staff_page(app: Flask, as_role) -> None:
    assert let_in(app, as_role("resident"), signed_in_person=True) == []


def test_an_endpoint_that_declares_a_guard_it_does_not_keep_is_found(app: Flask, client: FlaskClient) -> None:
    planted = Flask("planted")

    def staff_only() -> str:
        return "secrets"

    staff_only.__access__ = Permission.MODERATE  # type: ignore[attr-defined]
    planted.add_url_rule("/secrets/<uuid:process_id>", view_func=staff_only)
    assert len(let_in(planted, planted.test_client(), signed_in_person=True)) == 1


# Doors without a token, each with its reason. A new one is a decision, and belongs here.
WITHOUT_TOKEN = {
    "kiosk.reset": "a stale page must forget its visitor too; asks for the token wherever the browser is no public screen",
    "kiosk.here": "says that somebody is at a public screen, and does nothing else",
    "kiosk.lower": "moves what is tapped on this screen; a stale page must be able to",
    "choose_theme": "changes a colour in this browser; a token would need a session for everybody who only reads",
    "notifications.stop_now": "mail programs post here themselves (RFC 8058); the signed address is the permission",
    "newsletters.stop_now": "mail programs post here themselves (RFC 8058); the signed address is the permission",
    "interfaces_oauth.token": "a program shows its secret; a browser's cookie is not looked at",
    "interfaces_oauth.revoke": "a program shows its secret; a browser's cookie is not looked at",
    "proposals_authoring.create": "checks its token itself, so that a page that was open for too long keeps what was typed",
    "proposals_authoring.save": "checks its token itself, so that a page that was open for too long keeps what was typed",
}


def test_every_door_without_a_token_has_a_reason(app: Flask) -> None:
    without = {rule.endpoint for rule in app.url_map.iter_rules() if is_exempt(app, rule.endpoint)}
    assert {endpoint for endpoint in without if not opened_by_a_token(app, endpoint)} <= set(WITHOUT_TOKEN)


def opened_by_a_token(app: Flask, endpoint: str) -> bool:
    """Whether only the header of a registered program opens it: no browser sends that by itself, so nothing can be forged."""
    view = app.view_functions[endpoint]
    methods = getattr(view, "methods", None) or {"GET"}
    return all(str(worlds.access_of(view, method)).startswith("token ") for method in methods)


@pytest.mark.parametrize("address", ["/proposals/new", f"/proposals/{UUID(int=1)}/edit"])
def test_a_form_that_checks_its_token_itself_refuses_without_one(
    app: Flask, as_role, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert as_role("resident").post(address, data={"title": "A bench"}).status_code in (400, 404, 422)


def without_token(app: Flask) -> list[str]:
    """Addresses that change something for a browser which sends no token (exempt: doors without a session)."""
    found = []
    for rule in app.url_map.iter_rules():
        if is_exempt(app, rule.endpoint):
            continue
        found += [
            f"{method} {rule.rule}: {status}"
            for method in sorted((rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"})
            if (status := app.test_client().open(some_address(app, rule), method=method).status_code) not in (400, 404)
        ]
    return found


def test_a_form_without_its_token_changes_nothing(app: Flask, db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert without_token(app) == []


def test_an_unprotected_form_is_found() -> None:
    planted = Flask("planted")
    planted.config.update(SECRET_KEY="planted", WTF_CSRF_CHECK_DEFAULT=False)
    CSRFProtect(planted)
    planted.add_url_rule("/change", "change", lambda: "changed", methods=["POST"])
    assert without_token(planted) == ["POST /change: 200"]


@pytest.mark.parametrize("role", Role)
def test_every_role_opens_the_staff_area(role: Role) -> None:
    assert Permission.STAFF_AREA in GRANTS[role]
