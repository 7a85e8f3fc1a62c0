"""The sealed box from the first envelope to opened ballots, and what nobody can find in between."""

import hashlib
import json
import random
import re
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from app.features.budgets.choices import Choices
from app.features.budgets.commands import CertifyPot
from app.features.budgets.models import PotState
from app.features.budgets.use_cases import certify_pot
from app.features.spaces.models import Phase, Process
from app.features.voting.box import custody, opening
from app.features.voting.box.board import Block, broken_link, canonical
from app.features.voting.commands import CastBallot
from app.features.voting.exporting import board_file
from app.features.voting.keys.kept import KeyLost, kept_key
from app.features.voting.keys.keyring import KeyDestroyed, Keyring
from app.features.voting.models import Ballot, BoardBlock, BoardEntry, BoxState, Custody, Envelope, VotingParticipation
from app.features.voting.queries import blocks_with, box_of, is_waiting
from app.features.voting.sealing import seal_waiting, wipe
from app.features.voting.use_cases import (
    cast_ballot,
    close_box,
    count_pot,
    import_opened,
    open_with_the_servers_key,
    seal_boxes,
    sign_heads,
)
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.permissions import SYSTEM, Actor, Role
from tests.factories import accounts, voting


def cast(session, pot, person, keyring, *choices, envelope_id=None):
    return cast_ballot(
        session, Actor(person_id=person.id), CastBallot(pot.id, Choices(choices), envelope_id or uuid4()), keyring
    )


def end_vote(session, pot, clock):
    clock.advance(days=400)


def chosen(number):
    return random.Random(number).sample(["1", "2", "3"], number % 2) if number % 5 else ["1", "3"]


def test_what_is_stored_of_a_ballot_is_sealed_and_says_nothing(session, keyring):
    pot = voting.pot()
    (person,) = voting.voters(pot)

    receipt = cast(session, pot, person, keyring, "1", "3")

    (envelope,) = session.scalars(select(Envelope))
    assert envelope.receipt == receipt
    assert session.scalars(select(Ballot)).all() == []
    assert len(envelope.ciphertext) == len(_another(session, pot, keyring, ()).ciphertext)


def _another(session, pot, keyring, choices):
    (person,) = voting.voters(pot)
    receipt = cast(session, pot, person, keyring, *choices)
    return session.scalars(select(Envelope).where(Envelope.receipt == receipt)).one()


def test_the_same_envelope_sent_twice_is_one_ballot_with_one_receipt_also_after_sealing(session, keyring):
    pot = voting.pot()
    first, *others = voting.voters(pot, 60)
    envelope_id = uuid4()
    receipt = cast(session, pot, first, keyring, "1", envelope_id=envelope_id)

    assert cast(session, pot, first, keyring, "1", envelope_id=envelope_id) == receipt
    for person in others:
        cast(session, pot, person, keyring, "2")
    while session.get(Envelope, envelope_id):
        seal_boxes(session, pot.process_id)
        for person in voting.voters(pot, 20):
            cast(session, pot, person, keyring, "2")
    assert cast(session, pot, first, keyring, "1", envelope_id=envelope_id) == receipt


def test_another_envelope_of_the_same_voter_is_refused(session, keyring):
    pot = voting.pot()
    (person,) = voting.voters(pot)
    cast(session, pot, person, keyring, "1")

    with pytest.raises(Conflict, match="Everybody has one"):
        cast(session, pot, person, keyring, "2")
    assert len(session.scalars(select(Envelope)).all()) == 1


def test_nobody_can_use_the_envelope_of_another_voter(session, keyring):
    pot = voting.pot()
    one, two = voting.voters(pot, 2)
    envelope_id = uuid4()
    cast(session, pot, one, keyring, "1", envelope_id=envelope_id)

    with pytest.raises(Conflict, match="another page"):
        cast(session, pot, two, keyring, "2", envelope_id=envelope_id)


