"""Somebody who can write in the database changes a closed board: opening it, or bringing in what was opened, names it."""

import uuid

import pytest
from sqlalchemy import delete, select, update

from app.features.budgets.choices import Choices
from app.features.voting.box import opening
from app.features.voting.box.board import Block, Head, broken_link, is_signed
from app.features.voting.box.contents import pack
from app.features.voting.box.envelopes import receipt_of, seal
from app.features.voting.commands import CastBallot
from app.features.voting.exporting import board_file, form_of
from app.features.voting.models import Ballot, BoardBlock, BoardEntry, BoxState
from app.features.voting.queries import blocks_of, box_of, heads_of
from app.features.voting.use_cases import cast_ballot, close_box, import_opened, seal_boxes
from app.kernel.errors import Refused
from app.kernel.permissions import SYSTEM, Actor
from tests.factories import voting


@pytest.fixture
def closed(session, keyring, clock):
    """A pot with three blocks on its board."""
    pot = voting.pot()
    for _round in range(2):
        for person in voting.voters(pot, 40):
            cast_ballot(session, Actor(person_id=person.id), CastBallot(pot.id, Choices(("1",))), keyring)
        seal_boxes(session, pot.process_id)
    clock.advance(days=400)
    close_box(session, SYSTEM, pot.process_id, keyring)
    assert len(blocks_of(session, pot.id)) == 3
    return pot


def entries(session, pot, number):
    block = session.scalars(select(BoardBlock).where(BoardBlock.pot_id == pot.id, BoardBlock.number == number)).one()
    return list(session.scalars(select(BoardEntry).where(BoardEntry.block_id == block.id).order_by(BoardEntry.place)))


def another(session, pot):
    """A ballot for project 2, sealed as the server seals."""
    box = box_of(session, pot.process_id)
    return seal(bytes.fromhex(box.key["public_key"]), pack(form_of(pot), ["2"]))


def exchange_the_content(session, pot):
    entries(session, pot, 2)[0].ciphertext = another(session, pot)


def exchange_the_envelope(session, pot):
    entry = entries(session, pot, 2)[0]
    entry.ciphertext = another(session, pot)
    session.flush()
    values = {"receipt": receipt_of(pot.id, entry.ciphertext)}
    session.execute(update(BoardEntry).where(BoardEntry.receipt == entry.receipt).values(values))


def remove_an_envelope(session, pot):
    session.execute(delete(BoardEntry).where(BoardEntry.receipt == entries(session, pot, 1)[3].receipt))


def remove_a_block(session, pot):
    session.execute(delete(BoardBlock).where(BoardBlock.pot_id == pot.id, BoardBlock.number == 2))


def put_one_more_in(session, pot):
    content = another(session, pot)
    entry = entries(session, pot, 1)[-1]
    new = BoardEntry(receipt=receipt_of(pot.id, content), block_id=entry.block_id, place=entry.place + 1,
                     envelope_id=uuid.uuid4(), ciphertext=content)  # fmt: skip
    session.add(new)


NAMED = {
    exchange_the_content: "line 3: the envelope of receipt",
    exchange_the_envelope: "line 4: block 3 does not follow block 2",
    remove_an_envelope: "line 3: block 2 does not follow block 1",
    remove_a_block: "line 3: block 3 does not follow block 1",
    put_one_more_in: "line 3: block 2 does not follow block 1",
}


def opened(session, keyring, pot, by="Ann"):
    seed = keyring.key(pot.process_id, "box", make=True)
    found = opening.open_board(board_file(session, box_of(session, pot.process_id)), seed)
    statement = found.statement(by, "2027-07-01")
    return list(found.file(statement, opening.sign_statement(statement, seed, found.election)))


@pytest.mark.parametrize("change", NAMED, ids=lambda change: change.__name__)
def test_what_was_done_to_the_board_is_named_when_it_is_opened(session, keyring, closed, change):
    change(session, closed)
    session.flush()
    session.expire_all()

    with pytest.raises(opening.BrokenBoard, match=NAMED[change]):
        opened(session, keyring, closed)


def test_an_envelope_that_was_taken_out_of_the_last_block_is_missed(session, keyring, closed):
    session.execute(delete(BoardEntry).where(BoardEntry.receipt == entries(session, closed, 3)[-1].receipt))

    with pytest.raises(opening.BrokenBoard, match="the pot has 79 envelopes, but the head of the file says 80"):
        opened(session, keyring, closed)


def test_whoever_also_changes_the_numbers_is_found_by_the_digest_of_the_last_block(session, keyring, closed):
    session.execute(delete(BoardEntry).where(BoardEntry.receipt == entries(session, closed, 3)[-1].receipt))
    last = blocks_of(session, closed.id)[0]
    last.size -= 1
    session.flush()

    with pytest.raises(Refused, match="does not belong to this box"):
        import_opened(session, SYSTEM, closed.process_id, opened(session, keyring, closed))
    assert box_of(session, closed.process_id).state is BoxState.CLOSED
    assert session.scalars(select(Ballot)).all() == []


def test_whoever_writes_a_whole_new_last_block_is_found_by_the_signed_head(session, keyring, closed):
    """The key of the heads is not in the database; a head that somebody copied outside says what the board was."""
    copied = heads_of(session, closed.process_id)[-1]
    session.execute(delete(BoardEntry).where(BoardEntry.receipt == entries(session, closed, 3)[-1].receipt))
    last = blocks_of(session, closed.id)[0]
    receipts = tuple(entry.receipt for entry in entries(session, closed, 3))
    last.size -= 1
    last.digest = Block(str(closed.id), 3, last.previous, receipts).digest
    session.flush()

    chain = [
        Block(
            str(closed.id), block.number, block.previous, tuple(one.receipt for one in entries(session, closed, block.number))
        )
        for block in reversed(blocks_of(session, closed.id))
    ]
    assert broken_link(chain) == ""  # the chain alone does not show it
    assert copied.pots[0][2:] == [80, copied.pots[0][3]]
    assert copied.pots[0][3] != last.digest
    forged = Head(str(closed.process_id), copied.day.isoformat(), ((str(closed.id), 3, 79, last.digest),))
    key = bytes.fromhex(box_of(session, closed.process_id).board_key)
    assert not is_signed(forged, copied.signature, key)
    honest = Head(str(closed.process_id), copied.day.isoformat(), tuple(tuple(pot) for pot in copied.pots))
    assert is_signed(honest, copied.signature, key)
