"""The key that signs: made when it is first needed, replaced when it is old, revoked when somebody else may have it."""

import uuid

from joserfc.jwk import OKPKey
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.receipts import signing
from app.features.receipts.commands import RevokeKey, RotateKey
from app.features.receipts.models import KeyState, ReceiptKey
from app.features.receipts.rules import is_old
from app.kernel import audit, clock
from app.kernel.errors import Conflict, Forbidden, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import SYSTEM, Actor
from app.kernel.vault import Unreadable


class KeyUnreadable(Conflict):
    """The key is sealed with another secret than the installation has now. Nothing is signed until it is rotated."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            msg(
                "The key that signs receipts cannot be read with the present PLAZA_SECRET_KEY. "
                "Bring the earlier secret back, or make a new key: flask receipts rotate-key."
            )
        )


def signing_key(session: Session) -> tuple[ReceiptKey, OKPKey]:
    """The key that signs now; made when there is none. Two who need the first one at once get the same.

    Raises KeyUnreadable when the installation's secret has changed.
    """
    kept = _active(session) or _make(session)
    try:
        return kept, signing.unsealed(kept.sealed_private, kept.id)
    except Unreadable:
        raise KeyUnreadable from None


def rotate_key(session: Session, actor: Actor, command: RotateKey) -> ReceiptKey:
    """Sign with a new key from now on. The old private key is forgotten, its public half stays published.

    Only the system may. Raises Conflict when somebody else did the same at this moment.
    """
    if not actor.is_system:
        raise Forbidden
    old = _active(session, lock=True)
    if old is not None:
        _retire(old)
        session.flush()
        audit.record(session, actor, "receipt_key.ended", old, reason=command.reason, kid=old.kid)
    return _make(session, alone=True)


def revoke_key(session: Session, actor: Actor, command: RevokeKey) -> ReceiptKey:
    """Trust a key no more, and say so with the reason. Receipts it signed are signed again by the next nightly work.

    Only the system may. Raises NotFound for no key of ours, Refused without a reason, Conflict when it is revoked already.
    """
    if not actor.is_system:
        raise Forbidden
    reason = command.reason.strip()
    if not reason:
        raise Refused(msg("Say why the key is revoked: the reason is published."))
    key = session.scalars(select(ReceiptKey).where(ReceiptKey.kid == command.kid).with_for_update()).first()
    if key is None:
        raise NotFound(msg("There is no key with this name. flask receipts keys lists them."))
    if key.state is KeyState.REVOKED:
        raise Conflict(msg("This key is revoked already."))
    if key.state is KeyState.ACTIVE:
        _retire(key)
    key.state, key.revoked_at, key.reason = KeyState.REVOKED, clock.now(), reason
    session.flush()
    audit.record(session, actor, "receipt_key.revoked", key, reason=reason, kid=key.kid)
    session.flush()
    return key


def rotate_old_key(session: Session) -> ReceiptKey | None:
    """Replace the key when it is old enough; the nightly work calls it. Returns the new one."""
    key = _active(session)
    return rotate_key(session, SYSTEM, RotateKey()) if key is not None and is_old(key, clock.now()) else None


def _active(session: Session, *, lock: bool = False) -> ReceiptKey | None:
    statement = select(ReceiptKey).where(ReceiptKey.state == KeyState.ACTIVE)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalars(statement).first()


def _retire(key: ReceiptKey) -> None:
    key.state, key.ends_at, key.sealed_private = KeyState.RETIRED, clock.now(), ""


def _make(session: Session, *, alone: bool = False) -> ReceiptKey:
    """A new key in force. Of two who make it at once, the first one's stays, and the other takes it (`alone`: Conflict)."""
    pair, id_ = signing.new_key(), uuid.uuid4()
    key = ReceiptKey(
        id=id_, kid=pair.kid, public=signing.public_of(pair), sealed_private=signing.sealed(pair, id_), state=KeyState.ACTIVE
    )
    try:
        with session.begin_nested():
            session.add(key)
            session.flush()
    except IntegrityError:
        found = _active(session)
        if found is None or alone:
            raise Conflict(msg("Somebody else made a new key at this moment. Look at the list of keys.")) from None
        return found
    audit.record(session, SYSTEM, "receipt_key.made", key, kid=key.kid)
    session.flush()
    return key
