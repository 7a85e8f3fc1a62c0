"""One key signs; it is made once, replaced when it is old, revoked with a reason, and published for good."""

import json
import logging

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.extensions import db as database
from app.features.receipts import signing
from app.features.receipts.commands import RevokeKey, RotateKey
from app.features.receipts.models import KeyState, Receipt, ReceiptKey
from app.features.receipts.nightly import keep_up
from app.features.receipts.queries import made, published_keys, receipt_of
from app.features.receipts.use_cases import KeyUnreadable, revoke_key, rotate_key, rotate_old_key, signing_key
from app.features.receipts.verifying import Outcome, keys_of, verify
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Forbidden, NotFound, Refused
from app.kernel.permissions import SYSTEM, Actor
from tests.factories import accounts, consents


def audited(session: Session) -> list[str]:
    return [one for one in session.scalars(select(AuditEntry.action).order_by(AuditEntry.at)) if one.startswith("receipt_key")]


def a_receipt() -> Receipt:
    record = consents.consent(consents.agreement())
    found = receipt_of(database.session(), record.event_id)
    assert found is not None
    return found


def test_two_workers_who_need_the_first_key_at_once_get_one(race) -> None:
    outcome = race(lambda: signing_key(database.session())[0].kid, times=6)
    assert outcome.errors == []
    assert len(set(outcome.results)) == 1
    with database.transaction() as session:
        assert len(session.scalars(select(ReceiptKey)).all()) == 1
        assert audited(session) == ["receipt_key.made"]


def test_of_two_who_replace_the_key_at_once_one_is_left(race) -> None:
    with database.transaction() as session:
        signing_key(session)
    outcome = race(lambda: rotate_key(database.session(), SYSTEM, RotateKey()).kid, times=4)
    assert outcome.results
    assert all(isinstance(error, Conflict) for error in outcome.errors)
    with database.transaction() as session:
        states = [key.state for key in session.scalars(select(ReceiptKey))]
        assert states.count(KeyState.ACTIVE) == 1


def test_the_database_keeps_a_second_active_key_out(session: Session) -> None:
    signing_key(session)
    pair = signing.new_key()
    session.add(ReceiptKey(kid=pair.kid, public=signing.public_of(pair), sealed_private="x"))
    with pytest.raises(IntegrityError):
        session.flush()


def test_the_private_half_is_sealed_and_forgotten_with_the_last_signature(session: Session) -> None:
    key, pair = signing_key(session)
    private = pair.as_dict(private=True)["d"]
    assert private not in key.sealed_private
    assert "d" not in key.public
    rotate_key(session, SYSTEM, RotateKey("a new year"))
    assert key.sealed_private == ""
    assert audited(session) == ["receipt_key.made", "receipt_key.ended", "receipt_key.made"]


def test_what_an_earlier_key_signed_stays_valid(session: Session, clock) -> None:
    receipt = a_receipt()
    clock.advance(days=3)
    rotate_key(session, SYSTEM, RotateKey())
    for format_ in (signing.ISO, signing.KANTARA):
        assert verify(made(receipt, format_).jws, published_keys(session)).outcome is Outcome.VALID
    assert verify(made(a_receipt(), signing.ISO).jws, published_keys(session)).outcome is Outcome.VALID


def test_a_server_whose_clock_is_behind_signs_no_time_before_the_key(session: Session, clock) -> None:
    clock.advance(seconds=20)
    key, _pair = signing_key(session)
    clock.advance(seconds=-20)
    receipt = a_receipt()
    assert receipt.issued_at == key.begins_at
    assert verify(made(receipt, signing.ISO).jws, published_keys(session)).outcome is Outcome.VALID


def test_a_key_is_replaced_after_a_year_and_not_before(session: Session, clock) -> None:
    first, _pair = signing_key(session)
    clock.advance(days=364)
    assert rotate_old_key(session) is None
    clock.advance(days=1)
    assert rotate_old_key(session) is not None
    assert first.state is KeyState.RETIRED
    assert rotate_old_key(session) is None


def test_nobody_but_the_system_touches_keys(session: Session) -> None:
    key, _pair = signing_key(session)
    for actor in (Actor(), Actor(person_id=accounts.person().id, is_administrator=True)):
        with pytest.raises(Forbidden):
            rotate_key(session, actor, RotateKey())
        with pytest.raises(Forbidden):
            revoke_key(session, actor, RevokeKey(key.kid, "why"))


