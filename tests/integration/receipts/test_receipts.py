"""Receipts of one's own answers: signed as they are given, the same each time, for nobody else."""

import json
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.extensions import db as database
from app.features.consents.models import Answer
from app.features.consents.queries import timeline_of
from app.features.receipts.links import token_of
from app.features.receipts.models import Receipt
from app.features.receipts.queries import made, published_keys, receipt_of
from app.features.receipts.signing import ISO, KANTARA
from app.features.receipts.use_cases import issue_missing
from app.features.receipts.verifying import Outcome, verify
from app.web import voices
from tests.factories import accounts, consents, spaces
from tests.support.standards import standard, without_comments
from tests.unit.receipts.test_documents import complaints, pytestmark, unknown_terms  # noqa: F401  the same warnings

NAMES = ("receipt.jsonld", "receipt-signed.jws", "receipt-kantara.json", "receipt-kantara-signed.jws")


@contextmanager
def monkeypatched_time(**later: float) -> Iterator[None]:
    """Signed links look at the computer's own clock."""
    with pytest.MonkeyPatch.context() as patch:
        moment = time.time() + timedelta(**later).total_seconds()
        patch.setattr(time, "time", lambda: moment)
        yield


@pytest.fixture
def rosa(as_role) -> FlaskClient:
    """A resident who said yes."""
    client = as_role("resident")
    client.record = consents.consent(consents.agreement(), client.person)
    database.session.commit()
    return client


def address(client: FlaskClient, name: str = "") -> str:
    return f"/my-data/receipts/{client.record.event_id}{f'/{name}' if name else ''}"


def test_from_my_data_one_reaches_the_receipt_of_each_answer(rosa: FlaskClient) -> None:
    mine = rosa.get("/my-data").get_data(as_text=True)
    assert mine.count(f'href="{address(rosa)}"') == 2, "on the card and in the timeline"
    page = rosa.get(address(rosa)).get_data(as_text=True)
    for words in ("Consent given", "Planning department", "The planning department may contact me", "Consent of each person"):
        assert words in page
    for name in NAMES:
        assert address(rosa, name) in page


def test_the_same_bytes_come_each_time(rosa: FlaskClient, clock) -> None:
    before = [rosa.get(address(rosa, name)).data for name in NAMES]
    clock.advance(days=3)
    assert [rosa.get(address(rosa, name)).data for name in NAMES] == before
    assert len(database.session().scalars(select(Receipt)).all()) == 1


def test_every_file_is_what_it_is_called(rosa: FlaskClient) -> None:
    keys = published_keys(database.session())
    files = {name: rosa.get(address(rosa, name)) for name in NAMES}
    for name, response in files.items():
        assert name in response.headers["Content-Disposition"]
        assert response.headers["Cache-Control"] == "no-store"
    for signed, plain in (("receipt-signed.jws", "receipt.jsonld"), ("receipt-kantara-signed.jws", "receipt-kantara.json")):
        verdict = verify(files[signed].data, keys)
        assert verdict.outcome is Outcome.VALID
        assert verdict.payload == files[plain].data


def test_nobody_else_sees_a_receipt(rosa: FlaskClient, as_role, client: FlaskClient) -> None:
    for other in (as_role("resident"), as_role("administrator"), as_role("steward", spaces.process())):
        for name in ("", *NAMES):
            assert other.get(address(rosa, name)).status_code == 404
        assert other.post(address(rosa)).status_code == 404
    for name in ("", *NAMES):
        assert client.get(address(rosa, name)).status_code == 302
    assert rosa.get(address(rosa, "receipt.exe")).status_code == 404


def test_a_guardian_opens_the_receipt_by_a_link_for_a_day(app: Flask, rosa: FlaskClient, client: FlaskClient, clock) -> None:
    with app.app_context():
        link = f"/receipts/guardian/{token_of(rosa.record.event_id)}"
    assert "Consent given" in client.get(link).get_data(as_text=True)
    assert f"{link}/receipt-signed.jws" in client.get(link).get_data(as_text=True)
    assert client.get(f"{link}/receipt-signed.jws").data == rosa.get(address(rosa, "receipt-signed.jws")).data
    other = "A" if link[-10] != "A" else "B"
    assert client.get(f"{link[:-10]}{other}{link[-9:]}").status_code == 404
    assert client.get("/receipts/guardian/nonsense").status_code == 404
    with monkeypatched_time(days=2):
        assert client.get(link).status_code == 404