@pytest.mark.parametrize(("waiting", "sealed"), [(39, 0), (40, 20), (75, 55)])
def test_twenty_are_always_held_back_and_nothing_moves_before_forty_wait(session, keyring, waiting, sealed):
    pot = voting.pot()
    for person in voting.voters(pot, waiting):
        cast(session, pot, person, keyring, "1")

    assert seal_boxes(session, pot.process_id) == sealed
    assert len(session.scalars(select(Envelope)).all()) == waiting - sealed
    assert len(session.scalars(select(BoardEntry)).all()) == sealed


def test_the_board_is_a_chain_that_anybody_can_check(session, keyring):
    pot = voting.pot()
    for _round in range(3):
        for person in voting.voters(pot, 40):
            cast(session, pot, person, keyring, "1")
        seal_boxes(session, pot.process_id)

    blocks = session.scalars(select(BoardBlock).order_by(BoardBlock.number)).all()
    entries = [
        tuple(session.scalars(select(BoardEntry.receipt).where(BoardEntry.block_id == block.id).order_by(BoardEntry.place)))
        for block in blocks
    ]
    chain = [Block(str(pot.id), block.number, block.previous, found) for block, found in zip(blocks, entries, strict=True)]
    assert broken_link(chain) == ""
    assert [block.digest for block in chain] == [block.digest for block in blocks]


def test_a_voter_finds_the_envelope_by_the_first_characters_of_the_receipt(session, keyring):
    pot = voting.pot()
    receipts = [cast(session, pot, person, keyring, "1") for person in voting.voters(pot, 45)]
    seal_boxes(session, pot.process_id)

    waiting = set(session.scalars(select(Envelope.receipt)))
    assert len(waiting) == 20
    for receipt in receipts:
        found = dict(blocks_with(session, pot.id, receipt[:4]))
        assert found.get(receipt) == (None if receipt in waiting else 1)  # one that waits is shown to nobody
        assert is_waiting(session, pot.id, receipt) == (receipt in waiting)
        assert not is_waiting(session, pot.id, receipt[:63])
    assert blocks_with(session, pot.id, "%") == []


def filled(session, keyring, clock, number=47):
    """A pot with ballots, its vote over; returns it and what was cast."""
    pot = voting.pot()
    cast_choices = [tuple(chosen(at)) for at in range(number)]
    for person, choices in zip(voting.voters(pot, number), cast_choices, strict=True):
        cast(session, pot, person, keyring, *choices)
    seal_boxes(session, pot.process_id)
    end_vote(session, pot, clock)
    return pot, Counter(",".join(choices) for choices in cast_choices)


def test_what_comes_out_of_the_box_is_what_went_in(session, keyring, clock):
    pot, expected = filled(session, keyring, clock)

    close_box(session, SYSTEM, pot.process_id, keyring)
    box = open_with_the_servers_key(session, SYSTEM, pot.process_id, keyring)

    assert box.state is BoxState.OPENED
    assert Counter(session.scalars(select(Ballot.choices))) == expected
    assert session.scalars(select(Envelope)).all() == []
    assert count_pot(session, SYSTEM, pot.id).result["winners"]


def test_nothing_is_counted_before_the_box_is_opened(session, keyring, clock):
    pot, _ = filled(session, keyring, clock, 5)

    with pytest.raises(Conflict, match="has not been opened"):
        count_pot(session, SYSTEM, pot.id)
    close_box(session, SYSTEM, pot.process_id, keyring)
    with pytest.raises(Conflict, match="has not been opened"):
        count_pot(session, SYSTEM, pot.id)


def test_the_box_is_closed_only_when_the_vote_is_over_and_by_the_committee(session, keyring, clock):
    pot = voting.pot()
    (person,) = voting.voters(pot)
    cast(session, pot, person, keyring, "1")

    with pytest.raises(Conflict, match="can still vote"):
        close_box(session, SYSTEM, pot.process_id, keyring)
    end_vote(session, pot, clock)
    auditor = accounts.person()
    with pytest.raises(NotFound):
        close_box(
            session, Actor(person_id=auditor.id, roles=frozenset({(Role.AUDITOR, pot.process_id)})), pot.process_id, keyring
        )
    assert close_box(session, SYSTEM, pot.process_id, keyring).state is BoxState.CLOSED
    assert close_box(session, SYSTEM, pot.process_id, keyring).state is BoxState.CLOSED


