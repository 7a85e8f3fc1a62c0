"""How receipts and keys are looked up."""

import math
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.consents.queries import ConsentEvent
from app.features.receipts.models import KeyState, Receipt, ReceiptKey
from app.features.receipts.signing import ISO, KANTARA, attached, unpacked
from app.features.receipts.verifying import Outcome, PublishedKey, Verdict

__all__ = [
    "KeyState",
    "Made",
    "Receipt",
    "ReceiptKey",
    "event_of",
    "jwks",
    "keys",
    "made",
    "on_record",
    "published_keys",
    "receipt_of",
    "receipts_of",
]


@dataclass(frozen=True)
class Made:
    """One receipt in one format: the document as it was signed, and the signed whole."""

    document: bytes
    jws: str


def made(receipt: Receipt, format_: str) -> Made:
    """The receipt in a format (`iso`, `kantara`): always the same bytes, unless its key was revoked and it was signed anew."""
    kept, signature = {
        ISO: (receipt.iso_document, receipt.iso_signature),
        KANTARA: (receipt.kantara_document, receipt.kantara_signature),
    }[format_]
    document = unpacked(kept)
    return Made(document, attached(signature, document))


def event_of(session: Session, event_id: uuid.UUID, person_id: uuid.UUID) -> ConsentEvent | None:
    """An event about this person; None for one about somebody else."""
    return session.scalars(select(ConsentEvent).where(ConsentEvent.id == event_id, ConsentEvent.person_id == person_id)).first()


def receipt_of(session: Session, event_id: uuid.UUID) -> Receipt | None:
    """The receipt of an event."""
    return session.scalars(select(Receipt).where(Receipt.event_id == event_id)).first()


def receipts_of(session: Session, person_id: uuid.UUID) -> Iterator[Receipt]:
    """All receipts of a person, the oldest first, row by row."""
    query = select(Receipt).where(Receipt.person_id == person_id).order_by(Receipt.issued_at, Receipt.id)
    yield from session.scalars(query.execution_options(yield_per=200))


def keys(session: Session) -> Sequence[ReceiptKey]:
    """Every key there ever was, the newest first."""
    return session.scalars(select(ReceiptKey).order_by(ReceiptKey.begins_at.desc(), ReceiptKey.kid)).all()


def published_keys(session: Session) -> dict[str, PublishedKey]:
    """Every key as everybody may know it, by its name."""
    return {
        key.kid: PublishedKey(key.kid, key.public, key.begins_at, key.ends_at, key.revoked_at, key.reason)
        for key in keys(session)
    }


def on_record(session: Session, verdict: Verdict) -> bool | None:
    """Whether we hold the very document that was pasted; None when we hold no receipt of its number.

    Asked where no signature answers: the file has none, or its key is revoked.
    """
    if verdict.outcome not in (Outcome.UNSIGNED, Outcome.REVOKED_KEY):
        return None
    try:
        found = session.get(Receipt, uuid.UUID(verdict.receipt_id))
    except ValueError:
        return None
    return None if found is None else verdict.payload in [unpacked(found.iso_document), unpacked(found.kantara_document)]


def jwks(session: Session) -> dict[str, Any]:
    """The key set (RFC 7517). `iat` and `exp` say in seconds from when to when a key signed, as OpenID Federation does.

    Revoked keys are not among the keys, so that a program that knows no more trusts none of them; they are named beside.
    """
    found = keys(session)
    return {
        "keys": [{**key.public, **_times(key)} for key in found if key.state is not KeyState.REVOKED],
        "revoked": [
            {**key.public, **_times(key), "revoked_at": int(key.revoked_at.timestamp()), "reason": key.reason}
            for key in found
            if key.revoked_at is not None
        ],
    }


def _times(key: ReceiptKey) -> dict[str, int]:
    times = {"iat": int(key.begins_at.timestamp())}
    if key.ends_at is not None:
        times["exp"] = math.ceil(key.ends_at.timestamp())
    return times
