"""`/receipts/verify` and `flask receipts verify`: for anybody, without an account; nothing is kept."""

import json
import logging
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.extensions import db as database
from app.features.receipts import signing
from app.features.receipts.commands import RevokeKey, RotateKey
from app.features.receipts.models import Receipt
from app.features.receipts.queries import Made, made, receipt_of
from app.features.receipts.use_cases import revoke_key, rotate_key
from app.features.receipts.verifying import TOO_LARGE
from app.kernel.model import Model
from app.kernel.permissions import SYSTEM
from tests.factories import consents
from tests.factories import receipts as factory
from tests.support.furniture import HOUSE

SCRIPT = HOUSE / "docs" / "consent" / "verify_receipt.py"


@pytest.fixture
def receipt(session: Session) -> Receipt:
    """The receipt of somebody's yes."""
    found = receipt_of(session, consents.consent(consents.agreement()).event_id)
    assert found is not None
    session.commit()
    return found


@pytest.fixture
def iso(receipt: Receipt) -> Made:
    """It as JSON-LD, plain and signed."""
    return made(receipt, signing.ISO)


def paste(client: FlaskClient, text: str | bytes) -> str:
    """The page that answers."""
    response = client.post("/receipts/verify", data={"text": text})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    return response.get_data(as_text=True)


def test_a_receipt_that_is_pasted_is_valid_and_read_out(client: FlaskClient, iso: Made, receipt: Receipt) -> None:
    page = paste(client, iso.jws)
    for words in (">Valid<", "Consent given", "Planning department", receipt.key.kid, "may contact me about this topic"):
        assert words in page
    kantara = paste(client, made(receipt, signing.KANTARA).jws)
    for words in (">Valid<", "Consent given", "Planning department", "may contact me about this topic"):
        assert words in kantara


def test_a_receipt_that_is_uploaded_is_valid(client: FlaskClient, iso: Made) -> None:
    sent = {"file": (BytesIO(iso.jws.encode() + b"\n"), "receipt-signed.jws"), "text": ""}
    assert ">Valid<" in client.post("/receipts/verify", data=sent).get_data(as_text=True)


def test_one_letter_is_enough_to_be_altered(client: FlaskClient, iso: Made) -> None:
    place = len(iso.jws) // 2
    other = "A" if iso.jws[place] != "A" else "B"
    page = paste(client, iso.jws[:place] + other + iso.jws[place + 1 :])
    assert ">Altered<" in page
    assert ">Valid<" not in page


def test_without_a_signature_our_records_answer(client: FlaskClient, iso: Made, receipt: Receipt) -> None:
    assert "The same as in our records" in paste(client, iso.document)
    pretty = json.dumps(json.loads(made(receipt, signing.KANTARA).document), indent=4)
    assert "The same as in our records" in paste(client, pretty)
    changed = iso.document.replace(b"ConsentGiven", b"ConsentRefused")
    assert changed != iso.document
    assert ">Altered<" in paste(client, changed)
    stranger = json.loads(iso.document)
    stranger["header"]["dct:identifier"] = "00000000-0000-4000-8000-000000000000"
    assert ">No signature<" in paste(client, json.dumps(stranger))


def test_what_is_not_ours_is_named(client: FlaskClient, iso: Made) -> None:
    own = signing.new_key()
    assert ">Unknown key<" in paste(client, factory.signed(own))
    head = factory.signed(own).split(".")[0]
    assert ">Not a receipt<" in paste(client, head)
    assert ">Not a receipt<" in paste(client, "I hereby say yes")
    assert ">Too large<" in paste(client, "A" * (TOO_LARGE + 5))
    none = "eyJhbGciOiJub25lIn0." + iso.jws.split(".")[1] + "."
    assert ">Not signed as we sign<" in paste(client, none)


def test_a_revoked_key_is_named_with_its_reason_and_our_records_still_answer(
    client: FlaskClient, iso: Made, receipt: Receipt, session: Session
) -> None:
    revoke_key(session, SYSTEM, RevokeKey(receipt.key.kid, "a backup was stolen"))
    session.commit()
    page = paste(client, iso.jws)
    assert "The key was revoked" in page
    assert "a backup was stolen" in page
    assert "holds a receipt of this number that says exactly the same" in page


def test_nothing_at_all_is_asked_for_beside_the_field(client: FlaskClient, db) -> None:
    response = client.post("/receipts/verify", data={"text": "  "})
    assert response.status_code == 422
    assert "Paste a receipt, or choose its file." in response.get_data(as_text=True)


def test_what_a_stranger_pastes_is_shown_as_text(client: FlaskClient, db) -> None:
    said = factory.data(processing={"title": factory.Text("<script>alert(1)</script>", "en")})
    page = paste(client, factory.signed(signing.new_key(), said=said))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "which may be wrong" in page


@pytest.mark.parametrize(
    "odd",
    [
        {"@context": 1, "header": 1, "processing": [1, {"dct:title": [[]]}], "event": None, "pii": "x", "party": {}},
        {"@context": {}, "header": {"dct:identifier": {"@value": 5}}, "event": {"dpv:hasLegalBasis": [1, [2], {}]}},
        {"consentReceiptID": 7, "consentTimestamp": True, "services": {"purposes": {"purpose": ["", None, "a"]}}},
        {"consentReceiptID": "x", "consentTimestamp": 9007199254740991, "notice": "\u202e%(evil)s %s", "language": '"><b>'},
        {"consentReceiptID": "\u0000", "piiPrincipalId": "a" * 3000, "services": [{"purposes": [{"purpose": "x"}] * 50}] * 50},
    ],
)
def test_odd_documents_are_read_as_far_as_they_go(client: FlaskClient, db, odd: dict[str, object]) -> None:
    assert ">No signature<" in paste(client, json.dumps(odd))


