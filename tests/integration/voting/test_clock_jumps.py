"""The clock of a server jumps: nobody votes twice, nothing is closed early, the board stays one story."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.features.budgets.choices import Choices
from app.features.voting.box.board import Head, is_signed
from app.features.voting.commands import CastAtDesk, CastBallot
from app.features.voting.models import BoardHead, BoxState, Envelope, RollEntry, VotingParticipation
from app.features.voting.queries import box_of, heads_of
from app.features.voting.rules import birth_hash, voter_key
from app.features.voting.use_cases import cast_at_desk, cast_ballot, close_box, hashed, import_roll, seal_boxes, sign_heads
from app.features.voting.voters.roll_file import RollRow
from app.kernel.errors import Conflict, PhaseClosed, Refused
from app.kernel.permissions import SYSTEM, Actor
from tests.factories import spaces, voting

SECRET = b"the key of this test"
MIDNIGHT = datetime(2026, 5, 12, tzinfo=UTC)


def cast(session, pot, person, keyring, *choices):
    return cast_ballot(session, Actor(person_id=person.id), CastBallot(pot.id, Choices(tuple(choices))), keyring)


def rows(session):
    return len(session.scalars(select(VotingParticipation)).all()), len(session.scalars(select(Envelope)).all())


@pytest.mark.parametrize("jump", [{"days": -1, "hours": 2}, {"days": 20}, {"hours": -5}, {"hours": 16}])
def test_a_second_ballot_is_refused_whatever_day_the_clock_says(session, keyring, clock, jump):
    pot = voting.pot()
    (person,) = voting.voters(pot)
    cast(session, pot, person, keyring, "1")

    clock.advance(**jump)

    with pytest.raises(Conflict, match="Everybody has one"):
        cast(session, pot, person, keyring, "2")
    assert rows(session) == (1, 1)


def test_a_jump_past_the_end_and_back_refuses_for_as_long_as_it_lasts_and_closes_nothing(session, keyring, clock):
    pot = voting.pot()
    one, two = voting.voters(pot, 2)
    cast(session, pot, one, keyring, "1")

    clock.advance(days=400)
    with pytest.raises(PhaseClosed):
        cast(session, pot, two, keyring, "1")
    clock.advance(days=-400)
    cast(session, pot, two, keyring, "1")

    assert rows(session) == (2, 2)
    assert box_of(session, pot.process_id).state is BoxState.OPEN


def test_a_box_that_was_closed_stays_closed_when_the_clock_goes_back(session, keyring, clock):
    pot = voting.pot()
    one, two = voting.voters(pot, 2)
    cast(session, pot, one, keyring, "1")
    clock.advance(days=400)
    close_box(session, SYSTEM, pot.process_id, keyring)

    clock.advance(days=-400)
    with pytest.raises(Conflict, match="box is closed"):
        cast(session, pot, two, keyring, "1")
    assert seal_boxes(session, pot.process_id) == 0
    assert rows(session) == (1, 0)


def story(session, pot):
    """Every head by its day, checked: signed, and never fewer envelopes or blocks than on the day before."""
    box = box_of(session, pot.process_id)
    heads = heads_of(session, pot.process_id)
    before = (0, 0)
    for head in heads:
        found = Head(str(pot.process_id), head.day.isoformat(), tuple(tuple(one) for one in head.pots))
        assert is_signed(found, head.signature, bytes.fromhex(box.board_key))
        now = (head.pots[0][1], head.pots[0][2])
        assert now >= before, [one.pots for one in heads]
        before = now
    return [(head.day, head.pots[0][2]) for head in heads]


def more_ballots(session, pot, keyring, number=40):
    for person in voting.voters(pot, number):
        cast(session, pot, person, keyring, "1")
    seal_boxes(session, pot.process_id)


def test_heads_around_midnight_have_their_day_each(session, keyring, clock):
    pot = voting.pot()
    clock.set(MIDNIGHT - timedelta(seconds=1))
    more_ballots(session, pot, keyring)
    sign_heads(session, pot.process_id, keyring)
    clock.set(MIDNIGHT)
    more_ballots(session, pot, keyring)
    sign_heads(session, pot.process_id, keyring)

    assert story(session, pot) == [(date(2026, 5, 11), 20), (date(2026, 5, 12), 60)]


def test_a_clock_that_goes_back_over_midnight_changes_no_head_of_a_day_that_is_over(session, keyring, clock):
    pot = voting.pot()
    clock.set(MIDNIGHT - timedelta(minutes=5))
    more_ballots(session, pot, keyring)
    sign_heads(session, pot.process_id, keyring)
    (first,) = session.scalars(select(BoardHead.signature))
    clock.set(MIDNIGHT + timedelta(minutes=5))
    more_ballots(session, pot, keyring)
    sign_heads(session, pot.process_id, keyring)

    clock.set(MIDNIGHT - timedelta(minutes=5))
    more_ballots(session, pot, keyring)
    sign_heads(session, pot.process_id, keyring)

    assert story(session, pot) == [(date(2026, 5, 11), 20), (date(2026, 5, 12), 100)]
    assert heads_of(session, pot.process_id)[0].signature == first


def test_the_day_of_a_participation_is_the_only_time_that_is_kept_and_follows_the_clock(session, keyring, clock):
    pot = voting.pot()
    for moment in (MIDNIGHT - timedelta(seconds=1), MIDNIGHT, MIDNIGHT - timedelta(seconds=1)):
        clock.set(moment)
        (person,) = voting.voters(pot)
        cast(session, pot, person, keyring, "1")

    assert sorted(session.scalars(select(VotingParticipation.day))) == [date(2026, 5, 11)] * 2 + [date(2026, 5, 12)]


def test_a_date_of_birth_that_is_corrected_after_voting_gives_no_second_ballot(session, keyring, clock):
    process = spaces.process("Vote on your street", open_for=None)
    spaces.phase(process, "Vote", actions=["vote"], starts_at=clock.now + timedelta(days=3))
    pot = voting.pot(process)
    rows_of_the_list = hashed([RollRow("AB12345", "1951-06-30")], process.id, SECRET)
    import_roll(session, SYSTEM, process.id, rows_of_the_list)
    clock.advance(days=4)
    cast_at_desk(session, SYSTEM, CastAtDesk(pot.id, "AB12345", Choices(("1",)), born="1951-06-30"), SECRET, keyring)
    corrected = birth_hash(SECRET, process.id, "AB12345", "1951-07-30")

    with pytest.raises(Conflict, match="stays as it is"):  # not by a list, once people vote
        import_roll(session, SYSTEM, process.id, hashed([RollRow("AB12345", "1951-07-30")], process.id, SECRET))
    entry = session.scalars(select(RollEntry).where(RollEntry.voter_key == voter_key(SECRET, process.id, "AB12345"))).one()
    entry.birth_hash = corrected  # by whoever keeps the database
    session.flush()

    with pytest.raises(Refused):
        cast_at_desk(session, SYSTEM, CastAtDesk(pot.id, "AB12345", Choices(("2",)), born="1951-06-30"), SECRET, keyring)
    with pytest.raises(Conflict, match="Everybody has one"):
        cast_at_desk(session, SYSTEM, CastAtDesk(pot.id, "AB12345", Choices(("2",)), born="1951-07-30"), SECRET, keyring)
    assert rows(session) == (1, 1)