def test_a_participation_without_envelope_keeps_the_box_shut(session, keyring, clock):
    pot, _ = filled(session, keyring, clock, 4)
    session.delete(session.scalars(select(Envelope)).first())
    session.flush()

    with pytest.raises(Conflict, match="4 participations and 3 envelopes"):
        close_box(session, SYSTEM, pot.process_id, keyring)


def opened_file(session, pot, keyring, by="Ann"):
    """What an opener makes of the exported board."""
    box = box_of(session, pot.process_id)
    seed = keyring.key(pot.process_id, "box", make=True)
    found = opening.open_board(board_file(session, box), seed)
    return found, seed, by


def written(found, seed, by):
    statement = found.statement(by, "2027-07-01")
    return list(found.file(statement, opening.sign_statement(statement, seed, found.election)))


def test_an_auditor_who_finds_the_same_confirms_and_the_same_person_does_not(session, keyring, clock):
    pot, _ = filled(session, keyring, clock, 12)
    close_box(session, SYSTEM, pot.process_id, keyring)
    import_opened(session, SYSTEM, pot.process_id, written(*opened_file(session, pot, keyring, "Ann")))

    with pytest.raises(Refused, match="same person"):
        import_opened(session, voting.committee(pot), pot.process_id, written(*opened_file(session, pot, keyring, "Ann")))
    with pytest.raises(Refused, match="brought the first"):
        import_opened(session, SYSTEM, pot.process_id, written(*opened_file(session, pot, keyring, "Ben")))
    box = import_opened(session, voting.committee(pot), pot.process_id, written(*opened_file(session, pot, keyring, "Ben")))
    assert box.state is BoxState.CONFIRMED
    assert [statement["by"] for statement in box.statements] == ["Ann", "Ben"]


def test_an_opener_who_swaps_ballots_is_found_out_by_the_auditor(session, keyring, clock):
    pot, _ = filled(session, keyring, clock, 12)
    close_box(session, SYSTEM, pot.process_id, keyring)
    found, seed, by = opened_file(session, pot, keyring, "Ann")
    ballots = found.pots[str(pot.id)].ballots
    some = next(ballot for ballot in ballots if ballot[0] != ("2",))
    ballots[some] -= 1
    ballots[("2",), None] += 1
    import_opened(session, SYSTEM, pot.process_id, written(found, seed, by))

    box = import_opened(session, voting.committee(pot), pot.process_id, written(*opened_file(session, pot, keyring, "Ben")))
    assert box.state is BoxState.DISPUTED


MEDDLED = {
    "a ballot more": lambda lines: [*lines, lines[-1]],
    "a ballot less": lambda lines: lines[:-1],
    "another choice": lambda lines: [*lines[:-1], lines[-1].replace(b'"count":', b'"count":1')],
    "another salt": lambda lines: [lines[0], re.sub(rb'"salt":"..', b'"salt":"zz', lines[1]), *lines[2:]],
    "no salt": lambda lines: [lines[0], *lines[2:]],
    "no statement": lambda lines: lines[1:],
    "nothing": lambda lines: [],
    "no JSON": lambda lines: [*lines, b"{"],
    "a changed statement": lambda lines: [lines[0].replace(b'"by":"Ann"', b'"by":"Bob"'), *lines[1:]],
}  # fmt: skip


@pytest.mark.parametrize("how", MEDDLED)
def test_an_opened_file_that_was_changed_is_refused_and_changes_nothing(session, keyring, clock, how):
    pot, _ = filled(session, keyring, clock, 12)
    close_box(session, SYSTEM, pot.process_id, keyring)
    lines = MEDDLED[how](written(*opened_file(session, pot, keyring)))
    session.commit()

    with pytest.raises(Refused, match="does not belong to this box"):
        import_opened(session, SYSTEM, pot.process_id, lines)
    session.rollback()
    assert session.scalars(select(Ballot)).all() == []
    assert box_of(session, pot.process_id).state is BoxState.CLOSED