def rows_of(session: Session) -> dict[str, int]:
    return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in Model.metadata.sorted_tables}


def test_nothing_is_stored_and_nothing_is_logged(
    client: FlaskClient, iso: Made, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    session.commit()
    before = rows_of(database.session())
    with caplog.at_level(logging.DEBUG):
        paste(client, iso.jws)
        paste(client, iso.document)
    assert rows_of(database.session()) == before
    payload = iso.jws.split(".")[1]
    assert payload[:40] not in caplog.text
    assert "may contact me" not in caplog.text
    with client.session_transaction() as kept:
        assert payload[:40] not in json.dumps(dict(kept), default=str)


def test_the_command_line_says_the_same_as_json(
    app: Flask, client: FlaskClient, iso: Made, receipt: Receipt, session: Session, tmp_path: Path
) -> None:
    session.commit()
    runner = app.test_cli_runner()
    (tmp_path / "r.jws").write_text(iso.jws)
    result = runner.invoke(args=["receipts", "verify", str(tmp_path / "r.jws")])
    found = json.loads(result.output)
    assert (result.exit_code, found["outcome"], found["kid"]) == (0, "valid", receipt.key.kid)
    assert found["receipt"] == json.loads(iso.document)
    altered = runner.invoke(args=["receipts", "verify", "-"], input=iso.jws[:-3] + "AAA")
    assert (altered.exit_code, json.loads(altered.output)["outcome"]) == (1, "altered")
    (tmp_path / "r.jsonld").write_bytes(iso.document)
    held = runner.invoke(args=["receipts", "verify", str(tmp_path / "r.jsonld")])
    assert (held.exit_code, json.loads(held.output)["held"]) == (0, True)
    (tmp_path / "jwks.json").write_bytes(client.get("/.well-known/jwks.json").data)
    alone = runner.invoke(args=["receipts", "verify", str(tmp_path / "r.jws"), "--jwks", str(tmp_path / "jwks.json")])
    assert (alone.exit_code, json.loads(alone.output)["outcome"]) == (0, "valid")
    wrong = runner.invoke(args=["receipts", "verify", str(tmp_path / "r.jws"), "--jwks", str(tmp_path / "r.jws")])
    assert wrong.exit_code == 2
    assert "--jwks" in wrong.output


def test_keys_are_listed_replaced_and_revoked_on_the_command_line(app: Flask, receipt: Receipt, session: Session) -> None:
    session.commit()
    runner, kid = app.test_cli_runner(), receipt.key.kid
    new = runner.invoke(args=["receipts", "rotate-key", "--reason", "new secret key"]).output.strip()
    listed = json.loads(runner.invoke(args=["receipts", "keys"]).output)
    assert [(key["kid"], key["state"]) for key in listed] == [(new, "active"), (kid, "retired")]
    assert runner.invoke(args=["receipts", "revoke-key", kid, "--reason", "stolen"]).exit_code == 0
    refused = runner.invoke(args=["receipts", "revoke-key", "nobody", "--reason", "x"])
    assert refused.exit_code == 1
    assert "There is no key with this name" in refused.output
    assert runner.invoke(args=["receipts", "keep"]).output == "1 signed.\n"
    for command in ("keys", "rotate-key", "revoke-key", "keep", "verify"):
        assert "Example" in runner.invoke(args=["receipts", command, "--help"]).output


def without_plaza(folder: Path, *names: str) -> tuple[int, str]:
    """The script of the documentation, in a process that has nothing of ours."""
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *names], cwd=folder, capture_output=True, text=True, check=False, timeout=30
    )
    return done.returncode, done.stdout or done.stderr


def test_a_receipt_is_verified_without_plaza(
    clock, client: FlaskClient, iso: Made, receipt: Receipt, session: Session, tmp_path: Path
) -> None:
    clock.advance(days=1)
    rotate_key(session, SYSTEM, RotateKey())
    session.commit()
    (tmp_path / "jwks.json").write_bytes(client.get("/.well-known/jwks.json").data)
    (tmp_path / "r.jws").write_text(iso.jws + "\n")
    code, said = without_plaza(tmp_path, "r.jws", "jwks.json")
    assert (code, said[:6]) == (0, "VALID:")
    assert "Planning department" in said
    late = signing.attached(signing.sign(*_forged(receipt), clock.now), iso.document)
    (tmp_path / "r.jws").write_text(late)
    assert without_plaza(tmp_path, "r.jws", "jwks.json")[0] == 1
    (tmp_path / "r.jws").write_text(iso.jws[:-9] + "AAAAAAAAA")
    assert without_plaza(tmp_path, "r.jws", "jwks.json") == (1, "NOT VALID: it was altered, or not all of it is there\n")
    revoke_key(session, SYSTEM, RevokeKey(receipt.key.kid, "a backup was stolen"))
    session.commit()
    (tmp_path / "jwks.json").write_bytes(client.get("/.well-known/jwks.json").data)
    (tmp_path / "r.jws").write_text(iso.jws)
    assert without_plaza(tmp_path, "r.jws", "jwks.json") == (1, "NOT VALID: its key was revoked: a backup was stolen\n")
    assert without_plaza(tmp_path)[0] == 2


def _forged(receipt: Receipt) -> tuple[object, str, bytes]:
    """Another key under the name of ours."""
    key = signing.new_key()
    return key, signing.ISO, made(receipt, signing.ISO).document
