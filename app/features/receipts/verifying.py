"""Is this a receipt of this city, and has nobody changed it? Pure: it is given the published keys and changes nothing.

Whoever pastes something may have made it to deceive: the algorithm is ours to say, never the file's, no address in it is
followed, and a key in it is not looked at.
"""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from app.features.receipts.documents.canonical import NotADocument, canonical, read
from app.features.receipts.signing import ALGORITHM, TYPE, registry

TOO_LARGE = 200_000
"""Bytes of a receipt that are looked at; ours have about ten thousand."""
LONGEST_TEXT = 64
CLOCKS_DIFFER = timedelta(seconds=60)
"""By how much the clocks of two servers may differ, of which one signs while the other replaces the key."""


class Outcome(StrEnum):
    """What came of it."""

    VALID = "valid"
    ALTERED = "altered"
    UNKNOWN_KEY = "unknown_key"
    REVOKED_KEY = "revoked_key"
    KEY_NOT_IN_USE = "key_not_in_use"
    UNSUPPORTED = "unsupported_algorithm"
    UNSIGNED = "unsigned"
    NOT_A_RECEIPT = "not_a_receipt"
    TOO_LARGE = "too_large"


@dataclass(frozen=True)
class PublishedKey:
    """A key as everybody may know it: until when it signed, and since when and why it is not to be trusted."""

    kid: str
    public: Mapping[str, Any]
    begins_at: datetime
    ends_at: datetime | None = None
    revoked_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class Verdict:
    """What came of it, and what is known: the document only as it was pasted, to be shown with the outcome beside it."""

    outcome: Outcome
    document: Mapping[str, Any] = field(default_factory=dict)
    kid: str = ""
    algorithm: str = ""
    signed_at: datetime | None = None
    key: PublishedKey | None = None
    payload: bytes = b""

    @property
    def receipt_id(self) -> str:
        """The number that the document gives itself."""
        header = self.document.get("header")
        found = self.document.get("consentReceiptID") or (header.get("dct:identifier") if isinstance(header, dict) else None)
        return found if isinstance(found, str) and len(found) <= LONGEST_TEXT else ""


def verify(text: str | bytes, keys: Mapping[str, PublishedKey]) -> Verdict:
    """Look at a compact JWS, a JWS as a JSON object, or a receipt without a signature."""
    if len(text) > TOO_LARGE:
        return Verdict(Outcome.TOO_LARGE)
    try:
        plain = (text.decode() if isinstance(text, bytes) else text).lstrip("\ufeff").strip()
    except UnicodeDecodeError:
        return Verdict(Outcome.NOT_A_RECEIPT)
    if plain.startswith("{"):
        return _of_json(plain, keys)
    return _of_compact("".join(plain.split()), keys)


def _of_json(text: str, keys: Mapping[str, PublishedKey]) -> Verdict:
    """A flattened JWS has three texts of the compact one under names; anything else has no signature that we know."""
    try:
        found = read(text)
    except NotADocument:
        return Verdict(Outcome.NOT_A_RECEIPT)
    parts = [found.get(name) for name in ("protected", "payload", "signature")]
    if set(found) == {"protected", "payload", "signature"} and all(isinstance(part, str) for part in parts):
        return _of_compact(".".join(str(part) for part in parts), keys)
    if not _looks_like_a_receipt(found):
        return Verdict(Outcome.NOT_A_RECEIPT)
    try:
        return Verdict(Outcome.UNSIGNED, found, payload=canonical(found))
    except NotADocument:
        return Verdict(Outcome.NOT_A_RECEIPT)


def _of_compact(text: str, keys: Mapping[str, PublishedKey]) -> Verdict:
    try:
        head, payload, signature = (_decoded(part) for part in text.split("."))
        header = read(head)
    except (ValueError, NotADocument):
        return Verdict(Outcome.NOT_A_RECEIPT)
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or (not signature and algorithm == ALGORITHM):
        return Verdict(Outcome.NOT_A_RECEIPT)
    document = _document(payload)
    known = Verdict(
        Outcome.UNSUPPORTED,
        document,
        kid=kid[:LONGEST_TEXT] if isinstance(kid, str) else "",
        algorithm=algorithm[:LONGEST_TEXT],
        signed_at=_moment(header.get("iat")),
        payload=payload,
    )
    if algorithm != ALGORITHM or "crit" in header or "b64" in header:
        return known
    key = keys.get(kid) if isinstance(kid, str) else None
    if key is None:
        return _as(known, Outcome.UNKNOWN_KEY if document else Outcome.NOT_A_RECEIPT)
    known = _as(known, Outcome.ALTERED, key)
    if not _signature_holds(text, key):
        return known
    if header.get("typ") != TYPE or not document:
        return _as(known, Outcome.NOT_A_RECEIPT, key)
    if key.revoked_at is not None:
        return _as(known, Outcome.REVOKED_KEY, key)
    return _as(known, Outcome.VALID if _was_in_use(key, known.signed_at) else Outcome.KEY_NOT_IN_USE, key)


def _signature_holds(text: str, key: PublishedKey) -> bool:
    try:
        jws.deserialize_compact(text, OKPKey.import_key(dict(key.public)), algorithms=[ALGORITHM], registry=registry())
    except (JoseError, ValueError):
        return False
    return True


def _was_in_use(key: PublishedKey, signed_at: datetime | None) -> bool:
    if signed_at is None:
        return False
    begins = key.begins_at.replace(microsecond=0)
    return begins <= signed_at and (key.ends_at is None or signed_at <= key.ends_at + CLOCKS_DIFFER)


def _decoded(part: str) -> bytes:
    """Base64url without padding, written in the one way there is: a letter changed anywhere is seen."""
    raw = part.encode("ascii")
    try:
        plain = urlsafe_b64decode(raw + b"=" * (-len(raw) % 4))
    except binascii.Error as error:
        raise ValueError from error
    if urlsafe_b64encode(plain).rstrip(b"=") != raw:
        raise ValueError("written in another way than the one there is")
    return plain


def _document(payload: bytes) -> dict[str, Any]:
    try:
        found = read(payload)
    except NotADocument:
        return {}
    return found if _looks_like_a_receipt(found) else {}


def _looks_like_a_receipt(document: Mapping[str, Any]) -> bool:
    return ("@context" in document and "header" in document) or "consentReceiptID" in document


def _moment(seconds: Any) -> datetime | None:
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds < 2**35:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _as(verdict: Verdict, outcome: Outcome, key: PublishedKey | None = None) -> Verdict:
    return Verdict(
        outcome, verdict.document, verdict.kid, verdict.algorithm, verdict.signed_at, key or verdict.key, verdict.payload
    )


def keys_of(jwks: str | bytes) -> dict[str, PublishedKey]:
    """The published keys from a copy of `/.well-known/jwks.json`. Raises NotADocument when it is none."""
    found = read(jwks)
    keys: dict[str, PublishedKey] = {}
    for entry in [*_list(found.get("keys")), *_list(found.get("revoked"))]:
        kid, begins = entry.get("kid"), _moment(entry.get("iat"))
        if not isinstance(kid, str) or begins is None:
            raise NotADocument(json.dumps(entry)[:200])
        keys[kid] = PublishedKey(
            kid,
            {name: entry[name] for name in ("kty", "crv", "x", "alg", "use", "kid") if name in entry},
            begins,
            _moment(entry.get("exp")),
            _moment(entry.get("revoked_at")),
            str(entry.get("reason", "")),
        )
    return keys


def _list(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