def test_a_statement_of_the_earlier_form_is_refused_because_its_digests_have_no_salt(session, keyring, clock):
    pot, _ = filled(session, keyring, clock, 12)
    close_box(session, SYSTEM, pot.process_id, keyring)
    found, seed, by = opened_file(session, pot, keyring)
    statement = found.statement(by, "2027-07-01") | {"format": "plaza-opening-1"}
    lines = found.file(statement, opening.sign_statement(statement, seed, found.election))

    with pytest.raises(Refused, match="does not belong to this box"):
        import_opened(session, SYSTEM, pot.process_id, lines)


def test_a_digest_over_all_pots_that_is_not_that_of_their_digests_is_refused(session, keyring, clock):
    pot, _ = filled(session, keyring, clock, 12)
    close_box(session, SYSTEM, pot.process_id, keyring)
    found, seed, by = opened_file(session, pot, keyring)
    statement = found.statement(by, "2027-07-01") | {"ballots_sha256": "ab" * 32}
    lines = found.file(statement, opening.sign_statement(statement, seed, found.election))

    with pytest.raises(Refused, match="does not belong to this box"):
        import_opened(session, SYSTEM, pot.process_id, lines)


def test_the_published_digest_of_a_small_pot_cannot_be_found_by_trying_its_ballots(session, keyring, clock):
    pot, _ = filled(session, keyring, clock, 3)
    close_box(session, SYSTEM, pot.process_id, keyring)
    found, seed, by = opened_file(session, pot, keyring)
    box = import_opened(session, SYSTEM, pot.process_id, written(found, seed, by))
    statement, opened = box.statements[0], found.pots[str(pot.id)]

    def digest(salt):
        told = [{"pot": str(pot.id), "salt": salt}] if salt else []
        lines = [canonical(line) + b"\n" for line in (*told, *opened.ballot_lines(str(pot.id)))]
        return hashlib.sha256(b"".join(lines)).hexdigest()

    salt = box.salts[str(pot.id)]
    public = {statement["ballots_sha256"], statement["pots"][str(pot.id)]["ballots_sha256"]}
    assert digest("") not in public
    assert digest(salt) in public
    assert salt == custody.ballots_salt(seed, str(pot.process_id), str(pot.id))
    assert salt not in json.dumps(box.statements)


def _negative(found, pot):
    found.ballots[("1",), None] += 5
    found.ballots[("2",), None] -= 5 + found.ballots[("2",), None] + 1
    found.ballots[("1",), None] += 12 - found.ballots.total()


IMPOSSIBLE = {
    "a count below nought": (_negative, "does not belong"),
    "more than a ballot may cost": (lambda found, _pot: found.ballots.update({(("1", "2", "3"), None): 1}), "not valid"),
    "a project that is not there": (lambda found, _pot: found.ballots.update({(("9",), None): 1}), "not valid"),
    "a project twice": (lambda found, _pot: found.ballots.update({(("1", "1"), None): 1}), "not valid"),
    "points where there are none": (lambda found, _pot: found.ballots.update({(("1",), (5,)): 1}), "not valid"),
    "an envelope of nobody": (lambda found, _pot: found.unreadable.update({"0" * 64: "broken"}), "does not belong"),
    "a list of receipts": (lambda found, _pot: setattr(found, "unreadable", ["0" * 64]), "does not belong"),
}


