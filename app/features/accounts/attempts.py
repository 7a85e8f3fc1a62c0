"""Attempts are counted before they are judged, each in a short transaction of its own (the exception to law 3).

Counting first means that forty guesses at once cannot all slip past a counter that says zero. The key is a keyed hash of
an account or a code, never of a network address alone: a library shares one, so whoever counts networks leaves another way
open. Whoever is locked out of an account by a stranger's guesses still comes in by a link sent to their mail, which is another
key.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.accounts.models import AttemptCounter
from app.features.accounts.rules import FORGET_ATTEMPTS_AFTER, wait_after
from app.features.accounts.vault import vault
from app.kernel import clock
from app.kernel.automated import decides
from app.kernel.errors import TooManyAttempts


def key_of(kind: str, subject: str) -> str:
    """The key under which attempts of one kind (`password`, `code`, `letter`) at one subject are counted."""
    return vault.digest(f"attempts {kind}", subject)


@decides("attempts")
def count(key: str) -> datetime:
    """Count one attempt, as if it were wrong; `forgive` or `take_back` undo that. Raises TooManyAttempts while there is a wait.

    Returns when the attempt before this one was made.
    """
    db.session.rollback()  # nothing has been written yet; where there is one writer at a time, our own lock would stop us
    seconds = 0
    with db.separate_transaction() as session:
        now = clock.now()
        counter = _locked(session, key)
        before = counter.last_at
        if counter.blocked_until is not None and now < counter.blocked_until:
            seconds = max(1, round((counter.blocked_until - now).total_seconds()))
        else:
            if now - counter.last_at > FORGET_ATTEMPTS_AFTER:
                counter.failures = 0
            counter.failures += 1
            counter.last_at = now
            wait = wait_after(counter.failures)
            counter.blocked_until = now + timedelta(seconds=wait) if wait else None
    if seconds:
        raise TooManyAttempts(seconds)
    return before


def forgive(key: str) -> None:
    """Forget the attempts: this one was right. Part of the request's own transaction, kept if what follows is kept."""
    db.session.execute(delete(AttemptCounter).where(AttemptCounter.key == key))


def take_back(key: str, before: datetime) -> None:
    """This attempt was right, which says nothing about earlier ones: whoever shares a network may know one right answer and
    look for another. The wait that counting began is over; how long ago the last wrong attempt was, stays (`before`)."""
    counter = db.session.get(AttemptCounter, key, with_for_update=True, populate_existing=True)
    if counter is not None:
        counter.failures, counter.blocked_until, counter.last_at = max(0, counter.failures - 1), None, before


def hidden_key(kind: str, subject: str) -> str:
    """A keyed hash of who somebody is, for other rooms' own counters: a copy of the database tells nobody's identifier."""
    return key_of(kind, subject)


def count_attempt(kind: str, subject: str) -> datetime:
    """The same for other rooms, before they judge what somebody claims. Raises TooManyAttempts; ends what was read so far."""
    return count(key_of(kind, subject))


def take_back_attempt(kind: str, subject: str, before: datetime) -> None:
    """The claim was right: only this attempt is not counted. `before` is what `count_attempt` has returned."""
    take_back(key_of(kind, subject), before)


def forgive_attempts(kind: str, subject: str) -> None:
    """The claim was right: forget the attempts."""
    forgive(key_of(kind, subject))


def _locked(session: Session, key: str) -> AttemptCounter:
    """The counter, locked until the end of the transaction; made when there is none."""
    counter = session.get(AttemptCounter, key, with_for_update=True)
    if counter is None:
        try:
            with session.begin_nested():
                counter = AttemptCounter(key=key, failures=0, last_at=clock.now())
                session.add(counter)
                session.flush()
        except IntegrityError:  # another process made it at this very moment
            counter = session.get_one(AttemptCounter, key, with_for_update=True)
    return counter
