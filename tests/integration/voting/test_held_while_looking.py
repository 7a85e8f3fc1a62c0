"""One statement holds the pot and reads how the vote stands: what somebody changed between the two is not overlooked."""

import importlib
import threading
import time
from contextlib import contextmanager
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update

from app.features.budgets.choices import Choices
from app.features.budgets.commands import AnnulPot
from app.features.budgets.models import Pot
from app.features.budgets.queries import hold_pots, process_of_fixed
from app.features.budgets.use_cases import annul_pot
from app.features.spaces.models import Process
from app.features.voting.commands import CastBallot
from app.features.voting.models import Box, BoxState, VoterIdentity, VotingParticipation
from app.features.voting.queries import coming
from app.features.voting.use_cases import cast_ballot
from app.features.voting.voters.voter import Voter, Way
from app.kernel import clock
from app.kernel.errors import Refused
from app.kernel.permissions import SYSTEM, Actor, Channel
from tests.factories import voting

asking = importlib.import_module("app.features.voting.queries.at_the_box")  # the package has a function of that name
MOMENT = 0.4
GATE = 7


def close(session, pot_id, process_id):
    hold_pots(session, process_id)
    session.execute(update(Box).where(Box.process_id == process_id).values(state=BoxState.CLOSED))


def interrupt(session, pot_id, process_id):
    hold_pots(session, process_id)
    session.execute(update(Process).where(Process.id == process_id).values(interrupted_at=clock.now()))


def annul(session, pot_id, process_id):
    annul_pot(session, SYSTEM, AnnulPot(pot_id, (uuid4(), uuid4())))


SAYS = {close: "box is closed", interrupt: "interrupted", annul: "annulled this vote"}


@pytest.fixture(params=[close, interrupt, annul], ids=lambda change: change.__name__)
def change(request):
    return request.param


@pytest.fixture(params=[Way.ACCOUNT, Way.DESK], ids=lambda way: way.value)
def vote(request, committing_db, keyring):
    """A pot whose ballot is known here, because somebody voted, and a second voter."""
    pot = voting.pot()
    first, second = voting.voters(pot, 2)
    cast_ballot(committing_db.session(), Actor(person_id=first.id), CastBallot(pot.id, Choices(("1",))), keyring)
    key = committing_db.session.scalars(select(VoterIdentity.voter_key).where(VoterIdentity.person_id == second.id)).one()
    pot_id, process_id = pot.id, pot.process_id
    committing_db.session.commit()
    assert process_of_fixed(pot_id) == process_id
    return pot_id, process_id, Voter(process_id, key, request.param, Channel.WEB)


def cast(committing_db, keyring, vote):
    """Cast as the last button does; returns when that was over, and why it was refused."""
    pot_id, _process_id, voter = vote
    refused = None
    try:
        with committing_db.transaction() as session:
            found = coming(session, pot_id, lambda _process: voter)
            cast_ballot(session, voter, CastBallot(pot_id, Choices(("2",))), keyring, found)
    except Refused as refusal:
        refused = refusal
    return time.perf_counter(), refused


def beside(committing_db, work):
    """Run `work(session)` in a transaction of its own in another thread, which commits."""

    def run():
        with committing_db.transaction() as session:
            work(session)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def participations(committing_db):
    with committing_db.transaction() as session:
        return len(session.scalars(select(VotingParticipation.id)).all())


@contextmanager
def gate_closed(committing_db):
    """Whoever asks for the gate waits until the block is over."""
    with committing_db.engine.connect() as gate:
        gate.exec_driver_sql(f"SELECT pg_advisory_lock({GATE})")
        try:
            yield gate
        finally:
            gate.exec_driver_sql(f"SELECT pg_advisory_unlock({GATE})")


def somebody_stands_at(gate):
    """Wait until somebody waits at the gate of this database."""
    waiting = """SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
    deadline = time.monotonic() + 20
    while not gate.exec_driver_sql(waiting).scalar():
        assert time.monotonic() < deadline, "nobody came to the gate"
        time.sleep(0.02)


def test_whoever_had_to_wait_for_the_pot_sees_what_was_changed(committing_db, keyring, vote, change):
    pot_id, process_id, _voter = vote
    changed, released = threading.Event(), []

    def work(session):
        change(session, pot_id, process_id)
        session.flush()
        changed.set()
        time.sleep(MOMENT)
        released.append(time.perf_counter())

    other = beside(committing_db, work)
    assert changed.wait(10)
    over, refused = cast(committing_db, keyring, vote)
    other.join(10)

    assert SAYS[change] in str(refused)
    assert over > released[0]
    assert participations(committing_db) == 1


def test_whoever_looked_before_and_held_after_sees_it_too(committing_db, keyring, vote, change, monkeypatch):
    """The statement looks, and stops before it holds the pot; meanwhile all is changed and committed: nobody is waited for."""
    if committing_db.is_sqlite:
        pytest.skip("SQLite has one writer at a time: nobody changes anything between two looks of another one")
    pot_id, process_id, _voter = vote
    slow = text(f"(SELECT pg_advisory_xact_lock_shared({GATE}) IS NOT NULL)")
    monkeypatch.setattr(asking, "_HOLDING", {query: held.where(slow) for query, held in asking._HOLDING.items()})
    outcome = []
    voter = threading.Thread(target=lambda: outcome.append(cast(committing_db, keyring, vote)))
    with gate_closed(committing_db) as gate:
        voter.start()
        somebody_stands_at(gate)
        other = beside(committing_db, lambda session: change(session, pot_id, process_id))
        other.join(10)
        assert not other.is_alive(), "the change had to be committed while the ballot stood still"
        assert outcome == []
    voter.join(10)

    ((_over, refused),) = outcome
    assert SAYS[change] in str(refused)
    assert participations(committing_db) == 1


def test_a_pot_that_stays_as_it_is_is_not_asked_about_twice(committing_db, keyring, vote, query_counter):
    with query_counter() as queries:
        _taken, refused = cast(committing_db, keyring, vote)

    assert refused is None
    assert sum("pot.held" in statement for statement in queries.statements) == 1
    assert participations(committing_db) == 2


def test_holding_is_counted_only_by_whoever_changes_the_vote(session):
    pot = voting.pot()
    session.commit()
    for shared, expected in ((True, 0), (False, 1), (False, 2)):
        hold_pots(session, pot.process_id, shared=shared)
        assert session.scalar(select(Pot.held).where(Pot.id == pot.id)) == expected
