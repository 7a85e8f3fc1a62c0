"""Recipients are told: what was taken back, ran out, ended or was erased. Staff see to their servers."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.consents.models import (
    Answer,
    ConsentEvent,
    ConsentRecord,
    DataAgreement,
    Endpoint,
    Notice,
    NoticeKind,
    Recipient,
)
from app.features.consents.queries import endpoint, notice, unconfirmed
from app.features.consents.references import reference_of, vault
from app.kernel import audit, clock, outbox
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission
from app.kernel.webhooks import NotAllowed, new_secret, target

NOTICE = "consents.notice"
"""The kind of the outbox rows that carry messages to recipients."""
OVERLAP = timedelta(days=7)
"""How long a secret that was replaced still signs beside the new one."""

TOLD = {
    Answer.WITHDRAWN: NoticeKind.WITHDRAWN,
    Answer.REFUSED: NoticeKind.REFUSED,
    Answer.EXPIRED: NoticeKind.EXPIRED,
    Answer.OBJECTED: NoticeKind.OBJECTED,
}


def tell_of_answer(session: Session, event: ConsentEvent, before: Answer | None) -> Notice | None:
    """Tell the recipient that somebody's data may be used no more, or that an objection is over.

    Where there was no yes before, they have nothing.
    """
    about = session.get_one(DataAgreement, event.agreement_id)
    if event.answer is Answer.WITHDRAWN and before is Answer.OBJECTED:
        return tell(session, NoticeKind.OBJECTION_ENDED, about, event.person_id)
    kind = TOLD.get(event.answer)
    if kind is None or (kind is not NoticeKind.OBJECTED and before is not Answer.GIVEN):
        return None  # somebody may object again once grounds were found: that is told each time
    return tell(session, kind, about, event.person_id)


def tell(
    session: Session,
    kind: NoticeKind,
    about: DataAgreement,
    person_id: uuid.UUID | None = None,
    *,
    at: datetime | None = None,
) -> Notice:
    """Write a message to the recipient of an agreement, about one person or about everybody; it leaves after the commit.

    `at` is when it comes true (now): an agreement may say until when earlier answers count.
    """
    reference = reference_of(about.recipient_id, person_id) if person_id else ""
    made = Notice(recipient_id=about.recipient_id, agreement_id=about.id, person_id=person_id, kind=kind, reference=reference)
    made.at = at or clock.now()
    return _posted(session, made)


def tell_of_erasure(session: Session, person_id: uuid.UUID) -> int:
    """Tell each recipient whose agreement this person ever answered that they are gone. Returns how many messages.

    Call it in the transaction of the erasure, before the answers are deleted. The messages keep the reference alone.
    """
    answered = select(ConsentRecord.agreement_id).where(ConsentRecord.person_id == person_id)
    abouts = session.scalars(select(DataAgreement).where(DataAgreement.id.in_(answered)).order_by(DataAgreement.id)).all()
    for about in abouts:
        made = tell(session, NoticeKind.ERASED, about, person_id)
        made.person_id = None
    session.flush()
    return len(abouts)


def _posted(session: Session, made: Notice) -> Notice:
    session.add(made)
    session.flush()
    if endpoint(session, made.recipient_id) is not None:
        outbox.post(session, NOTICE, notice=str(made.id)).available_at = made.at
    return made


def set_endpoint(session: Session, actor: Actor, recipient_id: uuid.UUID, url: str, trusted: tuple[str, ...]) -> str | None:
    """Say where a recipient's server takes messages; all that wait are sent there. Returns a new secret the first time.

    Raises Invalid for an address that we do not send to, NotFound for nobody.
    """
    recipient = _recipient(session, actor, recipient_id)
    try:
        target(url, trusted)
    except NotAllowed as problem:
        raise Invalid({"url": problem.message}) from None
    known = session.get(Endpoint, recipient_id, with_for_update=True)
    secret = None
    if known is None:
        secret = new_secret()
        known = Endpoint(recipient_id=recipient_id, url=url, secret=vault.seal(secret, recipient_id))
        session.add(known)
    known.url, known.rests_until = url, None
    session.flush()
    for waiting in unconfirmed(session, recipient_id):
        outbox.post_again(session, NOTICE, notice=str(waiting.id))
    audit.record(session, actor, "recipient.server_set", recipient)
    return secret


def remove_endpoint(session: Session, actor: Actor, recipient_id: uuid.UUID) -> None:
    """The recipient has no server any more: staff tell them by hand and note that they confirmed."""
    recipient = _recipient(session, actor, recipient_id)
    known = session.get(Endpoint, recipient_id, with_for_update=True)
    if known is None:
        raise NotFound
    session.delete(known)
    session.flush()
    audit.record(session, actor, "recipient.server_removed", recipient)


def rotate_secret(session: Session, actor: Actor, recipient_id: uuid.UUID) -> str:
    """A new secret; the old one signs as well for a week, so that the recipient can change theirs at ease."""
    recipient = _recipient(session, actor, recipient_id)
    known = session.get(Endpoint, recipient_id, with_for_update=True)
    if known is None:
        raise NotFound
    secret = new_secret()
    known.previous_secret, known.previous_until = known.secret, clock.now() + OVERLAP
    known.secret = vault.seal(secret, recipient_id)
    session.flush()
    audit.record(session, actor, "recipient.secret_changed", recipient)
    return secret


def send_again(session: Session, actor: Actor, notice_id: uuid.UUID) -> None:
    """Try at once. Raises Conflict when it is confirmed, or when the recipient has no server."""
    found = _open(session, actor, notice_id)
    known = session.get(Endpoint, found.recipient_id, with_for_update=True)
    if known is None:
        raise Conflict(msg("This recipient has no server. Tell them, then note that they confirmed."))
    known.rests_until = None
    outbox.post_again(session, NOTICE, notice=str(found.id))
    session.flush()


def send_test(session: Session, actor: Actor, recipient_id: uuid.UUID) -> Notice:
    """A message that says nothing but that it is a test."""
    _recipient(session, actor, recipient_id)
    known = session.get(Endpoint, recipient_id, with_for_update=True)
    if known is None:
        raise Conflict(msg("This recipient has no server. Tell them, then note that they confirmed."))
    known.rests_until = None
    return _posted(session, Notice(recipient_id=recipient_id, kind=NoticeKind.TEST, at=clock.now()))


def confirm_by_hand(session: Session, actor: Actor, notice_id: uuid.UUID) -> None:
    """Note that the recipient has confirmed it by telephone, by letter or in person."""
    found = _open(session, actor, notice_id)
    found.acknowledged_at, found.acknowledged_by_hand, found.failing_since = clock.now(), True, None
    session.flush()
    audit.record(session, actor, "recipient.confirmed_by_hand", _recipient(session, actor, found.recipient_id))


def _open(session: Session, actor: Actor, notice_id: uuid.UUID) -> Notice:
    found = session.scalars(
        select(Notice).where(Notice.id == notice_id).with_for_update().execution_options(populate_existing=True)
    ).first()
    if found is None or notice(session, notice_id) is None:
        raise NotFound
    _recipient(session, actor, found.recipient_id)
    if found.acknowledged_at is not None:
        raise Conflict(msg("This was confirmed already."))
    return found


def _recipient(session: Session, actor: Actor, recipient_id: uuid.UUID) -> Recipient:
    actor.require(Permission.AGREEMENT_MANAGE)
    found = session.get(Recipient, recipient_id)
    if found is None:
        raise NotFound
    return found
