"""Somebody with full read access tries to join a ballot on paper with the person it was handed out to.

The attack is first let loose where it must succeed, so that its failure afterwards means something.
"""

import hashlib
import math
import random
import re
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.features.stations.models import PaperBallot
from app.features.stations.use_cases import open_boxes
from app.features.voting.models import VotingParticipation
from app.features.voting.rules import voter_key
from app.features.voting.use_cases import close_box
from app.features.voting.use_cases.casting import ready_box
from app.kernel import clock
from app.kernel.outbox import OutboxRow
from app.kernel.permissions import SYSTEM
from tests.factories import committee, stations, voting
from tests.factories.stations import SECRET
from tests.support import matching
from tests.support.database import renew
from tests.support.worker import work

VOTERS = 60
FAR = 5 / math.sqrt(VOTERS - 1)
BALLOTS = [f"{1 + at % 9},{10 + at // 9}" for at in range(VOTERS)]
"""No two are the same, so that one can be told from another."""


@pytest.fixture(autouse=True)
def new_tables(committing_db):
    if not committing_db.is_sqlite:
        renew(committing_db.engine)


def everything_delivered(db):
    """What a worker does in the end: whoever looks at old rows at this moment, such as PostgreSQL itself, is waited for."""
    left = ["begin"]
    for _again in range(6):
        work()
        with db.transaction() as session:
            rows = session.scalars(select(OutboxRow).where(OutboxRow.delivered_at.is_(None))).all()
            left = [row.last_error for row in rows]
            for row in rows:
                row.available_at = clock.now()
        if not left:
            return
    pytest.fail(f"not delivered: {left}")


class PaperVote:
    """People come to two stations one after the other; `truth` says which ballot each has, which no table knows."""

    def __init__(self, db, keyring):
        self.db = db
        pot = stations.paper_pot(costs=(100_00,) * 17, limit_by_cost=False, max_projects=2)
        self.pot_id, self.process_id = pot.id, pot.process_id
        ready_box(db.session(), pot.process_id, keyring)
        self.places = [committee.station(pot.process_id, name) for name in ("Library", "School")]
        self.desks = [stations.on_shift(place) for place in self.places]
        db.session.commit()
        self.order, self.truth, self.at = [], {}, {}
        for stub, marks in enumerate(BALLOTS, start=1):
            which = 0 if stub <= VOTERS - 1 else 1  # one person alone votes at the school
            with db.transaction():
                stations.handed_out(self.desks[which], self.places[which], pot, f"CARD{stub:05}", stub)
            key = voter_key(SECRET, pot.process_id, f"CARD{stub:05}")
            self.order.append(key)
            self.truth[key], self.at[key] = marks, self.places[which].name
        self.pot = pot

    def close(self, keyring, shuffled=True):
        with self.db.transaction():
            stations.over(self.pot)
        with self.db.transaction() as session:
            close_box(session, SYSTEM, self.process_id, keyring)
        clerk = stations.clerk(self.process_id)
        self.db.session.commit()
        for place in self.places:
            with self.db.transaction() as session:
                open_boxes(session, clerk, place.id)
        everything_delivered(self.db)  # by a worker: nobody wipes by hand
        for which, place in enumerate(self.places):
            batch = [self.truth[key] for key in self.order if self.at[key] == self.places[which].name]
            if shuffled:
                random.Random(3).shuffle(batch)
            with self.db.transaction():
                stations.typed(clerk, place, self.pot, batch)


def pairs_by_order(found):
    """First voter with first ballot, in every order of the one by every order of the other."""
    attacks = {}
    for one, keys in matching.orders(found["voting_participation"], "voter_key").items():
        for other, marks in matching.orders(found["paper_ballot"], "first").items():
            attacks[f"{one} with {other}"] = list(zip(keys, marks, strict=False))
            attacks[f"{one} with {other}, backwards"] = list(zip(keys, reversed(marks), strict=False))
    return attacks


def pairs_by_station(found):
    """Whoever voted where only one did has the only ballot of that box."""
    names = {row["id"]: row["name"] for row in found["paper_station"]}
    batches = {row["id"]: names[row["station_id"]] for row in found["ballot_batch"]}
    pairs = []
    for station in names.values():
        keys = [row["voter_key"] for row in found["voting_participation"] if row["station"] == station]
        marks = [row["first"] for row in found["paper_ballot"] if batches[row["batch_id"]] == station]
        if len(keys) == len(marks) == 1:
            pairs.append((keys[0], marks[0]))
    return pairs


