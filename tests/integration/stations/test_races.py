"""Desk and web at once, two clerks on one thing, a role taken away meanwhile: one wins, and the numbers agree."""

import threading
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.extensions import db as database
from app.features.accounts.models import RoleAssignment
from app.features.budgets.choices import Choices
from app.features.budgets.models import Pot
from app.features.stations.commands import Exchange, IssueBallot, OpenBatch, SignNumbers, TakeBack, TakeInEnvelope, TypeBallot
from app.features.stations.models import CountState, EnvelopeState, Issue, IssueState, OuterEnvelope, PaperBallot, StationCount
from app.features.stations.queries import numbers_of
from app.features.stations.use_cases import (
    begin_return,
    decide_envelope,
    exchange_spoilt,
    finish_return,
    issue_ballot,
    open_batch,
    open_boxes,
    sign_numbers,
    take_in_envelope,
    type_ballot,
)
from app.features.stations.use_cases import desk as desk_acts
from app.features.voting.commands import CastBallot
from app.features.voting.models import Envelope, VoterIdentity, VotingParticipation
from app.features.voting.rules import voter_key
from app.features.voting.use_cases import cast_ballot
from app.kernel.errors import Refused
from app.kernel.permissions import Actor
from tests.factories import accounts, stations
from tests.factories.stations import SECRET, at, today
from tests.factories.tools import add


class InTurn:
    """Each thread of a race does another of these, and what is refused is counted, not raised."""

    def __init__(self, *work):
        self.work = list(work)

    def __call__(self):
        return self.work.pop()()


@pytest.fixture
def pot(committing_db):
    return stations.paper_pot()


def count(model):
    return database.session.scalar(select(func.count()).select_from(model))


def test_issued_at_the_desk_and_cast_on_the_web_at_once_is_one_vote(committing_db, race, keyring, pot, place):
    desk, person = stations.on_shift(place), accounts.person()
    add(VoterIdentity(process_id=pot.process_id, person_id=person.id, voter_key=voter_key(SECRET, pot.process_id, "CARD00001")))
    voter, pot_id, at_desk = Actor(person_id=person.id), pot.id, at(place, pot, "CARD00001")
    work = []
    for stub in range(1, 5):
        work.append(lambda stub=stub: issue_ballot(database.session(), desk, IssueBallot(at_desk, uuid4(), stub), SECRET))
        work.append(lambda: cast_ballot(database.session(), voter, CastBallot(pot_id, Choices(("1",))), keyring))
    outcome = race(InTurn(*work), times=8)

    assert len(outcome.results) == 1
    assert all(isinstance(error, Refused) for error in outcome.errors), outcome.errors
    assert count(VotingParticipation) == 1
    assert count(Issue) + count(Envelope) == 1


def test_a_double_click_at_the_desk_is_one_ballot(committing_db, race, pot, place):
    desk = stations.on_shift(place)
    command = IssueBallot(at(place, pot, "CARD00001"), uuid4(), 1)
    outcome = race(lambda: issue_ballot(database.session(), desk, command, SECRET).stub, times=6)
    assert outcome.errors == []
    assert outcome.results == [1] * 6
    assert (count(Issue), count(VotingParticipation)) == (1, 1)


def test_two_desks_with_one_stub_hand_out_one_ballot(committing_db, race, pot, place):
    desk = stations.on_shift(place)
    voters = [at(place, pot, f"CARD{one:05}") for one in range(4)]
    work = [
        lambda voter=voter: issue_ballot(database.session(), desk, IssueBallot(voter, uuid4(), 1), SECRET) for voter in voters
    ]
    outcome = race(InTurn(*work), times=4)
    assert len(outcome.results) == 1
    assert (count(Issue), count(VotingParticipation)) == (1, 1)


def test_two_clerks_who_both_confirm_cancel_once(committing_db, race, pot, place):
    desk, second, third = (stations.on_shift(place, name) for name in "ABC")
    back = TakeBack(at(place, pot, "CARD00001"), 1)
    stations.handed_out(desk, place, pot, "CARD00001", 1)
    begin_return(database.session(), desk, back, SECRET)
    work = [lambda who=who: finish_return(database.session(), who, back, SECRET) for who in (second, third)]
    outcome = race(InTurn(*work), times=2)
    assert len(outcome.results) == 1
    assert isinstance(outcome.errors[0], Refused)
    assert count(VotingParticipation) == 0


def test_two_clerks_on_one_envelope_put_one_ballot_into_the_box(committing_db, race, pot, place):
    desk, second = (stations.on_shift(place, name) for name in "AB")
    envelope = take_in_envelope(
        database.session(), desk, TakeInEnvelope(at(place, pot, "CARD00001"), uuid4(), "provisional", given_on=today()), SECRET
    )
    work = [lambda who=who: decide_envelope(database.session(), who, envelope.id) for who in (desk, second) * 2]
    outcome = race(InTurn(*work), times=4)
    assert outcome.errors == []
    assert set(outcome.results) == {EnvelopeState.ACCEPTED}
    assert count(VotingParticipation) == 1
    assert database.session.scalars(select(StationCount.accepted)).one() == 1


