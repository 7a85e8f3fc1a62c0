"""Somebody with full read access tries: before the opening to learn a count, after closing to join voters with envelopes.

Every attack is first let loose where it must succeed, so that its failure afterwards means something.
"""

import math
import sqlite3
from collections import Counter
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from app.features.budgets.choices import Choices
from app.features.spaces.models import Phase
from app.features.voting.commands import CastBallot, Identify
from app.features.voting.models import BoardBlock, BoardEntry, Envelope
from app.features.voting.queries import voter_key_of
from app.features.voting.sealing import wipe
from app.features.voting.use_cases import cast_ballot, close_box, identify, seal_boxes
from app.kernel.permissions import SYSTEM, Actor
from tests.factories import accounts, voting
from tests.support import matching
from tests.support.database import empty, renew

VOTERS = 100
SECRET = b"the key of this test"
SEAL_EVERY = 12
FAR_TOGETHER = 5.3
FAR = 5 / math.sqrt(VOTERS - 1)
"""A rank correlation of two unrelated orders is further from zero once in a million tries."""


@pytest.fixture(autouse=True)
def new_tables(committing_db):
    """Rows lie where they would in tables that were never used: not in the free places of an earlier test."""
    if not committing_db.is_sqlite:
        renew(committing_db.engine)


class Vote:
    """A vote whose voters come one after the other; `order` and `truth` are what nobody else knows."""

    def __init__(self, db, keyring, choices_of=lambda at: (str(1 + at % 3),), number=VOTERS, **attributes):
        self.db, self.keyring = db, keyring
        pot = voting.pot(**attributes)
        self.pot_id, self.process_id = pot.id, pot.process_id
        people = [accounts.person().id for _ in range(number)]
        db.session.commit()
        self.order, self.truth, self.block_of = [], {}, {}
        for at, person_id in enumerate(people):
            self._vote(at, Actor(person_id=person_id), choices_of(at))

    def _vote(self, at, actor, choices):
        with self.db.transaction() as session:
            identify(session, actor, Identify(self.process_id, f"CARD{at:05}"), SECRET)
        with self.db.transaction() as session:
            receipt = cast_ballot(session, actor, CastBallot(self.pot_id, Choices(tuple(choices)), uuid4()), self.keyring)
        with self.db.transaction() as session:
            key = voter_key_of(session, self.process_id, actor.person_id)
            self.order.append(key)
            self.truth[key] = receipt

    def seal(self):
        with self.db.transaction() as session:
            return seal_boxes(session, self.process_id)

    def close(self):
        with self.db.transaction() as session:
            for phase in session.scalars(select(Phase)):
                phase.starts_at, phase.ends_at = phase.starts_at - timedelta(days=900), phase.starts_at - timedelta(days=800)
        with self.db.transaction() as session:
            close_box(session, SYSTEM, self.process_id, self.keyring)
        wipe(self.db.engine)


class SealedVote(Vote):
    """The same, with the sealing task between the voters, as the clock would call it."""

    def _vote(self, at, actor, choices):
        super()._vote(at, actor, choices)
        if at % SEAL_EVERY == SEAL_EVERY - 1:
            self.seal()


def files(db):
    """Bytes of the database's files, where this process may read them."""
    path = Path(db.engine.url.database)
    return b"".join(part.read_bytes() for part in sorted(path.parent.glob(path.name + "*")))


