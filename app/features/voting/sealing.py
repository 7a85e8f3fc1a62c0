"""Moving envelopes into blocks of the board, so that no row joins them with the participations they came with.

While an envelope waits, its row and its participation were written by one transaction, and the database itself remembers which.
Sealing takes a random part of those that wait, in random order, in a transaction of its own, and always leaves `HELD_BACK`
behind: whoever watches the box from one block to the next cannot tell whose envelopes went.
"""

import contextlib
import random
import time
import uuid
from array import array
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, TypeVar, cast

from sqlalchemy import Column, Engine, MetaData, Table, delete, func, insert, literal, select
from sqlalchemy.orm import Session

from app.features.voting.box.board import BEGINNING, Block, Head, sign
from app.features.voting.models import BoardBlock, BoardEntry, BoardHead, Box, Envelope, VoterIdentity, VotingParticipation
from app.features.voting.queries import fixed_pots, last_block
from app.kernel import clock
from app.kernel.automated import decides

ENOUGH_TO_SEAL = 40
HELD_BACK = 20
FEWEST_IN_A_BLOCK = 20
MOST_IN_A_BLOCK = 2000
_AT_ONCE = 500
_ROWS = 5000
_ID = 16
T = TypeVar("T")
_chance = random.SystemRandom()


@decides("sealing")
def seal_waiting(session: Session, pot_id: uuid.UUID, *, everything: bool = False, at_most: int | None = None) -> int:
    """Seal what may be sealed now; with `everything`, the box is being closed and nothing is held back. Returns how many.

    `at_most`: with the block that reaches so many this transaction has done enough. A block is never cut for that.

    The caller has locked the box of the process, so nobody else seals at the same time.
    """
    packed, order = _waiting(session, pot_id)
    if not everything:
        order = order[HELD_BACK:] if len(order) >= ENOUGH_TO_SEAL else order[:0]
    done = 0
    for size in sizes_of_blocks(len(order)):
        if at_most is not None and done >= at_most:
            break
        part = order[done : done + size]
        _seal_block(session, pot_id, [uuid.UUID(bytes=bytes(packed[place * _ID : place * _ID + _ID])) for place in part])
        done += size
    return done