def test_two_envelopes_of_one_voter_and_the_desk_are_one_vote(committing_db, race, pot, place):
    desk = stations.on_shift(place)
    voter = at(place, pot, "CARD00001")
    one, other = (
        take_in_envelope(database.session(), desk, TakeInEnvelope(voter, uuid4(), "provisional", given_on=today()), SECRET).id
        for _ in range(2)
    )
    race(
        InTurn(
            lambda: decide_envelope(database.session(), desk, one),
            lambda: decide_envelope(database.session(), desk, other),
            lambda: issue_ballot(database.session(), desk, IssueBallot(voter, uuid4(), 1), SECRET),
        ),
        times=3,
    )
    accepted = database.session.scalars(select(OuterEnvelope.state)).all().count(EnvelopeState.ACCEPTED)
    assert count(VotingParticipation) == 1
    assert accepted + count(Issue) == 1


@pytest.fixture
def opened(pot, place):
    desk = stations.on_shift(place)
    for stub in (1, 2):
        stations.handed_out(desk, place, pot, f"P{stub:05}", stub)
    stations.over(pot)
    open_boxes(database.session(), desk, place.id)
    return desk


def test_boxes_that_two_open_at_once_are_opened_once(committing_db, race, pot, place):
    desk, second = (stations.on_shift(place, name) for name in "AB")
    stations.handed_out(desk, place, pot, "P00001", 1)
    stations.over(pot)
    place_id = place.id
    outcome = race(InTurn(*[lambda who=who: len(open_boxes(database.session(), who, place_id)) for who in (desk, second)]), 2)
    assert outcome.errors == []
    kept = database.session.scalars(select(StationCount)).one()
    assert (kept.state, kept.issued) == (CountState.OPENED, 1)


def test_two_clerks_on_one_batch_type_one_ballot(committing_db, race, pot, place, opened):
    batch_id = open_batch(database.session(), opened, OpenBatch(place.id, pot.id, 2)).id
    other = stations.clerk(pot.process_id, "Other")
    work = [lambda who=who: type_ballot(database.session(), who, TypeBallot(batch_id, 1, "1")) for who in (opened, other) * 2]
    outcome = race(InTurn(*work), times=4)
    assert set(outcome.results) == {1}
    assert len(outcome.results) == len(outcome.errors) == 2
    assert count(PaperBallot) == 1


def test_two_first_signatures_at_once_are_one(committing_db, race, pot, place, opened):
    others = [stations.clerk(pot.process_id, name) for name in "AB"]
    batch = stations.typed(opened, place, pot, ["1", "2"])
    stations.draw_sample(database.session(), opened, stations.DrawSample(pot.id, "6"))
    stations.read_second(others[0], batch, ["1", "2"])
    place_id, pot_id = place.id, pot.id
    sign = SignNumbers(place_id, pot_id, 0)
    work = [lambda who=who: str(sign_numbers(database.session(), who, sign).state) for who in (*others, others[0], opened)]
    race(InTurn(*work), times=4)
    kept = database.session.scalars(select(StationCount)).one()
    assert kept.state is CountState.SIGNED
    assert kept.first_hand != kept.second_hand
    assert numbers_of(database.session(), place_id, pot_id).difference == 0


def test_a_role_that_is_taken_away_meanwhile_ends_the_typing(committing_db, race, pot, place, opened):
    batch_id = open_batch(database.session(), opened, OpenBatch(place.id, pot.id, 2)).id
    person_id = opened.person_id

    def take_away():
        database.session.query(RoleAssignment).filter_by(person_id=person_id).delete()

    outcome = race(InTurn(take_away, lambda: type_ballot(database.session(), opened, TypeBallot(batch_id, 1, "1"))), times=2)
    assert all(isinstance(error, Refused) for error in outcome.errors), outcome.errors
    with pytest.raises(Refused), committing_db.transaction() as session:
        type_ballot(session, opened, TypeBallot(batch_id, 2, "2"))


@pytest.mark.parametrize("act", ["exchange", "begin"])
def test_a_ballot_that_is_exchanged_or_comes_back_while_the_boxes_are_opened_is_one_of_the_two(
    committing_db, race, monkeypatch, pot, place, act
):
    """At the last moment of the vote: else the kept numbers would miss a ballot, and a proof of whose it is would stay."""
    desk = stations.on_shift(place)
    stations.handed_out(desk, place, pot, "CARD00001", 1)
    committing_db.session.commit()
    place_id, pot_id, voter = place.id, pot.id, at(place, pot, "CARD00001")
    looked, opened, out = threading.Event(), threading.Event(), desk_acts._require_out

    def look_slowly(issue):
        out(issue)
        looked.set()
        opened.wait(1)

    monkeypatch.setattr(desk_acts, "_require_out", look_slowly)

    def change():
        if act == "exchange":
            exchange_spoilt(database.session(), desk, Exchange(voter, uuid4(), 1, 2), SECRET)
        else:
            begin_return(database.session(), desk, TakeBack(voter, 1), SECRET)

    def open_all():
        assert looked.wait(10)
        with committing_db.transaction() as session:
            stations.over(session.get_one(Pot, pot_id))
            open_boxes(session, desk, place_id)
        opened.set()

    work = iter([change, open_all])

    def either():
        next(work)()

    outcome = race(either, times=2)
    assert outcome.errors == [], outcome.errors
    kept = database.session.scalars(select(StationCount)).one()
    assert (kept.issued, kept.spoilt) == ((2, 1) if act == "exchange" else (1, 0))
    found = database.session.execute(select(Issue.state, Issue.proof, Issue.returning_by)).tuples().all()
    assert {(proof, by) for _state, proof, by in found} == {("", None)}
    assert IssueState.RETURNING not in {state for state, _proof, _by in found}
