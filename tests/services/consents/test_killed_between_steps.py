"""A worker that writes to a whole city, or deletes for one, is killed (SIGKILL, a real process) in the middle."""

import os
import signal
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest

from app.extensions import db
from app.features.consents import tasks
from app.features.consents.governed import ContactDetail
from app.features.consents.models import Answer
from app.features.consents.use_cases import changed, nightly
from app.features.consents.use_cases.changed import CHANGED
from app.kernel import outbox
from app.kernel.outbox import OutboxRow, Unreachable
from tests.factories import accounts, consents

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.timeout(300)]
PEOPLE = 23


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def in_a_process(work) -> int:
    """Do it in a process of its own; returns the signal that ended it."""
    db.session.remove()
    db.engine.dispose()
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def one_step(*, kept: bool) -> None:
    """Take one step of the letters and die: before it is kept, or right after."""
    write, written = outbox._handlers[CHANGED], []

    def write_once(session, row):
        write(session, row)
        session.flush()
        if not kept:
            die()
        written.append(row.id)

    @contextmanager
    def factory():
        if written:
            die()
        with db.transaction() as session:
            yield session

    outbox._handlers[CHANGED] = write_once
    outbox.deliver_due(factory)


def letters() -> Counter:
    with db.transaction() as session:
        rows = session.query(OutboxRow).filter_by(kind="mail").all()
        return Counter(row.payload["person_id"] for row in rows if row.payload["mail"] == "consents.changed")


def steps_waiting() -> int:
    with db.transaction() as session:
        return session.query(OutboxRow).filter(OutboxRow.kind == CHANGED, OutboxRow.delivered_at.is_(None)).count()


def test_everybody_gets_one_letter_however_often_the_worker_dies(committing_db, app, clock, monkeypatch):
    monkeypatch.setattr(changed, "AT_ONCE", 5)

    def away(*_args):
        raise Unreachable

    monkeypatch.setitem(outbox._handlers, "mail", away)  # the letters stay where they can be counted
    with app.app_context(), committing_db.transaction():
        agreement = consents.agreement()
        told = {str(consents.consent(agreement, accounts.person()).person_id) for _ in range(PEOPLE)}
        refused = consents.consent(agreement, accounts.person(), Answer.REFUSED)
        consents.revise(agreement, notice={"en": "New substance."}, earlier_end_at=clock.now + timedelta(days=30))
        assert str(refused.person_id) not in told

    kept = 0
    while steps_waiting():
        before = letters()
        assert in_a_process(lambda: one_step(kept=False)) == signal.SIGKILL
        assert letters() == before  # what was not kept has not happened
        clock.advance(minutes=11)  # the claim of the dead worker runs out
        assert in_a_process(lambda: one_step(kept=True)) == signal.SIGKILL
        assert 0 <= sum(letters().values()) - sum(before.values()) < PEOPLE
        kept += 1

    assert kept == 5
    assert letters() == Counter(dict.fromkeys(told, 1))


def test_what_counts_no_more_is_deleted_step_by_step_and_a_killed_night_goes_on(committing_db, app, clock, monkeypatch):
    with app.app_context(), committing_db.transaction():
        old, present = consents.agreement(), consents.agreement()
        for _ in range(PEOPLE):
            consents.consent(old, accounts.person())
            consents.consent(present, accounts.person())
        consents.revise(old, notice={"en": "New substance."}, earlier_end_at=clock.now + timedelta(days=1))
    clock.advance(days=3)
    limited = nightly.forget_out_of_force
    monkeypatch.setattr(tasks, "forget_out_of_force", lambda session, place: limited(session, place, 5))

    def left():
        with db.transaction() as session:
            details = Counter(found.agreement_id for found in session.query(ContactDetail))
            return details[old.id], details[present.id]

    def killed_after(transactions: int) -> None:
        real, begun = db.transaction, []

        @contextmanager
        def counted():
            begun.append(1)
            with real() as session:
                yield session
                session.flush()
                if len(begun) > transactions:
                    die()  # what this one did is never kept

        monkeypatch.setattr(tasks.db, "transaction", counted)
        tasks.expire()

    assert left() == (PEOPLE, PEOPLE)
    seen = []
    for transactions in (1, 3, 2, 2):
        assert in_a_process(lambda count=transactions: killed_after(count)) == signal.SIGKILL
        seen.append(left())
        assert seen[-1][1] == PEOPLE
    assert seen == sorted(seen, reverse=True)
    assert 0 < seen[1][0] < PEOPLE  # a part was kept each time
    tasks.expire()
    assert left() == (0, PEOPLE)
