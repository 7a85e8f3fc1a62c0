"""What anybody may paste, and what is said about it. The algorithm is ours to say, never the file's."""

import base64
import json
from datetime import timedelta

import pytest
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from app.features.receipts import signing
from app.features.receipts.documents.canonical import NotADocument, canonical, read
from app.features.receipts.verifying import TOO_LARGE, Outcome, keys_of, verify
from tests.factories.receipts import AT, data, document, published, signed

KEY = OKPKey.import_key(
    {
        "kty": "OKP",
        "crv": "Ed25519",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
    }
)
"""The key of RFC 8037, appendix A, whose thumbprint stands there, too."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def encoded(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize("format_", [signing.ISO, signing.KANTARA])
def test_what_the_city_signed_is_valid(format_: str) -> None:
    verdict = verify(signed(KEY, format_), published(KEY))
    assert verdict.outcome is Outcome.VALID
    assert verdict.document == document(format_)
    assert verdict.signed_at == AT
    assert verdict.kid == KEY.kid


def test_line_ends_and_spaces_of_a_mail_program_do_no_harm() -> None:
    whole = signed(KEY)
    wrapped = "\r\n".join(whole[place : place + 60] for place in range(0, len(whole), 60))
    assert verify(f"\ufeff  {wrapped}\n", published(KEY)).outcome is Outcome.VALID
    assert verify(whole.encode(), published(KEY)).outcome is Outcome.VALID


def test_a_signature_as_a_json_object_is_valid_too() -> None:
    names = ("protected", "payload", "signature")
    flat = json.dumps(dict(zip(names, signed(KEY).split("."), strict=True)))
    assert verify(flat, published(KEY)).outcome is Outcome.VALID


def test_any_one_letter_that_is_changed_is_seen() -> None:
    whole, keys = signed(KEY, signing.KANTARA), published(KEY)
    for place, letter in enumerate(whole):
        other = "." if letter != "." and place % 7 == 0 else LETTERS[(LETTERS.find(letter) + 1 + place % 62) % 64]
        if other == letter:
            other = "A" if letter != "A" else "B"
        outcome = verify(whole[:place] + other + whole[place + 1 :], keys).outcome
        assert outcome is not Outcome.VALID, place


def test_a_changed_word_with_the_old_signature_is_altered() -> None:
    head, _payload, signature = signed(KEY).split(".")
    changed = encoded(canonical(document(said=data("refused"))))
    assert verify(f"{head}.{changed}.{signature}", published(KEY)).outcome is Outcome.ALTERED


def test_the_last_letter_of_a_signature_cannot_be_written_in_another_way() -> None:
    whole = signed(KEY)
    same_bytes = [whole[:-1] + letter for letter in LETTERS if letter != whole[-1]]
    assert {verify(one, published(KEY)).outcome for one in same_bytes} <= {Outcome.NOT_A_RECEIPT, Outcome.ALTERED}


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS256", "ES256", "RS256", "EdDSA", "ed25519", ""])
def test_another_algorithm_is_refused_by_name(algorithm: str) -> None:
    _head, payload, signature = signed(KEY).split(".")
    header = encoded({"alg": algorithm, "kid": KEY.kid, "typ": signing.TYPE, "iat": int(AT.timestamp())})
    for forged in (f"{header}.{payload}.{signature}", f"{header}.{payload}."):
        verdict = verify(forged, published(KEY))
        assert verdict.outcome is Outcome.UNSUPPORTED
        assert verdict.algorithm == algorithm


def test_a_mac_made_with_the_public_key_is_refused() -> None:
    payload = canonical(document())
    for secret in (KEY.as_dict(private=False)["x"], json.dumps(signing.public_of(KEY))):
        forged = jws.serialize_compact({"alg": "HS256", "kid": KEY.kid}, payload, OctKey.import_key(str(secret)))
        assert verify(forged, published(KEY)).outcome is Outcome.UNSUPPORTED


def test_a_key_inside_the_file_is_not_looked_at() -> None:
    own = signing.new_key()
    payload = canonical(document())
    header = {"alg": "Ed25519", "kid": own.kid, "typ": signing.TYPE, "jwk": signing.public_of(own), "iat": int(AT.timestamp())}
    forged = jws.serialize_compact(header, payload, own, algorithms=["Ed25519"], registry=signing.registry())
    assert verify(forged, published(KEY)).outcome is Outcome.UNKNOWN_KEY
    header["kid"] = KEY.kid
    forged = jws.serialize_compact(header, payload, own, algorithms=["Ed25519"], registry=signing.registry())
    assert verify(forged, published(KEY)).outcome is Outcome.ALTERED


@pytest.mark.parametrize("extra", [{"crit": ["b64"], "b64": False}, {"b64": False}, {"crit": ["exp"]}])
def test_a_header_that_asks_to_be_read_in_another_way_is_refused(extra: dict[str, object]) -> None:
    _head, payload, signature = signed(KEY).split(".")
    header = encoded({"alg": "Ed25519", "kid": KEY.kid, **extra})
    assert verify(f"{header}.{payload}.{signature}", published(KEY)).outcome is Outcome.UNSUPPORTED


def test_something_else_that_was_signed_with_the_key_is_no_receipt() -> None:
    payload = canonical(document())
    other = jws.serialize_compact({"alg": "Ed25519", "kid": KEY.kid, "typ": "JWT"}, payload, KEY, algorithms=["Ed25519"])
    assert verify(other, published(KEY)).outcome is Outcome.NOT_A_RECEIPT
    nothing = signing.attached(signing.sign(KEY, signing.ISO, b'{"a":1}', AT), b'{"a":1}')
    assert verify(nothing, published(KEY)).outcome is Outcome.NOT_A_RECEIPT


@pytest.mark.parametrize("days", [-2, 8])
def test_a_time_at_which_the_key_did_not_sign_is_named(days: int) -> None:
    keys = published(KEY, ends_at=AT + timedelta(days=7))
    assert verify(signed(KEY, at=AT + timedelta(days=days)), keys).outcome is Outcome.KEY_NOT_IN_USE
    assert verify(signed(KEY, at=AT + timedelta(days=6)), keys).outcome is Outcome.VALID
    assert verify(signed(KEY, at=AT + timedelta(days=7, seconds=60)), keys).outcome is Outcome.VALID
    assert verify(signed(KEY, at=AT + timedelta(days=7, seconds=61)), keys).outcome is Outcome.KEY_NOT_IN_USE


def test_a_signature_without_a_time_proves_nothing() -> None:
    payload = canonical(document())
    header = {"alg": "Ed25519", "kid": KEY.kid, "typ": signing.TYPE}
    whole = jws.serialize_compact(header, payload, KEY, algorithms=["Ed25519"], registry=signing.registry())
    assert verify(whole, published(KEY)).outcome is Outcome.KEY_NOT_IN_USE


def test_a_revoked_key_proves_nothing_and_the_reason_is_told() -> None:
    verdict = verify(signed(KEY), published(KEY, revoked_at=AT, reason="a backup was stolen"))
    assert verdict.outcome is Outcome.REVOKED_KEY
    assert verdict.key is not None
    assert verdict.key.reason == "a backup was stolen"


def test_a_receipt_without_signature_is_called_so() -> None:
    for format_ in (signing.ISO, signing.KANTARA):
        verdict = verify(json.dumps(document(format_), indent=2), published(KEY))
        assert verdict.outcome is Outcome.UNSIGNED
        assert verdict.payload == canonical(document(format_))
        assert verdict.receipt_id == str(data().header.receipt_id)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "a.b",
        "a.b.c.d",
        "...",
        "..",
        "{}",
        "[]",
        '{"consentReceiptID": NaN}',
        '{"consentReceiptID": 1, "consentReceiptID": 2}',
        '{"a":' * 5000 + "1" + "}" * 5000,
        '{"consentReceiptID":' + "[" * 60 + "]" * 60 + "}",
        '{"consentReceiptID": 123456789012345678901234567890}',
        '{"consentReceiptID": "\\ud800"}',
        b"\xff\xfe\x00",
        "ä.ö.ü",
        f"{encoded([1])}.{encoded({})}.AA",
        f"{encoded({'alg': 7})}.{encoded({})}.AA",
        "=.=.=",
    ],
)
def test_what_is_no_receipt_is_called_so(text: str | bytes) -> None:
    assert verify(text, published(KEY)).outcome is Outcome.NOT_A_RECEIPT


def test_more_than_a_receipt_is_not_looked_at() -> None:
    assert verify("A" * (TOO_LARGE + 1), published(KEY)).outcome is Outcome.TOO_LARGE
    assert verify(b"{" * (TOO_LARGE + 1), published(KEY)).outcome is Outcome.TOO_LARGE


def test_the_name_of_a_key_is_its_thumbprint() -> None:
    assert OKPKey.import_key(signing.public_of(KEY)).thumbprint() == KEY.kid
    made = signing.new_key()
    assert made.kid == made.thumbprint()
    assert set(signing.public_of(made)) == {"kty", "crv", "x", "kid", "use", "alg"}


def test_a_key_set_is_read_with_its_times_and_revocations() -> None:
    entry = {**signing.public_of(KEY), "kid": KEY.kid, "iat": int(AT.timestamp())}
    keys = keys_of(json.dumps({"keys": [entry], "revoked": []}))
    assert verify(signed(KEY), keys).outcome is Outcome.VALID
    revoked = {**entry, "revoked_at": int(AT.timestamp()), "reason": "stolen"}
    assert verify(signed(KEY), keys_of(json.dumps({"keys": [], "revoked": [revoked]}))).outcome is Outcome.REVOKED_KEY
    with pytest.raises(NotADocument):
        keys_of('{"keys": [{"kid": 7}]}')


def test_the_canonical_bytes_are_those_of_rfc_8785() -> None:
    assert canonical({"b": 1, "a": "ä\u2028", "\U0001f600": None, "\ufb33": []}) == (
        '{"a":"ä\u2028","b":1,"\U0001f600":null,"\ufb33":[]}'.encode()
    )
    with pytest.raises(NotADocument):
        canonical({"a": float("nan")})
    with pytest.raises(NotADocument):
        read(b"[1]")
