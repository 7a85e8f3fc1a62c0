"""A receipt is signed in the transaction of the event that it is about; what could not be signed then is signed at night."""

import logging
import uuid
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.consents.queries import AgreementRevision, Answer, ConsentEvent, minor_until
from app.features.consents.use_cases import listen
from app.features.receipts import signing
from app.features.receipts.building import data_of
from app.features.receipts.documents.canonical import canonical
from app.features.receipts.documents.iso import iso_document
from app.features.receipts.documents.kantara import kantara_document
from app.features.receipts.issuer import issuer
from app.features.receipts.models import KeyState, Receipt, ReceiptKey
from app.features.receipts.queries import event_of, receipt_of
from app.features.receipts.use_cases.keys import KeyUnreadable, signing_key
from app.kernel import clock
from app.kernel.errors import NotFound
from app.kernel.permissions import Actor

_log = logging.getLogger(__name__)
AT_ONCE = 500
NO_RECEIPT = (Answer.ASKED,)
"""Having been asked is no answer: there is nothing to show to anybody."""


def issue(session: Session, event: ConsentEvent, revision: AgreementRevision) -> Receipt | None:
    """Sign the receipt of an event, once: whoever comes second gets the first one's. None where nothing was answered.

    Raises KeyUnreadable when the key cannot be read.
    """
    if event.answer in NO_RECEIPT:
        return None
    if (found := receipt_of(session, event.id)) is not None:
        return found
    key, pair = signing_key(session)
    now = _moment_of(key)
    id_ = uuid.uuid4()
    minor = (until := minor_until(session, event.person_id)) is not None and event.at.date() < until
    data = data_of(event, revision, issuer(), receipt_id=id_, issued_at=now, minor=minor)
    iso, kantara = canonical(iso_document(data)), canonical(kantara_document(data))
    receipt = Receipt(
        id=id_,
        event_id=event.id,
        person_id=event.person_id,
        key_id=key.id,
        issued_at=now,
        iso_document=signing.packed(iso),
        iso_signature=signing.sign(pair, signing.ISO, iso, now),
        kantara_document=signing.packed(kantara),
        kantara_signature=signing.sign(pair, signing.KANTARA, kantara, now),
    )
    try:
        with session.begin_nested():
            session.add(receipt)
            session.flush()
    except IntegrityError:
        return receipt_of(session, event.id)
    return receipt


def witness(session: Session, event: ConsentEvent, _record: object) -> None:
    """Sign in the transaction of the event. What is wrong with signing stops nobody from answering: the receipt comes later."""
    _tried(session, event, session.get_one(AgreementRevision, event.revision_id))


def _tried(session: Session, event: ConsentEvent, revision: AgreementRevision) -> bool:
    """Whether the event has its receipt now. What failed is logged, and nothing of it is left."""
    try:
        with session.begin_nested():
            return issue(session, event, revision) is not None
    except KeyUnreadable:
        _log.critical("receipts cannot be signed: PLAZA_SECRET_KEY is not the one the key was sealed with")
    except Exception:  # noqa: BLE001  answering is a right, the receipt is a service
        _log.critical("the receipt of event %s could not be made", event.id, exc_info=True)
    return False


def make_receipt(session: Session, actor: Actor, event_id: uuid.UUID) -> Receipt:
    """Sign the receipt of one's own answer that could not be signed when it was given. A second click changes nothing.

    Raises NotFound for answers of others and where nothing was answered, KeyUnreadable when the key cannot be read.
    """
    event = event_of(session, event_id, actor.require_signed_in())
    revision = session.get(AgreementRevision, event.revision_id) if event else None
    receipt = issue(session, event, revision) if event and revision else None
    if receipt is None:
        raise NotFound
    return receipt


def witness_events() -> None:
    """Have every answer signed as it is given. Called once, when the room is opened."""
    listen(witness)


def issue_missing(session: Session, limit: int = AT_ONCE) -> int:
    """Sign receipts of events that have none, the oldest first; the nightly work calls it. Returns how many.

    What is wrong with one stops no other; it is logged and tried again the next time.
    """
    missing = (
        select(ConsentEvent, AgreementRevision)
        .join(AgreementRevision, AgreementRevision.id == ConsentEvent.revision_id)
        .where(ConsentEvent.answer.not_in(NO_RECEIPT), ~exists().where(Receipt.event_id == ConsentEvent.id))
        .order_by(ConsentEvent.at, ConsentEvent.id)
        .limit(limit)
    )
    return sum(_tried(session, event, revision) for event, revision in session.execute(missing).all())


def sign_anew(session: Session, limit: int = AT_ONCE) -> int:
    """Sign again what a revoked key has signed: the same document, with the key of now. Returns how many."""
    revoked = (
        select(Receipt)
        .join(ReceiptKey, ReceiptKey.id == Receipt.key_id)
        .where(ReceiptKey.state == KeyState.REVOKED)
        .order_by(Receipt.issued_at, Receipt.id)
        .limit(limit)
    )
    found = session.scalars(revoked.with_for_update(of=Receipt)).all()
    for receipt in found:
        _sign(session, receipt)
    session.flush()
    return len(found)


def _moment_of(key: ReceiptKey) -> datetime:
    """Now, and never before the key began: the clock of the server that made it may be ahead of ours."""
    return max(clock.now(), key.begins_at)


def _sign(session: Session, receipt: Receipt) -> None:
    key, pair = signing_key(session)
    at = _moment_of(key)
    receipt.key_id = key.id
    receipt.iso_signature = signing.sign(pair, signing.ISO, signing.unpacked(receipt.iso_document), at)
    receipt.kantara_signature = signing.sign(pair, signing.KANTARA, signing.unpacked(receipt.kantara_document), at)
