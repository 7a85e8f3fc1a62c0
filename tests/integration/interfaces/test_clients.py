"""Administrators let programs in on pages, and shut them out."""

import re
from uuid import UUID

import pytest
from sqlalchemy import select

from app.features.interfaces.commands import ChangeClient, RegisterClient
from app.features.interfaces.models import InterfaceClient
from app.features.interfaces.use_cases import change_client, register_client
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid
from app.kernel.permissions import ANONYMOUS, SYSTEM, Role
from tests.factories import interfaces, spaces


@pytest.fixture
def as_role(as_role, session):
    """The same, and the person is kept: a form that is refused undoes what is not."""

    def signed_in(role: Role, process=None):
        made = as_role(role, process)
        session.commit()
        return made

    return signed_in


FORM = {"name": "Consent desk", "contact": "desk@school.example", "scopes": ["service", "audit"], "per_minute": "60"}


def test_an_administrator_lets_a_program_in_and_sees_the_secret_once(as_role, session) -> None:
    administrator = as_role(Role.ADMINISTRATOR)
    page = administrator.post("/staff/interfaces/new", data=FORM)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    found = session.scalars(select(InterfaceClient)).one()
    secret = next(word for word in re.findall(r"<code[^>]*>([^<]+)</code>", page.text) if word != str(found.id))
    assert found.scopes == ["service", "audit"]
    assert secret not in administrator.get(f"/staff/interfaces/{found.id}").text
    sent = {"grant_type": "client_credentials", "client_id": str(found.id), "client_secret": secret}
    assert administrator.post("/oauth/token", data=sent).status_code == 200


def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(as_role) -> None:
    page = as_role(Role.ADMINISTRATOR).post("/staff/interfaces/new", data={**FORM, "contact": "nobody", "scopes": []})
    assert page.status_code == 422
    assert "This is not an e-mail address" in page.text
    assert "Choose what the program may do." in page.text
    assert 'value="Consent desk"' in page.text


def test_a_program_is_changed_and_its_tokens_lose_what_is_taken_away(as_role, client, session) -> None:
    program = interfaces.client(("usages", "service"))
    token = interfaces.token(program)
    page = as_role(Role.ADMINISTRATOR).post(f"/staff/interfaces/{program.id}/change", data=FORM)
    assert page.status_code == 302
    answer = client.get("/api/tracker/v2/usagePeriod", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403


def test_a_program_is_shut_out_with_a_reason_and_then_has_nothing_to_change(as_role, session) -> None:
    program = interfaces.client()
    administrator = as_role(Role.ADMINISTRATOR)
    address = f"/staff/interfaces/{program.id}/shut-out"
    assert administrator.post(address, data={"reason": ""}).status_code == 422
    assert administrator.post(address, data={"reason": "The contract has ended."}).status_code == 302
    assert "Shut out" in administrator.get(f"/staff/interfaces/{program.id}").text
    assert administrator.post(address, data={"reason": "Again"}).status_code == 404
    assert administrator.post(f"/staff/interfaces/{program.id}/secret").status_code == 404


def test_every_change_of_a_program_is_in_the_audit_log_without_its_secret(as_role, session) -> None:
    administrator = as_role(Role.ADMINISTRATOR)
    administrator.post("/staff/interfaces/new", data=FORM)
    program = session.scalars(select(InterfaceClient)).one()
    page = administrator.post(f"/staff/interfaces/{program.id}/secret")
    secret = next(word for word in re.findall(r"<code[^>]*>([^<]+)</code>", page.text) if word != str(program.id))
    administrator.post(f"/staff/interfaces/{program.id}/change", data={**FORM, "scopes": ["audit"]})
    administrator.post(f"/staff/interfaces/{program.id}/shut-out", data={"reason": "Enough."})
    entries = session.scalars(select(AuditEntry).where(AuditEntry.subject_id == program.id).order_by(AuditEntry.at)).all()
    assert [entry.action for entry in entries] == [
        "interface.registered",
        "interface.secret_renewed",
        "interface.changed",
        "interface.shut_out",
    ]
    assert entries[-1].reason == "Enough."
    assert all(secret not in str(entry.details) for entry in entries)
    assert {entry.actor_id for entry in entries} == {administrator.person.id}


def test_nobody_else_may(session, as_role) -> None:
    command = RegisterClient("A", "a@b.example", ("audit",), 60)
    with pytest.raises(Forbidden):
        register_client(session, ANONYMOUS, command)
    program = interfaces.client()
    with pytest.raises(Forbidden):
        change_client(session, ANONYMOUS, ChangeClient(program.id, command))
    assert as_role(Role.STEWARD, spaces.process()).get("/staff/interfaces").status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"scopes": ("everything",)}, "scopes"),
        ({"per_minute": 1_000_000}, "per_minute"),
        ({"process_ids": (UUID(int=3),)}, "process_ids"),
        ({"name": " "}, "name"),
    ],
)
def test_the_use_case_checks_again(session, change, field) -> None:
    right = {"name": "A", "contact": "a@b.example", "scopes": ("audit",), "per_minute": 60}
    with pytest.raises(Invalid) as refused:
        register_client(session, SYSTEM, RegisterClient(**{**right, **change}))
    assert set(refused.value.errors) == {field}


def test_the_list_says_when_a_program_last_asked(as_role, client, clock) -> None:
    program = interfaces.client(processes=(spaces.process(),))
    client.get("/api/tracker/v2/usagePeriod", headers=interfaces.bearer(program))
    page = as_role(Role.ADMINISTRATOR).get("/staff/interfaces").text
    assert program.name in page
    assert "never" not in page
