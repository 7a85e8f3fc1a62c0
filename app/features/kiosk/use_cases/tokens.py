"""The tokens of screens: another one every quarter of an hour, and what is noted about those shown. In short transactions."""

import uuid

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.features.kiosk.models import KioskDevice, KioskToken
from app.features.kiosk.rules import SEEN_EVERY
from app.kernel import audit, clock
from app.kernel.permissions import ANONYMOUS
from app.kernel.references import new_token, token_hash


def new_token_of(session: Session, device: KioskDevice, *, forget: bool = False) -> str:
    """Another token, kept as a hash. The one before it has ended; with `forget` all before are gone, and open nothing."""
    now = clock.now()
    if forget:
        session.execute(delete(KioskToken).where(KioskToken.device_id == device.id))
    else:
        newest = (KioskToken.device_id == device.id) & KioskToken.ended_at.is_(None)
        session.execute(update(KioskToken).where(newest).values(ended_at=now))
    token = new_token()
    session.add(KioskToken(device_id=device.id, token_hash=token_hash(token), given_at=now))
    session.flush()
    return token


def another_token(session: Session, device_id: uuid.UUID, newest_id: uuid.UUID) -> str | None:
    """The next token. None where another request of the same browser was faster, or the screen is switched off."""
    device = session.get(KioskDevice, device_id, with_for_update=True)
    newest = session.scalars(select(KioskToken.id).where(KioskToken.device_id == device_id, KioskToken.ended_at.is_(None)))
    if device is None or device.revoked_at is not None or newest.first() != newest_id:
        return None
    return new_token_of(session, device)


def note_seen(session: Session, device_id: uuid.UUID, token_id: uuid.UUID) -> None:
    """The screen is there: at most one write a minute. A token that is shown for the first time is in use from now on."""
    now = clock.now()
    old = KioskDevice.seen_at.is_(None) | (KioskDevice.seen_at <= now - SEEN_EVERY)
    session.execute(update(KioskDevice).where(KioskDevice.id == device_id, old).values(seen_at=now))
    session.execute(update(KioskToken).where(KioskToken.id == token_id, KioskToken.used_at.is_(None)).values(used_at=now))


def note_copy(session: Session, device_id: uuid.UUID) -> None:
    """Two browsers show tokens of one screen: staff see it on the page of screens; it is audited once until they act."""
    device = session.get(KioskDevice, device_id, with_for_update=True)
    if device is None or device.copied_at is not None:
        return
    device.copied_at = clock.now()
    audit.record(session, ANONYMOUS, "kiosk.copied", device, name=device.name)
    session.flush()
