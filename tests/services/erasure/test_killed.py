"""A worker that erases somebody is killed (SIGKILL, a real process) again and again; whoever comes next ends it."""

import os
import signal
from contextlib import contextmanager

import pytest

from app.extensions import db
from app.features.erasure.models import Erasure, ErasureState
from app.features.erasure.nightly import take_up
from app.features.erasure.queries import preview_erasure
from app.features.erasure.use_cases import erase_now, go_on
from app.features.notifications.tasks import empty_outbox
from app.kernel import erasing, outbox
from app.kernel.erasure_ledger import Ledger
from app.kernel.permissions import Actor
from tests.factories.erasure import EMAIL, MARK, NAME, PHONE, busy_person
from tests.support.traces import in_tables, spellings

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def begun(committing_db, app):
    """Somebody whose erasure has begun, and what was foretold."""
    with app.app_context(), committing_db.transaction():
        person_id = busy_person().id
    with app.app_context(), committing_db.transaction() as session:
        foretold = preview_erasure(session, person_id).counts
        erasure_id = erase_now(session, Actor(person_id=person_id), person_id).id
    return person_id, erasure_id, foretold


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def killed_before_the_commit():
    """A transaction whose work is done and never kept."""
    with db.transaction() as session:
        yield session
        session.flush()
        die()


def one_step_and_half_of_the_next(erasure_id) -> None:
    """Take one step; die when the work of the next is done and not kept. After the last step nothing follows: die at once."""
    kept = []

    @contextmanager
    def factory():
        with db.transaction() as session:
            yield session
            if kept:
                session.flush()
                die()
        kept.append(True)

    go_on(factory, erasure_id, after_step=lambda part: die() if part == "done" else None)


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


def state_of(erasure_id) -> tuple[ErasureState, str]:
    with db.transaction() as session:
        found = session.get_one(Erasure, erasure_id)
        return found.state, found.part


def test_killed_before_and_after_each_step_it_ends_and_nothing_is_left(begun, committing_db, app):
    person_id, erasure_id, foretold = begun
    places = ["", *(part.name for part in erasing.parts())]
    steps = []
    with app.app_context():
        assert in_a_process(lambda: go_on(killed_before_the_commit, erasure_id)) == signal.SIGKILL
        while (before := state_of(erasure_id))[0] is ErasureState.RUNNING:
            assert in_a_process(lambda: one_step_and_half_of_the_next(erasure_id)) == signal.SIGKILL
            state, place = state_of(erasure_id)
            if state is ErasureState.RUNNING:  # what was not kept has not happened
                assert places.index(place) - places.index(before[1]) <= 1
            steps.append(before[1])
    empty_outbox()

    assert len(steps) > 50
    assert state_of(erasure_id)[0] is ErasureState.DONE
    assert in_tables(committing_db.engine, spellings(person_id, MARK, NAME, EMAIL, PHONE)) == set()
    with db.transaction() as session:
        counts = session.get_one(Erasure, erasure_id).counts
    assert {name: number for name, number in counts.items() if number} == {
        name: number for name, number in foretold.items() if counts.get(name)
    }


def test_the_sweeper_takes_up_what_a_dead_worker_left(begun, committing_db, app, clock):
    _, erasure_id, _ = begun
    with app.app_context():
        in_a_process(lambda: go_on(db.transaction, erasure_id, after_step=lambda _part: die()))
        assert take_up() == 0  # somebody may be at it still
        clock.advance(minutes=11)
        assert take_up() == 1
    assert state_of(erasure_id)[0] is ErasureState.DONE


def test_the_outbox_brings_it_again_until_it_is_done(begun, committing_db, app, monkeypatch):
    _, erasure_id, _ = begun

    def full(*_args):
        raise OSError("no space left on the device")

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "add", full)
        outbox.deliver_due(db.transaction)
        assert state_of(erasure_id) == (ErasureState.RUNNING, "")  # nothing goes before the ledger is written
    with app.app_context():
        assert take_up(stalled_only=False) == 1
    assert state_of(erasure_id)[0] is ErasureState.DONE
