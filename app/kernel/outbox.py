"""What must leave the house after the commit: mail, jobs, pushes (law 4).

A use case posts a row in its own transaction. After the commit a worker is woken; should it die, a sweeper finds the row
again. A row may be delivered twice, so handlers are idempotent; the row's id is the key to recognise a repetition by.
"""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, event, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kernel import clock
from app.kernel.model import Identified, Model, Timestamped

log = logging.getLogger(__name__)

Handler = Callable[[Session, "OutboxRow"], None]
_handlers: dict[str, Handler] = {}
_for_ever: set[str] = set()
_patience: dict[str, timedelta] = {}
_wake: list[Callable[[], None]] = []
GIVE_UP_AFTER = 12
CLAIM = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(hours=6)
PAUSE_OF_WHAT_GOES_ON = CLAIM
_POSTED = "outbox_posted"


class Unreachable(Exception):
    """A handler's counterpart is not there at all. The row is tried again later, and others of its kind rest in this run."""


class DeliveredMeanwhile(Exception):
    """Another worker has delivered the row while this one was at it."""


class OutboxRow(Identified, Timestamped, Model):
    """One thing to deliver. The payload holds ids, not personal data, wherever an id will do."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "delivered_at", "available_at"),)

    kind: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    available_at: Mapped[datetime] = mapped_column(default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    delivered_at: Mapped[datetime | None]
    gave_up_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")


def post(session: Session, kind: str, **payload: Any) -> OutboxRow:
    """Add a row to deliver after this transaction commits."""
    row = OutboxRow(kind=kind, payload=payload)
    session.add(row)
    session.info[_POSTED] = True
    return row


def rests(session: Session, kind: str, **payload: Any) -> bool:
    """Whether nobody takes up this work soon: it was given up, was lost, or waits for long after it failed."""
    row = _on_its_way(session, kind, payload)
    return row is None or row.available_at > clock.now() + CLAIM


def post_again(session: Session, kind: str, **payload: Any) -> bool:
    """Post work that is still to be done, unless it is on its way; one that waits for long is due at once.

    Returns whether it rested. The caller holds a lock that keeps others from posting the same.
    """
    row = _on_its_way(session, kind, payload)
    if row is None:
        post(session, kind, **payload)
    elif row.available_at > clock.now() + CLAIM:  # longer than any worker's claim, so none is at it
        row.available_at = clock.now()
        session.info[_POSTED] = True
    else:
        return False
    return True


def _on_its_way(session: Session, kind: str, payload: dict[str, Any]) -> OutboxRow | None:
    undone = (OutboxRow.kind == kind, OutboxRow.delivered_at.is_(None), OutboxRow.gave_up_at.is_(None))
    found = session.scalars(select(OutboxRow).where(*undone).order_by(OutboxRow.available_at))
    return next((row for row in found if row.payload == payload), None)


def handler(kind: str, *, for_ever: bool = False, patience: timedelta | None = None) -> Callable[[Handler], Handler]:
    """Say what delivers rows of `kind`. The handler gets a session of its own transaction and the row.

    `for_ever`: the row is tried until it is delivered, however often that fails, and soon. `patience`: it is tried, less and
    less often, for at least so long after it was posted, where others are given up after some tries.
    """

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        if for_ever:
            _for_ever.add(kind)
        if patience is not None:
            _patience[kind] = patience
        return function

    return register


def on_wake(function: Callable[[], None]) -> None:
    """`function` is called after each commit that posted something; it must not raise."""
    _wake[:] = [function]


def deliver_due(session_factory: Callable[[], Any], *, limit: int = 100) -> int:
    """Deliver what is due, oldest first. Returns how many were delivered.

    Each row is claimed in a short transaction, so that no two workers have it at once, and handled in another: no lock is
    held while a mail server thinks. A worker that dies in between leaves a claim that runs out after `CLAIM`.
    """
    delivered = 0
    resting: set[str] = set()
    for _ in range(limit):
        row_id, kind = _claim(session_factory, resting)
        if row_id is None:
            break
        try:
            with session_factory() as session:
                row = session.get_one(OutboxRow, row_id)
                _handlers[kind](session, row)
                row.last_error = ""
                _mark_delivered(session, row)
            delivered += 1
        except DeliveredMeanwhile:
            log.info("outbox row was delivered by another worker", extra={"outbox_id": str(row_id), "kind": kind})
        except Exception as error:  # noqa: BLE001  whatever a handler meets must not stop the others
            if isinstance(error, Unreachable):
                resting.add(kind)
            _note_failure(session_factory, row_id, error)
    return delivered


def _mark_delivered(session: Session, row: OutboxRow) -> None:
    """Note the delivery in the handler's own transaction, unless another worker's claim began after ours had run out and
    was faster: then what this handler wrote is undone, so that rows posted by handlers exist once."""
    session.flush()
    marked = session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == row.id, OutboxRow.delivered_at.is_(None))
        .values(delivered_at=clock.now())
        .returning(OutboxRow.id)
    ).all()
    if not marked:
        raise DeliveredMeanwhile


def _claim(session_factory: Callable[[], Any], resting: set[str]) -> tuple[uuid.UUID | None, str]:
    with session_factory() as session:
        now = clock.now()
        row = session.scalars(
            select(OutboxRow)
            .where(
                OutboxRow.delivered_at.is_(None),
                OutboxRow.gave_up_at.is_(None),
                OutboxRow.available_at <= now,
                OutboxRow.kind.not_in(resting),
            )
            .order_by(OutboxRow.created_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if row is None:
            return None, ""
        row.attempts += 1
        row.available_at = now + CLAIM
        return row.id, row.kind


def _note_failure(session_factory: Callable[[], Any], row_id: uuid.UUID, error: Exception) -> None:
    with session_factory() as session:
        row = session.get_one(OutboxRow, row_id)
        # The name of an error says enough; its words may hold an address.
        row.last_error = f"{type(error).__name__}: {error}"[:500] if isinstance(error, KeyError) else type(error).__name__
        goes_on, kind_waits = row.kind in _for_ever, _patience.get(row.kind)
        pause = timedelta(seconds=15 * 4 ** min(row.attempts - 1, GIVE_UP_AFTER))
        row.available_at = clock.now() + min(pause, PAUSE_OF_WHAT_GOES_ON if goes_on else LONGEST_PAUSE)
        waited = kind_waits is None or clock.now() >= row.created_at + kind_waits
        if row.attempts >= GIVE_UP_AFTER and waited and not goes_on:
            row.gave_up_at = clock.now()
        details = {"outbox_id": str(row.id), "kind": row.kind, "error": row.last_error, "attempts": row.attempts}
    log.warning("outbox delivery failed", extra=details)


def pending_ids(session: Session) -> list[uuid.UUID]:
    """Rows that wait, for tests and the operations page."""
    return list(session.scalars(select(OutboxRow.id).where(OutboxRow.delivered_at.is_(None))))


@event.listens_for(Session, "after_commit")
def _wake_after_commit(session: Session) -> None:
    """Both events come at the end of a savepoint too: what was posted before it still waits for the real end."""
    if not session.in_nested_transaction() and session.info.pop(_POSTED, False):
        for function in _wake:
            function()


@event.listens_for(Session, "after_rollback")
def _forget_after_rollback(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_POSTED, None)