@decides("sealing")
def sizes_of_blocks(number: int) -> list[int]:
    """How many of so many envelopes go into each block: equal parts, so that none is left with a few.

    No block has fewer than `FEWEST_IN_A_BLOCK`, unless there are no more; not even where it would then be larger than usual.
    """
    if number == 0:
        return []
    blocks = max(1, min(-(-number // MOST_IN_A_BLOCK), number // FEWEST_IN_A_BLOCK))
    size, larger = divmod(number, blocks)
    return [size + 1] * larger + [size] * (blocks - larger)


@decides("sealing")
def _waiting(session: Session, pot_id: uuid.UUID) -> tuple[bytearray, "array[int]"]:
    """The ids of the envelopes that wait, one behind the other, and a random order of them: twenty bytes an envelope."""
    packed = bytearray()
    found = select(Envelope.id).where(Envelope.pot_id == pot_id).execution_options(yield_per=_ROWS)
    for one in session.scalars(found):
        packed += one.bytes
    order = array("I", range(len(packed) // _ID))
    _chance.shuffle(order)
    return packed, order


def _seal_block(session: Session, pot_id: uuid.UUID, chosen: Sequence[uuid.UUID]) -> None:
    last = last_block(session, pot_id)
    number, previous = (last.number + 1, last.digest) if last else (1, BEGINNING)
    block = BoardBlock(id=uuid.uuid4(), pot_id=pot_id, number=number, previous=previous, digest="", size=len(chosen))
    rows: list[dict[str, Any]] = []
    for part in _parts(chosen):
        found = {
            row.id: row
            for row in session.execute(select(Envelope.id, Envelope.ciphertext, Envelope.receipt).where(Envelope.id.in_(part)))
        }
        rows += [
            {
                "receipt": found[one].receipt,
                "block_id": block.id,
                "place": len(rows) + place,
                "envelope_id": one,
                "ciphertext": found[one].ciphertext,
            }
            for place, one in enumerate(part)
        ]
    block.digest = Block(str(pot_id), number, previous, tuple(row["receipt"] for row in rows)).digest
    session.add(block)
    session.flush()
    for entries in _parts(rows):
        session.execute(insert(BoardEntry), _with_ids_of_their_own(session, entries))
    for part in _parts(chosen):
        session.execute(delete(Envelope).where(Envelope.id.in_(part)))
    session.flush()


def _with_ids_of_their_own(session: Session, entries: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """The same, but an id that is on the board already is replaced: a ballot is never kept back for the number of its page.

    It takes a page that two voters sent, the second in the very moment in which the first one's envelope was sealed.
    """
    ids = [entry["envelope_id"] for entry in entries]
    taken = set(session.scalars(select(BoardEntry.envelope_id).where(BoardEntry.envelope_id.in_(ids))))
    return [{**entry, "envelope_id": uuid.uuid4()} if entry["envelope_id"] in taken else entry for entry in entries]


def _parts(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for at in range(0, len(rows), _AT_ONCE):
        yield rows[at : at + _AT_ONCE]


def sign_head(session: Session, box: Box, day: date, seed: bytes) -> BoardHead:
    """Sign the board as it is now; the head of a day is replaced until the day is over.

    A clock that goes back reopens no day: what is signed then belongs to the newest day that has a head.
    """
    newest = session.scalar(select(func.max(BoardHead.day)).where(BoardHead.process_id == box.process_id))
    day = max(day, newest) if newest else day
    pots = []
    for pot in fixed_pots(session, box.process_id):
        blocks, envelopes = session.execute(
            select(func.count(), func.coalesce(func.sum(BoardBlock.size), 0)).where(BoardBlock.pot_id == pot.id)
        ).one()
        last = last_block(session, pot.id)
        pots.append((str(pot.id), int(blocks), int(envelopes), last.digest if last else BEGINNING))
    head = Head(str(box.process_id), day.isoformat(), tuple(sorted(pots)))
    found = session.scalars(select(BoardHead).where(BoardHead.process_id == box.process_id, BoardHead.day == day)).first()
    if found is None:
        found = BoardHead(process_id=box.process_id, day=day)
        session.add(found)
    found.pots = [list(pot) for pot in head.pots]
    found.signature = sign(head, seed)
    session.flush()
    return found


def scatter(session: Session, process_id: uuid.UUID) -> int:
    """Write participations, and which account stood for which entry, anew in random order and in one transaction: neither
    order nor transaction nor moment tells any more when somebody voted. Returns how many participations there are.
    """
    moved = _scatter(session, VotingParticipation, process_id)
    _scatter(session, VoterIdentity, process_id, created_at=clock.now())
    return moved


@decides("sealing")
def _scatter(session: Session, model: type[VotingParticipation | VoterIdentity], process_id: uuid.UUID, **same: Any) -> int:
    """The rows of one process get new ids, another order, and in the columns of `same` one value for all."""
    table = cast("Table", model.__table__)
    kept = [column for column in table.c if column.name not in ("id", *same)]
    aside = Table("scattered", MetaData(), *(Column(column.name, column.type) for column in kept), prefixes=["TEMPORARY"])
    connection = session.connection()
    aside.create(connection)
    rows = select(*kept).where(table.c.process_id == process_id).order_by(func.random())
    connection.execute(insert(aside).from_select([column.name for column in kept], rows))
    connection.execute(delete(table).where(table.c.process_id == process_id))
    sqlite = connection.dialect.name == "sqlite"
    new_id = func.lower(func.hex(func.randomblob(16))) if sqlite else func.gen_random_uuid()
    fixed = [literal(value, table.c[name].type) for name, value in same.items()]
    moved = connection.execute(
        insert(table).from_select(["id", *same, *aside.c.keys()], select(new_id, *fixed, *aside.c), include_defaults=False)
    )
    aside.drop(connection)
    return moved.rowcount


REWRITTEN = (
    *("voting_participation", "voter_identity", "envelope", "board_block", "board_entry"),
    *("paper_issue", "outer_envelope"),  # of the stations: proofs of whose a stub is, and whose an accepted envelope was
)


class NotWiped(RuntimeError):
    """Old rows had to stay, because somebody may still look at them: `held_by` are kinds (`transaction`, `prepared`, `replica`,
    `slot`) and names."""

    def __init__(self, held_by: Sequence[tuple[str, str]]) -> None:
        names = ", ".join(f"{kind} {name}" for kind, name in held_by)
        super().__init__(f"old rows are still held by {names}; the box is wiped once they have ended")
        self.held_by = tuple(held_by)


_HELD = """
SELECT 'transaction', concat_ws(' ', nullif(application_name, ''), pid) FROM pg_stat_activity
 WHERE pid <> pg_backend_pid() AND datname = current_database() AND backend_type <> 'walsender'
   AND (age(backend_xmin) > age(%(since)s::xid) OR age(backend_xid) > age(%(since)s::xid))
UNION ALL
SELECT 'prepared', gid FROM pg_prepared_xacts
 WHERE database = current_database() AND age(transaction) > age(%(since)s::xid)
UNION ALL
SELECT 'replica', concat_ws(' ', nullif(application_name, ''), client_addr) FROM pg_stat_replication
 WHERE age(backend_xmin) > age(%(since)s::xid)
UNION ALL
SELECT 'slot', slot_name::text FROM pg_replication_slots WHERE age(xmin) > age(%(since)s::xid)
"""


def wipe(engine: Engine, *, patience: int = 10) -> None:
    """Give the space of removed rows back for good, so that nothing of them is left in the files of the database.

    Run after the box is closed, outside any transaction: VACUUM FULL on PostgreSQL; on SQLite VACUUM and an empty
    write-ahead log. Raises NotWiped while PostgreSQL keeps old rows for somebody: then try again later. A replica that has
    read everything up to this call holds nothing, though it always says from where on it wants to look.
    `patience`: how many seconds to wait for those who began before this call.
    """
    if engine.dialect.name == "sqlite":
        with contextlib.closing(engine.raw_connection()) as raw:  # past the event that begins a transaction
            raw.cursor().execute("VACUUM")
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        since = connection.exec_driver_sql("SELECT pg_snapshot_xmax(pg_current_snapshot())::xid::text").scalar()
        while (held := connection.exec_driver_sql(_HELD, {"since": since}).tuples().all()) and patience > 0:
            time.sleep(1)
            patience -= 1
        if held:
            raise NotWiped(held)
        for table in REWRITTEN:
            connection.exec_driver_sql(f"VACUUM FULL {table}")