@pytest.mark.parametrize("how", IMPOSSIBLE)
def test_whoever_has_the_seed_cannot_bring_in_what_no_voter_can_have_cast(session, keyring, clock, how):
    pot, _ = filled(session, keyring, clock, 12)
    close_box(session, SYSTEM, pot.process_id, keyring)
    found, seed, by = opened_file(session, pot, keyring)
    inside = found.pots[str(pot.id)]
    spoil, why = IMPOSSIBLE[how]
    inside.ballots[next(iter(inside.ballots))] -= 1  # room for one that was not there
    spoil(inside, pot)
    inside.ballots = +inside.ballots if "nought" not in how else inside.ballots
    session.commit()

    with pytest.raises(Refused, match=why):
        import_opened(session, SYSTEM, pot.process_id, written(found, seed, by))
    session.rollback()
    assert session.scalars(select(Ballot)).all() == []


def test_a_box_of_the_committee_is_opened_twice_before_anything_is_certified(session, keyring, clock):
    pot, _ = filled(session, keyring, clock, 12)
    close_box(session, SYSTEM, pot.process_id, keyring)
    box_of(session, pot.process_id).custody = Custody.COMMITTEE
    session.flush()
    import_opened(session, SYSTEM, pot.process_id, written(*opened_file(session, pot, keyring, "Ann")))
    count_pot(session, SYSTEM, pot.id)
    two = CertifyPot(pot.id, (uuid4(), uuid4()))

    with pytest.raises(Conflict, match="opened once"):
        certify_pot(session, SYSTEM, two)
    import_opened(session, voting.committee(pot), pot.process_id, written(*opened_file(session, pot, keyring, "Ben")))
    assert certify_pot(session, SYSTEM, two).state is PotState.CERTIFIED


def test_the_file_of_another_vote_is_refused(session, keyring, clock):
    other, _ = filled(session, keyring, clock, 3)
    close_box(session, SYSTEM, other.process_id, keyring)
    lines = written(*opened_file(session, other, keyring))
    clock.advance(days=-400)
    pot, _ = filled(session, keyring, clock, 3)
    close_box(session, SYSTEM, pot.process_id, keyring)

    with pytest.raises(Refused, match="does not belong"):
        import_opened(session, SYSTEM, pot.process_id, lines)


def test_a_key_is_made_once_and_destroyed_for_good(keyring):
    process_id = uuid4()
    key = keyring.key(process_id, "box", make=True)

    assert keyring.key(process_id, "box", make=True) == key
    assert keyring.key(process_id, "board", make=True) != key
    assert keyring.destroy(process_id, "box")
    with pytest.raises(KeyDestroyed):
        keyring.key(process_id, "box", make=True)
    assert not keyring.destroy(process_id, "box")
    assert not keyring.destroy(uuid4(), "box")


def test_a_lost_or_exchanged_key_stops_the_vote_instead_of_becoming_a_new_one(session, keyring, caplog):
    pot = voting.pot()
    (first,) = voting.voters(pot)
    cast(session, pot, first, keyring, "1")
    board, voters = (kept_key(session, keyring, pot.process_id, purpose) for purpose in ("board", "voters"))
    assert kept_key(session, keyring, pot.process_id, "board") == board
    elsewhere = Keyring(keyring.folder / "not-mounted")

    for purpose in ("board", "voters", "box"):
        with pytest.raises(KeyLost, match="cannot be found"):
            kept_key(session, elsewhere, pot.process_id, purpose)
    assert not elsewhere.folder.exists()
    with pytest.raises(KeyLost):
        sign_heads(session, pot.process_id, elsewhere)
    elsewhere.key(pot.process_id, "voters", make=True)
    with pytest.raises(KeyLost):
        kept_key(session, elsewhere, pot.process_id, "voters")
    assert "docs/operations.md" in caplog.text
    assert voters.hex() not in caplog.text


def test_fifty_ballots_of_one_voter_at_once_are_one(committing_db, race, keyring):
    pot = voting.pot()
    (person,) = voting.voters(pot)
    committing_db.session.commit()
    pot_id, person_id = pot.id, person.id

    def vote():
        with committing_db.transaction() as session:
            return cast_ballot(session, Actor(person_id=person_id), CastBallot(pot_id, Choices(("1",))), keyring)

    outcome = race(vote, times=50)

    assert len(outcome.results) == 1
    assert all(isinstance(error, Conflict) for error in outcome.errors)
    with committing_db.transaction() as session:
        assert len(session.scalars(select(Envelope)).all()) == len(session.scalars(select(VotingParticipation)).all()) == 1


