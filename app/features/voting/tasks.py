"""Work by the clock: envelopes move to the board each minute, the board is signed each night, certified pots are compared."""

import logging
import tempfile
import time
from uuid import UUID

from celery.schedules import crontab
from sqlalchemy.orm import Session

from app.extensions import celery, db
from app.features.voting.keys.installation import keyring, spool
from app.features.voting.queries import ballots_cast, open_boxes
from app.features.voting.sealing import NotWiped, wipe
from app.features.voting.use_cases import (
    begun_votes,
    compare_rules,
    counted_from,
    destroy_keys,
    finish_counting,
    finish_opening,
    go_on_closing,
    is_wiping,
    note_done,
    note_held,
    note_roll,
    outcome_of,
    pot_to_count,
    pots_to_compare,
    seal_boxes,
    sign_heads,
    stop_counting,
    stop_opening,
    taking_in,
    to_open,
    wiped,
    write_opened,
)
from app.features.voting.use_cases.closing import CLOSING, WIPING
from app.features.voting.use_cases.counting_long import COUNTING
from app.features.voting.use_cases.forgetting import DESTROY
from app.features.voting.use_cases.on_paper import FORGOTTEN_STATIONS
from app.features.voting.use_cases.opening_here import OPENING
from app.kernel import outbox
from app.kernel.automated import decides
from app.kernel.database import intent
from app.kernel.errors import Refused
from app.kernel.one_by_one import one_by_one
from app.kernel.outbox import OutboxRow

log = logging.getLogger(__name__)

TELL_EVERY = 1.0
"""Seconds between two notes of how far long work is."""


@celery.task(name="voting.seal")
@decides("sealing")
def seal() -> int:
    """Seal what has waited for enough others; each process in a transaction of its own. Safe to run at any time and twice."""

    def of(process_id: UUID) -> int:
        with db.transaction() as session:
            return seal_boxes(session, process_id)

    return sum(one_by_one("sealing", _open(), of))


@celery.task(name="voting.note_rolls")
@decides("board_by_clock")
def note_rolls() -> int:
    """Note the list of voters of every vote that has begun, each in a transaction of its own. Safe to run twice."""
    with db.transaction() as session:
        waiting = begun_votes(session)

    def of(process_id: UUID) -> None:
        with db.transaction() as session:
            note_roll(session, process_id)

    return len(one_by_one("noting the list of voters", waiting, of))


@celery.task(name="voting.sign")
@decides("board_by_clock")
def sign() -> None:
    """Sign the board of every open box as it stands."""

    def of(process_id: UUID) -> None:
        with db.transaction() as session:
            sign_heads(session, process_id, keyring())

    one_by_one("signing the board", _open(), of)


@celery.task(name="voting.compare")
@decides("compared_rules")
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


@outbox.handler(WIPING, for_ever=True)
def _wipe(session: Session, row: OutboxRow) -> None:
    """Give the space back. That cannot be done inside a transaction: this one ends first, another one says that it is done.

    Tried without end: a reader or a replica may hold old rows for days, and the box is not opened before they are gone.
    """
    process_id = UUID(row.payload["process_id"])
    if not is_wiping(session, process_id):
        return
    session.commit()
    try:
        wipe(db.engine)
    except NotWiped as still:
        with db.separate_transaction() as other:
            note_held(other, process_id, still.held_by)
        raise
    wiped(session, process_id)


@outbox.handler(FORGOTTEN_STATIONS, for_ever=True)
def _wipe_stations(session: Session, _row: OutboxRow) -> None:
    """Give the space of rows back that said where each ballot on paper was handed out. Tried without end, as `_wipe`."""
    session.commit()
    wipe(db.engine)


@outbox.handler(OPENING)
def _open_box(session: Session, row: OutboxRow) -> None:
    """Open the envelopes while nothing is locked, then take the ballots in. Whoever is killed in between begins it anew."""
    process_id = UUID(row.payload["process_id"])
    total = to_open(session, process_id)
    if total is None:
        return
    session.commit()
    try:
        with tempfile.TemporaryFile() as file:
            with intent(writing=False):
                write_opened(session, process_id, keyring(), file, Told(process_id, total))
                session.commit()
            with db.separate_transaction() as other:
                taking_in(other, process_id)
            file.seek(0)
            finish_opening(session, process_id, file)
    except Refused as refusal:
        session.rollback()
        stop_opening(session, process_id, refusal.message)


@outbox.handler(COUNTING)
def _count(session: Session, row: OutboxRow) -> None:
    """Count while nothing is locked, then keep the outcome."""
    pot_id = UUID(row.payload["pot_id"])
    session.commit()
    try:
        with intent(writing=False):
            pot = pot_to_count(session, pot_id)
            basis = counted_from(session, pot) if pot is not None else {}
            record = (
                outcome_of(session, pot, Told(pot.process_id, ballots_cast(session, pot), pot_id)) if pot is not None else {}
            )
            session.commit()
        if pot is not None:
            finish_counting(session, pot_id, record, basis)
    except Refused as refusal:
        session.rollback()
        stop_counting(session, pot_id, refusal.message)


class Told:
    """Called with how many more envelopes or ballots are done; the box is told once a second, so that a page can say it."""

    def __init__(self, process_id: UUID, total: int, pot_id: UUID | None = None) -> None:
        self.process_id, self.total, self.pot_id = process_id, total, pot_id
        self.done = 0
        self._next = time.monotonic()

    def __call__(self, more: int) -> None:
        """So many more are done."""
        self.done += more
        if time.monotonic() >= self._next or self.done >= self.total:
            with db.separate_transaction() as session:
                note_done(session, self.process_id, self.done, pot_id=self.pot_id)
            self._next = time.monotonic() + TELL_EVERY


@outbox.handler(DESTROY)
def _destroy_keys(session: Session, row: OutboxRow) -> None:
    destroy_keys(session, UUID(row.payload["process_id"]), keyring(), spool())


celery.conf.beat_schedule = {
    **(celery.conf.beat_schedule or {}),
    "voting.seal": {"task": "voting.seal", "schedule": 60.0},
    "voting.note_rolls": {"task": "voting.note_rolls", "schedule": 60.0},
    "voting.compare": {"task": "voting.compare", "schedule": 60.0},
    "voting.sign": {"task": "voting.sign", "schedule": crontab(minute="55", hour="23")},
}
