"""Work by the clock: envelopes move to the board each minute, the board is signed each night, certified pots are compared."""

import logging
from uuid import UUID

from celery.schedules import crontab
from sqlalchemy.orm import Session

from app.extensions import celery, db
from app.features.voting.keys.installation import keyring, spool
from app.features.voting.queries import open_boxes
from app.features.voting.sealing import wipe
from app.features.voting.use_cases import (
    compare_rules,
    destroy_keys,
    go_on_closing,
    is_wiping,
    pots_to_compare,
    seal_boxes,
    sign_heads,
    wiped,
)
from app.features.voting.use_cases.closing import CLOSING, WIPING
from app.features.voting.use_cases.forgetting import DESTROY
from app.kernel import outbox
from app.kernel.outbox import OutboxRow

log = logging.getLogger(__name__)


@celery.task(name="voting.seal")
def seal() -> int:
    """Seal what has waited for enough others; each process in a transaction of its own. Safe to run at any time and twice."""
    moved = 0
    for process_id in _open():
        with db.transaction() as session:
            moved += seal_boxes(session, process_id)
    return moved


@celery.task(name="voting.sign")
def sign() -> None:
    """Sign the board of every open box as it stands."""
    for process_id in _open():
        with db.transaction() as session:
            sign_heads(session, process_id, keyring())


@celery.task(name="voting.compare")
def compare() -> int:
    """Work out what other rules would have chosen, for every pot that was certified since; each in its own transaction.

    A pot that cannot be compared is logged and tried again the next time; it stops no other.
    """
    with db.transaction() as session:
        waiting = pots_to_compare(session)
    done = 0
    for pot_id in waiting:
        try:
            with db.transaction() as session:
                done += compare_rules(session, pot_id)
        except Exception:  # whatever is wrong with one pot must not stop the others
            log.exception("pot %s could not be compared", pot_id)
    return done


def _open() -> list[UUID]:
    with db.transaction() as session:
        return list(open_boxes(session))


@outbox.handler(CLOSING)
def _go_on_closing(session: Session, row: OutboxRow) -> None:
    go_on_closing(session, UUID(row.payload["process_id"]), keyring())


@outbox.handler(WIPING)
def _wipe(session: Session, row: OutboxRow) -> None:
    """Give the space back. That cannot be done inside a transaction: this one ends first, another one says that it is done."""
    process_id = UUID(row.payload["process_id"])
    if not is_wiping(session, process_id):
        return
    session.commit()
    wipe(db.engine)
    wiped(session, process_id)


@outbox.handler(DESTROY)
def _destroy_keys(session: Session, row: OutboxRow) -> None:
    destroy_keys(session, UUID(row.payload["process_id"]), keyring(), spool())


celery.conf.beat_schedule = {
    **(celery.conf.beat_schedule or {}),
    "voting.seal": {"task": "voting.seal", "schedule": 60.0},
    "voting.compare": {"task": "voting.compare", "schedule": 60.0},
    "voting.sign": {"task": "voting.sign", "schedule": crontab(minute="55", hour="23")},
}
