"""Guardians and people with a code on a slip reach the receipt of an answer; nobody else does."""

import json
import re
import uuid
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.consents.commands import AskGuardian, NoteAge
from app.features.consents.models import Answer, ConsentEvent
from app.features.consents.use_cases import ask_guardian, give_code, note_age
from app.features.receipts.queries import made, receipt_of
from app.features.receipts.signing import KANTARA
from app.kernel.permissions import SYSTEM, Actor
from tests.factories import accounts, consents


def receipt_link(page: str) -> str:
    """The address of the first receipt on a page."""
    found = re.search(r'href="([^"]*/receipts/[^"]+)"', page)
    assert found is not None
    return found.group(1)


def test_with_the_code_of_a_slip_one_reads_and_takes_the_receipt(app: Flask, client: FlaskClient, session: Session) -> None:
    person = accounts.person()
    record = consents.consent(consents.agreement(), person)
    code = give_code(session, SYSTEM, person.id, app.config["SECRET_KEY"], code_id=uuid.uuid4())
    event_id = record.event_id
    session.commit()
    assert client.get(f"/my-data/receipts/{event_id}").status_code == 302
    cards = client.post("/my-data/code", data={"code": code}, follow_redirects=True).get_data(as_text=True)
    link = receipt_link(cards)
    assert link.endswith(str(event_id))
    assert "Consent given" in client.get(link).get_data(as_text=True)
    assert client.get(f"{link}/receipt-signed.jws").status_code == 200
    client.post("/my-data/code/leave")
    assert client.get(link).status_code == 302


def test_a_guardian_takes_the_receipt_of_what_they_said_and_it_names_neither_of_them(
    client: FlaskClient, session: Session, mailbox: Any, clock: Any
) -> None:
    young, agreement = accounts.person(), consents.agreement()
    actor = Actor(person_id=young.id)
    note_age(session, actor, NoteAge(young.id, clock.now.date().replace(year=clock.now.year + 2, day=1)))
    ask_guardian(session, actor, AskGuardian(agreement.id, young.id, "Gerda", "gerda@example.org", "en"))
    revision = str(agreement.current.id)
    session.commit()
    (letter,) = mailbox.to("gerda@example.org")
    link = next(word for word in letter.get_content().split() if "/my-data/guardian/link/" in word)
    done = client.post(
        link[link.index("/my-data") :],
        data={"language": "en", "name": "Mio", "address": "mio@example.org", "revision": revision, "answer": "yes"},
    ).get_data(as_text=True)
    page = client.get(receipt_link(done)).get_data(as_text=True)
    assert "A guardian, for a minor" in page
    assert client.get(f"{receipt_link(done)}/receipt-signed.jws").status_code == 200
    event = db.session().query(ConsentEvent).filter_by(answer=Answer.GIVEN).one()
    receipt = receipt_of(db.session(), event.id)
    assert receipt is not None
    said = json.loads(made(receipt, KANTARA).document)
    assert said["consentGiver"] == "guardian"
    assert not re.search("gerda|mio", json.dumps(said), re.IGNORECASE)
