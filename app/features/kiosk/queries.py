"""Public screens, what a visitor can do at one now, and who waits for a print."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.kiosk.models import KioskDevice, KioskHandover, KioskToken, PrintWish
from app.features.kiosk.rules import Verdict, is_waiting, verdict
from app.features.spaces.queries import Action, Process, action_open, visible_processes
from app.kernel.permissions import Actor
from app.kernel.references import token_hash

__all__ = [
    "KioskDevice",
    "PrintWish",
    "device",
    "device_of_token",
    "devices",
    "handover",
    "is_waiting",
    "open_processes",
    "waiting_wishes",
    "wish_of",
    "wishes_done_since",
]


def open_processes(
    session: Session, actor: Actor, now: datetime, only: frozenset[uuid.UUID] = frozenset()
) -> list[tuple[Process, set[Action]]]:
    """Processes with something to do now, and what. `only`: those that a screen shows, if it does not show all."""
    found = []
    for process in visible_processes(session, actor):
        actions = {action for action in Action if action_open(process, action, now)}
        if actions and not process.imported and (not only or process.id in only):
            found.append((process, actions))
    return found


def devices(session: Session) -> Sequence[KioskDevice]:
    """All screens: those that work first, then by name."""
    return session.scalars(
        select(KioskDevice).order_by(KioskDevice.revoked_at.is_not(None), KioskDevice.name, KioskDevice.id)
    ).all()


def device(session: Session, device_id: uuid.UUID) -> KioskDevice | None:
    """One screen."""
    return session.get(KioskDevice, device_id)


def device_of_token(session: Session, token: str, now: datetime) -> tuple[KioskDevice, KioskToken, KioskToken, Verdict] | None:
    """Whose token this is, the newest of that device, and what it is worth; None for one that was never given out."""
    row = session.execute(
        select(KioskToken, KioskDevice)
        .join(KioskDevice, KioskDevice.id == KioskToken.device_id)
        .where(KioskToken.token_hash == token_hash(token))
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        return None
    shown, found = row
    newest = shown
    if shown.ended_at is not None:
        newest = session.scalars(
            select(KioskToken)
            .where(KioskToken.device_id == found.id, KioskToken.ended_at.is_(None))
            .order_by(KioskToken.given_at.desc())
            .limit(1)
        ).one()
    return found, shown, newest, verdict(found, shown, newest, now)


def handover(session: Session, token: str, now: datetime) -> KioskHandover | None:
    """A hand-over that still waits for the link with this token."""
    return session.scalars(
        select(KioskHandover).where(
            KioskHandover.token_hash == token_hash(token), KioskHandover.taken_at.is_(None), KioskHandover.until > now
        )
    ).first()


def wish_of(session: Session, device_id: uuid.UUID, wish_id: uuid.UUID | None) -> PrintWish | None:
    """What somebody asked for at this screen; None where nobody did."""
    wish = session.get(PrintWish, wish_id) if wish_id is not None else None
    return wish if wish is not None and wish.device_id == device_id else None


def waiting_wishes(session: Session, processes: frozenset[uuid.UUID] | None) -> Sequence[tuple[PrintWish, KioskDevice]]:
    """What people at screens want printed large, the longest waiting first; `processes`: only those, None means all."""
    return _wishes(session, processes, PrintWish.done_at.is_(None))


def wishes_done_since(
    session: Session, processes: frozenset[uuid.UUID] | None, since: datetime
) -> Sequence[tuple[PrintWish, KioskDevice]]:
    """Those that the desk has printed since a moment."""
    return _wishes(session, processes, PrintWish.done_at >= since)


def _wishes(session: Session, processes: frozenset[uuid.UUID] | None, which: object) -> list[tuple[PrintWish, KioskDevice]]:
    query = select(PrintWish, KioskDevice).join(KioskDevice, KioskDevice.id == PrintWish.device_id).where(which)  # type: ignore[arg-type]
    if processes is not None:
        query = query.where(PrintWish.process_id.in_(processes))
    return [(wish, found) for wish, found in session.execute(query.order_by(PrintWish.created_at, PrintWish.id).limit(200))]