def test_one_envelope_sent_by_ten_threads_gets_one_receipt(committing_db, race, keyring):
    pot = voting.pot()
    (person,) = voting.voters(pot)
    committing_db.session.commit()
    command = CastBallot(pot.id, Choices(("1",)))
    actor = Actor(person_id=person.id)

    def vote():
        with committing_db.transaction() as session:
            return cast_ballot(session, actor, command, keyring)

    outcome = race(vote, times=10)

    assert outcome.errors == []
    assert len(set(outcome.results)) == 1


def test_after_closing_neither_order_nor_transaction_joins_voters_and_envelopes(committing_db, keyring):
    pot = voting.pot()
    people = voting.voters(pot, 70)
    process_id, pot_id = pot.process_id, pot.id
    committing_db.session.commit()
    actors = [Actor(person_id=person.id) for person in people]
    receipts = []
    for actor in actors:
        with committing_db.transaction() as session:
            receipts.append(cast_ballot(session, actor, CastBallot(pot_id, Choices(("1",))), keyring))
        with committing_db.transaction() as session:
            seal_boxes(session, process_id)
    with committing_db.transaction() as session:
        for phase in session.scalars(select(Phase)):
            phase.starts_at, phase.ends_at = phase.starts_at - timedelta(days=900), phase.starts_at - timedelta(days=800)
    with committing_db.transaction() as session:
        close_box(session, SYSTEM, process_id, keyring)
    wipe(committing_db.engine)

    with committing_db.transaction() as session:
        assert session.scalars(select(Envelope)).all() == []
        if committing_db.engine.dialect.name == "postgresql":
            query = "SELECT DISTINCT xmin::text FROM voting_participation"
            assert len(session.connection().exec_driver_sql(query).all()) == 1
        stored = list(session.scalars(select(VotingParticipation.voter_key)))
        placed = list(session.scalars(select(BoardEntry.receipt)))
    assert sorted(placed) == sorted(receipts)
    assert len(stored) == 70


def test_an_envelope_that_is_on_the_board_is_not_put_into_another_pot(session, keyring):
    """Its id would be on the board twice, and nothing could be sealed or closed any more."""
    pot = voting.pot()
    other = voting.pot(session.get_one(Process, pot.process_id))
    first, *others = voting.voters(pot, 60)
    envelope_id = uuid4()
    cast(session, pot, first, keyring, "1", envelope_id=envelope_id)
    for person in others:
        cast(session, pot, person, keyring, "2")
    while session.get(Envelope, envelope_id, populate_existing=True):
        for person in voting.voters(pot, 20):
            cast(session, pot, person, keyring, "2")
        seal_boxes(session, pot.process_id)

    with pytest.raises(Conflict, match="another page"):
        cast(session, other, first, keyring, "1", envelope_id=envelope_id)


def test_the_envelope_of_a_page_that_two_sent_at_once_gets_an_id_of_its_own_when_it_is_sealed(session, keyring):
    """The second was written while the first one's was being sealed. Both are ballots, and nothing stays in the box."""
    pot = voting.pot()
    people = voting.voters(pot, 60)
    for person in people:
        cast(session, pot, person, keyring, "1")
    seal_boxes(session, pot.process_id)
    sealed, waiting = session.scalars(select(BoardEntry)).first(), session.scalars(select(Envelope)).first()
    session.execute(update(Envelope).where(Envelope.id == waiting.id).values(id=sealed.envelope_id))

    seal_waiting(session, pot.id, everything=True)

    entries = session.scalars(select(BoardEntry)).all()
    assert len({entry.envelope_id for entry in entries}) == len({entry.receipt for entry in entries}) == len(people)
    assert waiting.receipt in {entry.receipt for entry in entries}
