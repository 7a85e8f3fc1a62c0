"""Programs are told of what their individuals answer, wherever they answer it: signed, by the outbox, to public hosts."""

import base64
import dataclasses
import hashlib
import hmac
import json
from contextlib import contextmanager
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.features.consents.models import DataAgreement
from app.features.interfaces.models import InterfaceClient, Webhook
from app.kernel import outbox, webhooks
from app.kernel.outbox import OutboxRow
from tests.factories import accounts, consents, interfaces
from tests.integration.interfaces.test_govstack import Program

HOOK = {
    "payloadUrl": "https://hooks.example/consent",
    "contentType": "application/json",
    "disabled": False,
    "secretKey": "s3cret",
}


@pytest.fixture
def sent(monkeypatch):
    """What was sent, and what the other side answers."""
    log = []

    def send(url, body, head, trusted=()):
        log.append((url, json.loads(body), head, body))
        return webhooks.Reply(status=send.status, body=b"")

    send.status = 204
    monkeypatch.setattr(webhooks, "send", send)
    return type("Sent", (), {"log": log, "answer": lambda self, status: setattr(send, "status", status)})()


@pytest.fixture
def program(client, db) -> Program:
    return Program(client)


def deliver(db) -> None:
    outbox.deliver_due(db.transaction)


def test_a_program_is_told_of_an_answer_that_was_given_on_a_page(program, sent, db) -> None:
    hook = program.ask("POST", "/config/webhook/", {"webhook": HOOK})["webhook"]
    assert hook["secretKey"] == ""
    agreement = consents.agreement(process=False, categories=("account",)).id
    resident = accounts.person(email="rosa@example.org").id
    db.session.commit()
    individual = program.individual(externalId="rosa@example.org", externalIdType="email")
    consents.consent(db.session.get(DataAgreement, agreement), db.session.get(accounts.Person, resident))
    db.session.commit()
    deliver(db)
    [(url, said, head, body)] = sent.log
    assert url == HOOK["payloadUrl"]
    assert said["type"] == "consent.given"
    assert said["data"]["individualId"] == individual
    assert said["data"]["dataAgreementId"] == str(agreement)
    assert str(resident) not in body.decode()
    signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + body
    mac = base64.b64encode(hmac.new(b"s3cret", signed, hashlib.sha256).digest()).decode()
    assert head["webhook-signature"] == f"v1,{mac}"


def test_nobody_is_told_of_residents_they_have_not_registered(program, sent, db) -> None:
    program.ask("POST", "/config/webhook/", {"webhook": HOOK})
    consents.consent(consents.agreement(categories=("account",)))
    db.session.commit()
    deliver(db)
    assert sent.log == []


def test_a_program_that_is_down_is_told_later_and_one_that_is_switched_off_not_at_all(program, sent, db, clock) -> None:
    hook = program.ask("POST", "/config/webhook/", {"webhook": HOOK})["webhook"]
    agreement = consents.agreement(process=False, categories=("account",)).id
    db.session.commit()
    individual = program.individual(externalId="42")
    sent.answer(503)
    program.ask("POST", f"/service/individual/record/data-agreement/{agreement}/", individualId=individual)
    for _ in range(20):
        deliver(db)
        clock.advance(hours=8)
    row = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "interfaces.webhook")).one()
    assert (row.delivered_at, row.gave_up_at) == (None, None), "down for a week is not given up"
    sent.answer(200)
    clock.advance(hours=7)
    db.session.commit()
    deliver(db)
    assert db.session.get(OutboxRow, row.id, populate_existing=True).delivered_at is not None
    program.headers = interfaces.bearer(program.row)
    program.ask("PUT", f"/config/webhook/{hook['id']}/", {"webhook": {**HOOK, "disabled": True, "secretKey": ""}})
    before = len(sent.log)
    program.ask("DELETE", "/service/individual/record/", individual=individual)
    deliver(db)
    assert len(sent.log) == before


def test_no_transaction_is_open_while_another_machine_is_spoken_to(program, sent, db, monkeypatch) -> None:
    program.ask("POST", "/config/webhook/", {"webhook": HOOK})
    agreement = consents.agreement(process=False, categories=("account",)).id
    db.session.commit()
    individual = program.individual(externalId="42")
    program.ask("POST", f"/service/individual/record/data-agreement/{agreement}/", individualId=individual)
    opened, while_sent, began = [], [], webhooks.send

    def send(*said):
        while_sent.append([one.in_transaction() for one in opened])
        return began(*said)

    @contextmanager
    def transaction():
        with db.transaction() as session:
            opened[:] = [session]
            yield session

    monkeypatch.setattr(webhooks, "send", send)
    outbox.deliver_due(transaction)
    assert while_sent == [[False]]


@pytest.mark.parametrize("change", [{"scopes": ["config"]}, {"process_ids": [str(uuid4())]}])
def test_a_program_that_may_know_less_by_now_is_told_nothing(program, sent, db, change) -> None:
    program.ask("POST", "/config/webhook/", {"webhook": HOOK})
    agreement = consents.agreement(categories=("account",)).id
    db.session.commit()
    individual = program.individual(externalId="42")
    program.ask("POST", f"/service/individual/record/data-agreement/{agreement}/", individualId=individual)
    client = db.session.get(InterfaceClient, program.row.id)
    for name, value in change.items():
        setattr(client, name, value)
    db.session.commit()
    deliver(db)
    assert sent.log == []


def test_a_changed_webhook_keeps_its_secret_unless_another_is_sent(program, db) -> None:
    hook = program.ask("POST", "/config/webhook/", {"webhook": HOOK})["webhook"]
    kept = db.session.scalars(select(Webhook.sealed_secret)).one()
    assert "s3cret" not in kept
    program.ask("PUT", f"/config/webhook/{hook['id']}/", {"webhook": {**HOOK, "secretKey": ""}})
    assert db.session.scalars(select(Webhook.sealed_secret)).one() == kept
    program.ask("DELETE", f"/config/webhook/{hook['id']}/")
    program.ask("GET", f"/config/webhook/{hook['id']}/", status=400)


@pytest.mark.parametrize(
    "change",
    [
        {"payloadUrl": "http://hooks.example/"},
        {"payloadUrl": "https://127.0.0.1/"},
        {"payloadUrl": "https://[::1]/"},
        {"payloadUrl": "file:///etc/passwd"},
        {"contentType": "text/xml"},
        {"secretKey": ""},
    ],
)
def test_what_cannot_be_told_safely_is_refused(program, change) -> None:
    program.ask("POST", "/config/webhook/", {"webhook": {**HOOK, **change}}, status=400)


def test_webhooks_of_another_program_are_not_there(program, client) -> None:
    hook = program.ask("POST", "/config/webhook/", {"webhook": HOOK})["webhook"]
    stranger = Program(client)
    stranger.ask("GET", f"/config/webhook/{hook['id']}/", status=400)
    stranger.ask("PUT", f"/config/webhook/{hook['id']}/", {"webhook": HOOK}, status=400)
    stranger.ask("DELETE", f"/config/webhook/{hook['id']}/", status=400)
    assert stranger.ask("GET", "/config/webhooks/")["webhooks"] == []


def test_settings_name_hosts_that_may_be_private(app, program, monkeypatch) -> None:
    settings = dataclasses.replace(app.config["SETTINGS"], webhook_hosts=("hooks.internal",))
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    program.ask("POST", "/config/webhook/", {"webhook": {**HOOK, "payloadUrl": "http://hooks.internal/in"}})
