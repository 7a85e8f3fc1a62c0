"""Programs show their secret and get tokens: OAuth 2 client credentials, and every way in which that is refused."""

import logging
from base64 import b64encode

import pytest
from sqlalchemy import select

from app.features.interfaces.models import InterfaceClient, InterfaceToken
from app.features.interfaces.use_cases import forget_what_is_over, revoke_client, rotate_secret
from app.kernel.permissions import SYSTEM
from tests.factories import interfaces

TOKEN = "/oauth/token"
GRANT = {"grant_type": "client_credentials"}


def basic(client_id: object, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()}


@pytest.fixture
def program(db) -> InterfaceClient:
    made = interfaces.client(("config", "service", "usages"))
    db.session.commit()
    return made


def test_a_program_gets_a_token_with_its_secret_in_the_header(client, program) -> None:
    answer = client.post(TOKEN, data=GRANT, headers=basic(program.id, program.secret_for_tests))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.get_json()
    assert body["token_type"] == "Bearer"
    assert body["scope"] == "config service usages"
    assert body["expires_in"] == 1800
    assert len(body["access_token"]) > 40


def test_a_program_gets_a_token_with_its_secret_in_the_form_and_fewer_scopes(client, program) -> None:
    form = {**GRANT, "client_id": str(program.id), "client_secret": program.secret_for_tests, "scope": "usages"}
    assert client.post(TOKEN, data=form).get_json()["scope"] == "usages"


def test_neither_the_secret_nor_a_token_is_kept_or_logged(client, program, session, caplog) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = client.post(TOKEN, data=GRANT, headers=basic(program.id, program.secret_for_tests))
    given = answer.get_json()["access_token"]
    kept = session.scalars(select(InterfaceToken)).one()
    assert given not in str(vars(kept))
    assert program.secret_for_tests not in program.secret_hash
    assert given not in caplog.text
    assert program.secret_for_tests not in caplog.text


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({**GRANT, "scope": "audit"}, "invalid_scope"),
        ({**GRANT, "scope": "everything"}, "invalid_scope"),
        ({**GRANT, "scope": ""}, "invalid_scope"),
        ({**GRANT, "resource": "https://elsewhere.example/api"}, "invalid_target"),
        ({**GRANT, "resource": "http://127.0.0.1:8000/api/nothing"}, "invalid_target"),
        ({**GRANT, "resource": "http://127.0.0.1:8000/api/tracker", "scope": "config"}, "invalid_target"),
        ({**GRANT, "client_secret": "twice"}, "invalid_request"),
        ({"grant_type": ["client_credentials", "password"]}, "invalid_request"),
    ],
)
def test_what_cannot_be_met_is_refused_with_the_code_of_the_standard(client, program, form, error) -> None:
    answer = client.post(TOKEN, data=form, headers=basic(program.id, program.secret_for_tests))
    assert (answer.status_code, answer.get_json()["error"]) == (400, error)
    assert answer.get_json()["error_description"]


def test_who_is_no_registered_program_is_refused_alike(client, program) -> None:
    answers = [
        client.post(TOKEN, data=GRANT),
        client.post(TOKEN, data=GRANT, headers=basic(program.id, "another secret")),
        client.post(TOKEN, data=GRANT, headers=basic("nobody", program.secret_for_tests)),
        client.post(TOKEN, data=GRANT, headers={"Authorization": "Basic !!!"}),
        client.post(TOKEN, data=GRANT, headers={"Authorization": "Bearer abc"}),
        client.post(TOKEN, data=GRANT, headers=basic(program.id, "x" * 5000)),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.get_json()["error_description"] for answer in answers} == {answers[0].get_json()["error_description"]}
    assert all(answer.headers["WWW-Authenticate"].startswith("Basic ") for answer in answers)


def test_guessing_secrets_is_slowed_down(client, program, clock) -> None:
    statuses = [client.post(TOKEN, data=GRANT, headers=basic(program.id, f"guess {n}")).status_code for n in range(12)]
    assert 429 in statuses
    waiting = client.post(TOKEN, data=GRANT, headers=basic(program.id, "one more guess"))
    assert waiting.status_code == 429
    assert int(waiting.headers["Retry-After"]) > 0
    # a client_id is no secret: who knows it cannot shut its program out
    assert client.post(TOKEN, data=GRANT, headers=basic(program.id, program.secret_for_tests)).status_code == 200


