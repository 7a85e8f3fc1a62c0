"""Everybody locks in one order (the process, its pots by id, its box), so nobody waits for somebody who waits for them."""

import threading
import time

import pytest
from sqlalchemy import select, update

from app.features.budgets import fixing
from app.features.budgets.choices import Choices
from app.features.budgets.commands import FreezePot, MovePot
from app.features.budgets.models import Pot, PotState
from app.features.budgets.queries import hold_pots
from app.features.budgets.use_cases import freeze_pot, move_pot
from app.features.committee.use_cases.shared import locked_process
from app.features.voting.commands import CastBallot, IssueCodes
from app.features.voting.letters.spool import Spool
from app.features.voting.models import Custody, VoterIdentity
from app.features.voting.queries import box_of
from app.features.voting.rules import voter_key
from app.features.voting.sealing import NotWiped, wipe
from app.features.voting.use_cases import begin_closing, cast_ballot, casting, issue_codes, prepare_box
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict
from app.kernel.permissions import SYSTEM, Actor
from tests.factories import accounts, spaces, voting
from tests.factories.tools import add

MOMENT = 0.5


class Together:
    """One thread stops at a place in its transaction until another is well on its way (or waits for it)."""

    def __init__(self, race, first, second):
        self.race, self.work, self.there = race, [first, second], threading.Event()

    def stop(self, *_args, **_names):
        self.there.set()
        time.sleep(MOMENT)
        return {}

    def run(self):
        work = iter([(0, self.work[0]), (1, self.work[1])])
        lock = threading.Lock()

        def one():
            with lock:
                place, do = next(work)
            if place:
                assert self.there.wait(timeout=10), "nobody came to the place where the first one stops"
            return do()

        return self.race(one, times=2)


def test_fixing_a_ballot_and_a_decision_of_the_committee_do_not_wait_for_each_other_for_ever(committing_db, race, monkeypatch):
    pot = voting.pot(spaces.process("Vote", open_for=None), state=PotState.DRAFT)
    pot_id, process_id = pot.id, pot.process_id

    def fix():
        with committing_db.transaction() as session:
            freeze_pot(session, SYSTEM, FreezePot(pot_id))

    def decide():
        with committing_db.transaction() as session:
            locked_process(session, SYSTEM, process_id)
            hold_pots(session, process_id)

    both = Together(race, fix, decide)
    monkeypatch.setattr(fixing, "announced_with_a_pot", [both.stop, *fixing.announced_with_a_pot])

    assert both.run().errors == []


def test_closing_locks_the_pots_before_the_box_as_whoever_brings_a_key_does(committing_db, race, keyring, clock):
    pot = voting.pot()
    (person,) = voting.voters(pot)
    cast_ballot(committing_db.session(), Actor(person_id=person.id), CastBallot(pot.id, Choices(("1",))), keyring)
    process_id = pot.process_id
    committing_db.session.commit()
    clock.advance(days=400)
    both = Together(race, None, None)

    def bring():
        with committing_db.transaction() as session:
            locked_process(session, SYSTEM, process_id)
            hold_pots(session, process_id)
            both.stop()
            session.refresh(box_of(session, process_id), with_for_update=True)

    def close():
        with committing_db.transaction() as session:
            begin_closing(session, SYSTEM, process_id)

    both.work = [bring, close]
    assert both.run().errors == []


def test_a_key_is_not_exchanged_under_the_hands_of_the_first_voter(committing_db, race, keyring, monkeypatch):
    pot = voting.pot()
    (person,) = voting.voters(pot)
    pot_id, process_id, person_id = pot.id, pot.process_id, person.id
    before, _ = voting.committee_key(process_id)
    prepare_box(committing_db.session(), SYSTEM, before, keyring)
    committing_db.session.commit()
    command, new = voting.committee_key(process_id)

    def vote():
        with committing_db.transaction() as session:
            cast_ballot(session, Actor(person_id=person_id), CastBallot(pot_id, Choices(("1",))), keyring)

    def bring():
        with committing_db.transaction() as session:
            prepare_box(session, SYSTEM, command, keyring)

    both = Together(race, vote, bring)
    write_both = casting.write_both
    monkeypatch.setattr(casting, "write_both", lambda *args, **names: both.stop() or write_both(*args, **names))

    (error,) = both.run().errors
    assert isinstance(error, Conflict)
    with committing_db.transaction() as session:
        assert box_of(session, process_id).key["public_key"] != new.public_key