def test_a_ballot_on_paper_cannot_be_joined_with_whoever_it_was_handed_out_to(committing_db, keyring, told_lines):
    vote = PaperVote(committing_db, keyring)
    vote.close(keyring)
    found = matching.dump(committing_db.engine)
    assert len(found["paper_ballot"]) == len(found["voting_participation"]) == VOTERS

    lucky = {
        name: hits
        for name, pairs in pairs_by_order(found).items()
        if (hits := matching.right(pairs, vote.truth)) >= matching.LUCK
    }
    assert lucky == {}
    assert pairs_by_station(found) == []
    assert {row["station"] for row in found["voting_participation"]} == {"*"}
    orders = matching.orders(found["voting_participation"], "voter_key")
    told_by = {name: matching.rank_correlation(order, vote.order) for name, order in orders.items()}
    assert {name: value for name, value in told_by.items() if abs(value) > FAR} == {}
    everything = {table: str(rows) for table, rows in found.items() if table != "voting_participation"}
    assert [table for table, rows in everything.items() if any(key in rows for key in vote.truth)] == []
    assert not any(key in line or f"CARD{at:05}" in line for line in told_lines for at, key in enumerate(vote.order, start=1))


def bytes_of(db):
    """Everything that lies in the files of the tables in question."""
    if db.is_sqlite:
        file = Path(db.engine.url.database or "")
        return b"".join(one.read_bytes() for one in (file, file.with_name(f"{file.name}-wal")) if one.exists())
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("CHECKPOINT")
        tables = ("voting_participation", "paper_issue", "outer_envelope")
        read = "SELECT pg_read_binary_file(pg_relation_filepath('{}'))"
        return b"".join(bytes(connection.exec_driver_sql(read.format(one)).scalar() or b"") for one in tables)


def told_by_bytes(content, keys, words):
    """How often one of these words stands right behind one of the keys."""
    return sum(
        any(word.encode() in content[found.end() : found.end() + 100] for word in words)
        for key in keys
        for found in re.finditer(re.escape(key.encode()), content)
    )


def test_no_old_row_in_the_files_of_the_database_says_where_somebody_voted(committing_db, keyring):
    """The boxes are opened after the files were wiped with the closing of the box, or where there is no box at all."""
    vote = PaperVote(committing_db, keyring)
    assert told_by_bytes(bytes_of(committing_db), vote.order, ("Library", "School")) >= VOTERS
    vote.close(keyring)
    assert told_by_bytes(bytes_of(committing_db), vote.order, ("Library", "School")) == 0


def test_the_attacks_find_what_is_there(committing_db, keyring):
    """Were the station kept, one voter would be found; were the batch not shuffled and rows not scattered, many."""
    vote = PaperVote(committing_db, keyring)
    vote.close(keyring, shuffled=False)
    with committing_db.transaction() as session:
        for key, station in vote.at.items():
            session.execute(update(VotingParticipation).where(VotingParticipation.voter_key == key).values(station=station))
    found = matching.dump(committing_db.engine)
    assert matching.right(pairs_by_station(found), vote.truth) == 1
    alone = vote.order[-1]  # at the other station: known already, and in the way of the others
    in_order = [{"voter_key": key, "at": at} for at, key in enumerate(vote.order) if key != alone]
    pile = [row for row in found["paper_ballot"] if row["first"] != vote.truth[alone]]
    found = {**found, "voting_participation": in_order, "paper_ballot": pile}
    best = max(matching.right(pairs, vote.truth) for pairs in pairs_by_order(found).values())
    assert best > VOTERS / 2


def test_a_stub_cannot_be_joined_with_a_voter_from_the_database_alone(committing_db, keyring):
    """While people vote, too: whoever takes back a ballot types the number, and the key is not in the database."""
    vote = PaperVote(committing_db, keyring)
    found = matching.dump(committing_db.engine)
    proofs = {row["proof"] for row in found["paper_issue"]}
    assert len(proofs) == VOTERS
    guesses = {hashlib.sha256(f"stub:{key}:{stub}".encode()).hexdigest() for key in vote.order for stub in range(1, VOTERS + 1)}
    assert not proofs & guesses
    vote.close(keyring)
    assert {row["proof"] for row in matching.dump(committing_db.engine)["paper_issue"]} == {""}
    assert PaperBallot.__table__.c.keys() == [
        "batch_id", "number", "first", "second", "wanted", "drawn", "unsettled", "proposed", "proposed_by", "settled",
    ]  # fmt: skip
    assert voting.SECRET.decode() not in str(found)