def test_right_secrets_are_never_slowed_down(client, program, clock) -> None:
    answers = [client.post(TOKEN, data=GRANT, headers=basic(program.id, program.secret_for_tests)) for _ in range(15)]
    assert {answer.status_code for answer in answers} == {200}


def opens(client, token: str) -> int:
    return client.get("/api/tracker/v2/usagePeriod", headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_token_opens_what_its_scopes_say(client, program) -> None:
    assert opens(client, interfaces.token(program)) == 200


def test_a_token_without_the_scope_is_refused_and_told_which_scope(client, program) -> None:
    answer = client.get("/api/tracker/v2/usagePeriod", headers=interfaces.bearer(program, "config"))
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    assert 'scope="usages"' in answer.headers["WWW-Authenticate"]


def test_an_expired_token_is_refused(client, program, clock) -> None:
    token = interfaces.token(program)
    clock.advance(minutes=29)
    assert opens(client, token) == 200
    clock.advance(minutes=2)
    assert opens(client, token) == 401


def test_a_token_for_another_interface_is_refused(client, program) -> None:
    assert opens(client, interfaces.token(program, audience="/api/tracker")) == 200
    answer = client.get(
        "/api/govstack/config/policies/", headers=interfaces.bearer(interfaces.client(), audience="/api/tracker")
    )
    assert answer.status_code == 401
    assert "another interface" in answer.headers["WWW-Authenticate"]


def test_a_token_that_is_a_jwt_of_somebody_elses_making_opens_nothing(client, program) -> None:
    def part(text: str) -> str:
        return b64encode(text.encode()).decode().rstrip("=")

    forged = ".".join((part('{"alg":"none"}'), part('{"scope":"usages"}'), ""))
    assert opens(client, forged) == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "bearer", "Token abc"])
def test_without_a_token_the_answer_says_how_to_send_one(client, program, header) -> None:
    answer = client.get("/api/tracker/v2/usagePeriod", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Plaza"'


def test_a_token_in_the_address_is_not_looked_at(client, program) -> None:
    assert client.get(f"/api/tracker/v2/usagePeriod?access_token={interfaces.token(program)}").status_code == 401


def test_a_session_opens_no_door_for_programs(as_role) -> None:
    assert as_role("administrator").get("/api/tracker/v2/usagePeriod").status_code == 401


def test_a_program_ends_its_own_token_and_nobody_elses(client, program) -> None:
    other = interfaces.client()
    mine, theirs = interfaces.token(program), interfaces.token(other)
    for given in (mine, theirs, "nothing like a token"):
        answer = client.post("/oauth/revoke", data={"token": given}, headers=basic(program.id, program.secret_for_tests))
        assert answer.status_code == 200
    assert opens(client, mine) == 401
    assert opens(client, theirs) == 200
    assert client.post("/oauth/revoke", data={"token": theirs}).status_code == 401


def test_another_secret_ends_the_old_one_and_every_token(client, program, session) -> None:
    old, token = program.secret_for_tests, interfaces.token(program)
    new = rotate_secret(session, SYSTEM, program.id)
    session.commit()
    assert opens(client, token) == 401
    assert client.post(TOKEN, data=GRANT, headers=basic(program.id, old)).status_code == 401
    assert client.post(TOKEN, data=GRANT, headers=basic(program.id, new)).status_code == 200


def test_a_program_that_is_shut_out_gets_nothing_any_more(client, program, session) -> None:
    token = interfaces.token(program)
    revoke_client(session, SYSTEM, program.id, "The contract has ended.")
    session.commit()
    assert opens(client, token) == 401
    assert client.post(TOKEN, data=GRANT, headers=basic(program.id, program.secret_for_tests)).status_code == 401


def test_tokens_that_ran_out_are_forgotten(program, session, clock) -> None:
    interfaces.token(program)
    clock.advance(minutes=31)
    interfaces.token(program)
    assert forget_what_is_over(session) == 1


def test_programs_find_the_addresses_by_themselves(client) -> None:
    found = client.get("/.well-known/oauth-authorization-server").get_json()
    assert found["issuer"] == "http://127.0.0.1:8000"
    assert found["token_endpoint"] == "http://127.0.0.1:8000/oauth/token"
    assert found["grant_types_supported"] == ["client_credentials"]
    assert client.get(found["service_documentation"].removeprefix(found["issuer"])).status_code == 200