def test_a_key_that_replaces_another_one_is_loud_in_the_audit_log(session, keyring):
    pot = voting.pot()
    first, old = voting.committee_key(pot.process_id)
    second, new = voting.committee_key(pot.process_id)
    prepare_box(session, SYSTEM, first, keyring)
    box = prepare_box(session, SYSTEM, second, keyring)

    session.flush()
    (entry,) = session.query(AuditEntry).filter_by(action="box.key_replaced")
    assert (entry.details["replaced"], entry.details["key"]) == (old.public_key, new.public_key)
    assert (box.custody, box.key["public_key"]) == (Custody.COMMITTEE, new.public_key)
    (person,) = voting.voters(pot)
    cast_ballot(session, Actor(person_id=person.id), CastBallot(pot.id, Choices(("1",))), keyring)
    with pytest.raises(Conflict, match="voted already"):
        prepare_box(session, SYSTEM, voting.committee_key(pot.process_id)[0], keyring)


def test_nobody_waits_to_cast_while_letters_are_made(committing_db, race, keyring, tmp_path):
    if committing_db.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    process = voting.process_with_roll("AB12345")
    pot, person = voting.pot(process), accounts.person()
    key = voter_key(voting.SECRET, process.id, "AB12345")
    add(VoterIdentity(process_id=process.id, person_id=person.id, voter_key=key))
    pot_id, process_id, person_id = pot.id, process.id, person.id
    done, voted = [], threading.Event()

    class SlowSpool(Spool):
        def write(self, print_id, letters):
            both.there.set()
            voted.wait(timeout=20)  # until the ballot is there: for ever, if the ballot waited for the letters
            done.append("letters")
            return super().write(print_id, letters)

    def letters():
        with committing_db.transaction() as session:
            issue_codes(session, SYSTEM, IssueCodes(process_id, ("AB12345",)), voting.SECRET, SlowSpool(tmp_path))

    def vote():
        with committing_db.transaction() as session:
            cast_ballot(session, Actor(person_id=person_id), CastBallot(pot_id, Choices(("1",))), keyring)
        done.append("ballot")
        voted.set()

    both = Together(race, letters, vote)
    assert both.run().errors == []
    assert done == ["ballot", "letters"]


def test_the_order_of_the_pots_stays_once_people_vote(session, process_of):
    other = voting.pot(process_of(voting.pot()), position=1)

    with pytest.raises(Conflict, match="order of the pots"):
        move_pot(session, SYSTEM, MovePot(other.id, up=True))
    pots = [voting.pot(spaces.process("Next year", open_for=None), position=0)]
    pots.append(voting.pot(process_of(pots[0]), position=1))
    move_pot(session, SYSTEM, MovePot(pots[1].id, up=True))
    assert [one.position for one in pots] == [1, 0]


def test_a_box_is_not_said_to_be_wiped_while_somebody_may_still_look_at_old_rows(committing_db):
    if committing_db.is_sqlite:
        pytest.skip("SQLite rewrites the whole file")
    pot = voting.pot()
    committing_db.session.commit()
    with committing_db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as reader:
        reader.execute(select(Pot.id)).all()
        with committing_db.transaction() as session:
            session.execute(update(Pot).where(Pot.id == pot.id).values(position=7))
        pid = reader.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with pytest.raises(NotWiped, match=rf"transaction (\S+ )?{pid}\b") as refused:
            wipe(committing_db.engine, patience=0)
        assert [kind for kind, _name in refused.value.held_by] == ["transaction"]
        reader.rollback()
        for _ in range(50):  # until nobody writes anywhere on this server, and the reader needs no old rows at all
            needs = reader.exec_driver_sql("SELECT pg_snapshot_xmin(s) = pg_snapshot_xmax(s) FROM pg_current_snapshot() s")
            if needs.scalar():
                wipe(committing_db.engine, patience=0)
                break
            reader.rollback()
            time.sleep(0.1)
        reader.rollback()
    wipe(committing_db.engine)