@contextmanager
def log_kept(db):
    """A reader that stays, such as a copy being taken: else SQLite begins its log anew whenever nobody reads it.

    How much of the log is left to somebody with a copy would be chance, and with it whether the attack can succeed.
    """
    if not db.is_sqlite:
        yield
        return
    with closing(sqlite3.connect(db.engine.url.database, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield


def log_emptied(db):
    """All that was written so far into the database's own file, once: else SQLite copies it there at some later moment."""
    with closing(sqlite3.connect(db.engine.url.database, isolation_level=None)) as other:
        busy, left, _ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert (busy, left) == (0, 0)


def order_left(blocks, order):
    """How much is left of `order` within all blocks together; as far from zero as a normal distribution, if nothing is."""
    each = [matching.rank_correlation(block, order) * math.sqrt(len(block) - 1) for block in blocks]
    return sum(each) / math.sqrt(len(each))


def receipts_in_order(found):
    blocks = {row["id"]: row["number"] for row in found["board_block"]}
    return [{**row, "block": blocks[row["block_id"]]} for row in found["board_entry"]]


def test_while_it_waits_an_envelope_can_be_joined_and_after_closing_none_can(committing_db, keyring, told):
    with log_kept(committing_db):
        vote = Vote(committing_db, keyring)
    keys, receipts = set(vote.truth), set(vote.truth.values())
    before = matching.dump(committing_db.engine)
    sqlite = committing_db.is_sqlite
    path = Path(committing_db.engine.url.database) if sqlite else None

    # Where the rows were written together, the attack succeeds: it is a good attack.
    if sqlite:
        pairs = matching.by_log_of_changes(path, keys, receipts)
        old_rows = [UUID(row["id"]).hex.encode() for row in before["voting_participation"]]
        assert all(row in files(committing_db) for row in old_rows)
        assert len(pairs) > 0.9 * VOTERS
    else:
        pairs = matching.by_transaction(before["voting_participation"], before["envelope"])
        orders = matching.orders(before["voting_participation"], "voter_key")
        assert matching.rank_correlation(orders["hidden_ctid"], vote.order) > FAR  # free places may be filled first
        assert len(pairs) == VOTERS
    assert matching.right(pairs, vote.truth) > max(0.9 * len(pairs), matching.LUCK)

    vote.close()
    after = matching.dump(committing_db.engine)

    assert after["envelope"] == []
    assert len(after["board_entry"]) == len(after["voting_participation"]) == VOTERS
    attacks = matching.by_order(after["voting_participation"], receipts_in_order(after))
    attacks |= matching.by_order(after["voter_identity"], receipts_in_order(after))
    attacks["log lines"] = matching.by_log_lines(told, keys, receipts)
    if sqlite:
        attacks["write-ahead log"] = matching.by_log_of_changes(path, keys, receipts)
        content = files(committing_db)
        assert not [row for row in old_rows if row in content]
    else:
        attacks["transactions"] = matching.by_transaction(after["voting_participation"], after["board_entry"])
        attacks["transactions of identities"] = matching.by_transaction(after["voter_identity"], after["board_entry"])
    lucky = {name: found for name, pairs in attacks.items() if (found := matching.right(pairs, vote.truth)) >= matching.LUCK}
    assert lucky == {}
    for table in ("voting_participation", "voter_identity"):
        orders = matching.orders(after[table], "voter_key")
        told_by = {name: matching.rank_correlation(order, vote.order) for name, order in orders.items()}
        assert {name: value for name, value in told_by.items() if abs(value) > FAR} == {}, table


def test_who_knows_when_everybody_voted_is_left_with_a_whole_block(committing_db, keyring):
    """The order of blocks is public. Whoever also watched the door learns the block somebody may be in, never the envelope."""
    vote = SealedVote(committing_db, keyring)
    vote.close()
    found = receipts_in_order(matching.dump(committing_db.engine))

    sizes = Counter(row["block"] for row in found)
    assert min(sizes.values()) >= 20
    by_time = sorted(found, key=lambda row: (row["block"], row["place"]))
    guessed = list(zip(vote.order, (row["receipt"] for row in by_time), strict=True))
    assert matching.right(guessed, vote.truth) < matching.luck(len(sizes))  # one in each block is right by luck
    names = {receipt: key for key, receipt in vote.truth.items()}
    inside = {block: [names[row["receipt"]] for row in by_time if row["block"] == block] for block in sizes}
    assert abs(order_left(inside.values(), vote.order)) < FAR_TOGETHER
    in_order = [sorted(keys, key=vote.order.index) for keys in inside.values()]
    assert order_left(in_order, vote.order) > FAR_TOGETHER, "if all were left of the order, nobody would notice"


NUMBERED = {"area", "person", "process"}


def shape(value):
    """What of a value does not depend on chance: its kind and its length."""
    if isinstance(value, str | bytes | list | dict):
        return type(value).__name__, len(value)
    return type(value).__name__


def shapes(found):
    """The shapes of all rows of a dump, but for the counters of the database itself, and for what tests number."""
    return {
        table: Counter(
            tuple((name, shape(value)) for name, value in row.items() if not name.startswith("hidden_")) for row in rows
        )
        for table, rows in found.items()
        if table not in NUMBERED
    }


def look(db, keyring, told, choices_of):
    """All that can be read of a vote in which people chose so: shapes of rows, lengths of envelopes, log lines, sizes."""
    del told[:]
    vote = SealedVote(db, keyring, choices_of, number=45, costs=(1_00,) * 12)
    found = matching.dump(db.engine)
    lines = Counter(" ".join("#" if any(c.isdigit() for c in word) else word for word in line.split()) for line in told)
    with db.transaction() as session:
        sealed = [*session.scalars(select(Envelope.ciphertext)), *session.scalars(select(BoardEntry.ciphertext))]
        digests = set(session.scalars(select(BoardBlock.digest)))
        size = None if db.is_sqlite else session.scalar(text("SELECT sum(pg_column_size(e.*)) FROM envelope e"))
    return vote, found, {"rows": shapes(found), "lines": lines, "lengths": {len(one) for one in sealed}, "size": size}, digests


def test_two_votes_with_opposite_ballots_look_the_same_until_they_are_opened(committing_db, keyring, told):
    few = look(committing_db, keyring, told, lambda at: ("1",))
    committing_db.session.remove()
    empty(committing_db.engine) if committing_db.is_sqlite else renew(committing_db.engine)
    many = look(committing_db, keyring, told, lambda at: tuple(str(number) for number in range(2, 13)))

    assert len(few[2]["lengths"]) == 1
    assert few[2] == many[2]
    assert few[3].isdisjoint(many[3])


def test_no_choice_stands_readable_in_any_table_file_or_log(committing_db, keyring, told):
    pot = voting.pot(costs=(1_00,) * 4)
    names = [f"QX{number}ZW" for number in (7731, 7732, 7733, 7734)]
    for project, name in zip(pot.projects, names, strict=True):
        project.number = name
    pot.options = {**pot.options, "digest": "ab" * 32}
    people = voting.voters(pot, 45)
    pot_id, process_id = pot.id, pot.process_id
    actors = [Actor(person_id=person.id) for person in people]
    committing_db.session.commit()
    copies = 0
    if committing_db.is_sqlite:
        log_emptied(committing_db)
        copies = files(committing_db).count(b"QX77")
    for at, actor in enumerate(actors):
        with committing_db.transaction() as session:
            cast_ballot(session, actor, CastBallot(pot_id, Choices(tuple(names[: 1 + at % 4]))), keyring)
    with committing_db.transaction() as session:
        assert seal_boxes(session, process_id) == 25

    found = matching.dump(committing_db.engine)
    naming = {table for table, rows in found.items() if any(name in str(row) for row in rows for name in names)}
    assert naming == {"project"}  # the ballot paper, and nothing else
    assert not [line for line in told if any(name in line for name in names)]
    if committing_db.is_sqlite:
        assert files(committing_db).count(b"QX77") == copies
    votes = [name for name in found["pot"][0] if "vote" in name or "count" in name]
    assert {name: found["pot"][0][name] for name in votes} == {"vote_type": "approval", "counted_at": None}