def test_whoever_is_known_in_another_way_sees_their_receipt_and_no_others(
    rosa: FlaskClient, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [rosa.person.id]
    monkeypatch.setattr(voices, "_known", [lambda: known[0]])
    assert "Consent given" in client.get(address(rosa)).get_data(as_text=True)
    known[0] = accounts.person().id
    assert client.get(address(rosa)).status_code == 404
    known[0] = None
    assert client.get(address(rosa)).status_code == 302


def test_a_receipt_says_no_more_about_the_person_than_it_must(rosa: FlaskClient) -> None:
    whole = b"".join(rosa.get(address(rosa, name)).data for name in NAMES[::2]).decode()
    for secret in (rosa.person.display_name, rosa.person.email, str(rosa.person.id)):
        assert secret not in whole


def test_two_receipts_of_one_person_cannot_be_laid_side_by_side(session: Session) -> None:
    person = accounts.person()
    agreements = [consents.agreement(), consents.agreement()]
    subjects = []
    for agreement in (*agreements, agreements[0]):
        record = consents.consent(agreement, person)
        found = receipt_of(session, record.event_id)
        assert found is not None
        subjects.append(json.loads(made(found, KANTARA).document)["piiPrincipalId"])
    assert len(set(subjects)) == 2
    assert subjects[0] == subjects[2]


def validate(receipt: Receipt) -> None:
    iso, kantara = (json.loads(made(receipt, format_).document) for format_ in (ISO, KANTARA))
    schema = json.loads(without_comments(standard("kantara-consent-receipt-1.1-schema.json").read_text(encoding="utf-8")))
    jsonschema.Draft4Validator(schema).validate(kantara)
    assert complaints(iso) == ""
    assert unknown_terms(iso) == set()


def test_a_receipt_of_every_event_validates(session: Session, every_event) -> None:
    """Given, refused, withdrawn, renewed, expired, for a minor by a guardian, and an objection to a public task."""
    answers = {event.answer for event in every_event}
    assert answers == set(Answer)
    for event in every_event:
        receipt = receipt_of(session, event.id)
        if event.answer is Answer.ASKED:
            assert receipt is None
            continue
        assert receipt is not None, event.answer
        validate(receipt)
        for format_ in (ISO, KANTARA):
            assert verify(made(receipt, format_).jws, published_keys(session)).outcome is Outcome.VALID
        assert json.loads(made(receipt, KANTARA).document)["consentEvent"] == event.answer.value
        assert json.loads(made(receipt, KANTARA).document)["notice"] == event.shown_text


def test_an_answer_without_a_receipt_gets_one_by_a_click_or_at_night(rosa: FlaskClient) -> None:
    session = database.session()
    session.delete(receipt_of(session, rosa.record.event_id))
    session.commit()
    page = rosa.get(address(rosa)).get_data(as_text=True)
    assert "not signed yet" in page
    assert rosa.get(address(rosa, "receipt-signed.jws")).status_code == 404
    assert rosa.post(address(rosa)).status_code == 302
    assert rosa.post(address(rosa)).status_code == 302
    assert rosa.get(address(rosa, "receipt-signed.jws")).status_code == 200
    session = database.session()
    session.delete(receipt_of(session, rosa.record.event_id))
    session.flush()
    assert issue_missing(session) == 1
    assert issue_missing(session) == 0


def test_two_who_sign_the_same_answer_at_once_make_one_receipt(race) -> None:
    with database.transaction() as session:
        record = consents.consent(consents.agreement())
        event_id, person_id = record.event_id, record.person_id
        session.delete(receipt_of(session, event_id))
    outcome = race(lambda: issue_missing(database.session()), times=4)
    assert outcome.errors == []
    with database.transaction() as session:
        assert len(session.scalars(select(Receipt).where(Receipt.person_id == person_id)).all()) == 1


def test_receipts_are_in_what_one_takes_along(rosa: FlaskClient) -> None:
    with rosa.post("/my-data/everything.zip") as response:
        file = zipfile.ZipFile(BytesIO(response.data))
    rows = json.loads(file.read("everything.json"))["data"]["receipts"]
    assert len(rows) == 1
    for column in ("iso_27560_jws", "kantara_jws"):
        assert verify(rows[0][column], published_keys(database.session())).outcome is Outcome.VALID
    assert "receipts.csv" in file.namelist()


def test_a_public_screen_offers_no_files(rosa: FlaskClient) -> None:
    rosa.get("/kiosk")
    page = rosa.get(address(rosa)).get_data(as_text=True)
    assert "Consent given" in page
    assert "This screen gives out no files" in page
    assert [name for name in NAMES if name in page] == []


def test_the_timeline_and_the_receipts_are_of_the_same_answers(rosa: FlaskClient) -> None:
    session = database.session()
    events = [event.id for event in timeline_of(session, rosa.person.id) if event.answer is not Answer.ASKED]
    receipts = session.scalars(select(Receipt.event_id).where(Receipt.person_id == rosa.person.id)).all()
    assert set(receipts) == set(events)