def test_a_revocation_needs_a_key_of_ours_and_a_reason_and_happens_once(session: Session) -> None:
    key, _pair = signing_key(session)
    with pytest.raises(NotFound):
        revoke_key(session, SYSTEM, RevokeKey("nobody", "why"))
    with pytest.raises(Refused):
        revoke_key(session, SYSTEM, RevokeKey(key.kid, "  "))
    revoke_key(session, SYSTEM, RevokeKey(key.kid, "a backup was stolen"))
    assert key.sealed_private == ""
    with pytest.raises(Conflict):
        revoke_key(session, SYSTEM, RevokeKey(key.kid, "again"))
    assert audited(session) == ["receipt_key.made", "receipt_key.revoked"]


def test_after_a_revocation_the_night_signs_the_same_words_again(session: Session, clock) -> None:
    receipt = a_receipt()
    before = made(receipt, signing.ISO)
    clock.advance(days=1)
    revoke_key(session, SYSTEM, RevokeKey(receipt.key.kid, "a backup was stolen"))
    assert verify(before.jws, published_keys(session)).outcome is Outcome.REVOKED_KEY
    session.commit()
    assert keep_up(database.transaction) == 1
    after = made(database.session().get_one(Receipt, receipt.id), signing.ISO)
    assert after.document == before.document
    assert after.jws != before.jws
    assert verify(after.jws, published_keys(database.session())).outcome is Outcome.VALID
    assert keep_up(database.transaction) == 0


def test_another_secret_signs_nothing_and_stops_nobody_from_answering(
    session: Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    signing_key(session)
    monkeypatch.setattr(signing.vault, "_secret", b"another secret")
    with pytest.raises(KeyUnreadable):
        signing_key(session)
    with caplog.at_level(logging.CRITICAL):
        record = consents.consent(consents.agreement())
    assert receipt_of(session, record.event_id) is None
    assert "PLAZA_SECRET_KEY" in caplog.text
    rotate_key(session, SYSTEM, RotateKey("new secret key"))
    session.commit()
    assert keep_up(database.transaction) == 1
    assert receipt_of(database.session(), record.event_id) is not None


def test_whatever_is_wrong_with_a_receipt_stops_nobody_from_answering_and_no_other_receipt(
    session: Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    agreement, other = consents.agreement(), consents.agreement()
    with monkeypatch.context() as patch:
        patch.setattr("app.features.receipts.use_cases.issuing.data_of", lambda *_args, **_more: 1 / 0)
        with caplog.at_level(logging.CRITICAL):
            records = [consents.consent(agreement), consents.consent(other)]
    assert caplog.text.count("could not be made") == 2
    assert [receipt_of(session, record.event_id) for record in records] == [None, None]
    broken = dict(agreement.current.content)
    del broken["storage"]
    agreement.current.content = broken
    session.commit()
    assert keep_up(database.transaction) == 1
    session = database.session()
    assert [receipt_of(session, record.event_id) is not None for record in records] == [False, True]


def test_keys_are_published_with_their_times_and_revoked_ones_apart(client: FlaskClient, session: Session, clock) -> None:
    first, _pair = signing_key(session)
    clock.advance(days=1)
    second = rotate_key(session, SYSTEM, RotateKey())
    clock.advance(days=1)
    revoke_key(session, SYSTEM, RevokeKey(second.kid, "a backup was stolen"))
    third = rotate_key(session, SYSTEM, RotateKey())
    session.commit()
    response = client.get("/.well-known/jwks.json")
    assert response.headers["Cache-Control"] == "public, max-age=300"
    assert response.mimetype == "application/jwk-set+json"
    assert "Set-Cookie" not in response.headers
    found = json.loads(response.data)
    assert [key["kid"] for key in found["keys"]] == [third.kid, first.kid]
    assert [(key["kid"], key["reason"]) for key in found["revoked"]] == [(second.kid, "a backup was stolen")]
    assert all("d" not in key for key in found["keys"] + found["revoked"])
    assert "exp" not in found["keys"][0]
    assert set(keys_of(response.data)) == {first.kid, second.kid, third.kid}
    page = client.get("/receipts/keys").get_data(as_text=True)
    assert page.count("Signs now") == 1
    for words in (first.kid, second.kid, third.kid, "a backup was stolen", third.public["x"]):
        assert words in page


def test_before_the_first_receipt_there_is_no_key_and_both_pages_say_so(client: FlaskClient, db) -> None:
    assert json.loads(client.get("/.well-known/jwks.json").data) == {"keys": [], "revoked": []}
    assert "There is no key yet" in client.get("/receipts/keys").get_data(as_text=True)
