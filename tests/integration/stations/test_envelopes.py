"""Outer envelopes: opened only after the constraint has accepted the vote, else returned unopened; by post in time."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.features.stations.commands import TakeInEnvelope
from app.features.stations.models import EnvelopeState, OuterEnvelope
from app.features.stations.queries import numbers_of
from app.features.stations.use_cases import decide_envelope, open_boxes, take_in_envelope
from app.features.voting.models import VotingParticipation, VotingSetup
from app.kernel import clock
from app.kernel.errors import Conflict, Forbidden, PhaseClosed, Refused
from tests.factories import committee, stations
from tests.factories.stations import SECRET, at


@pytest.fixture
def pot(session):
    found = stations.paper_pot()
    session.scalars(select(VotingSetup)).one().postal_until = clock.now() + timedelta(days=1)
    session.flush()
    return found


@pytest.fixture
def place(pot):
    return committee.station(pot.process_id)


@pytest.fixture
def desk(place):
    return stations.on_shift(place)


def taken_in(session, desk, place, pot, number="CARD00001", kind="provisional", **more):
    return take_in_envelope(session, desk, TakeInEnvelope(at(place, pot, number), uuid4(), kind, **more), SECRET)


def test_an_accepted_envelope_is_one_vote_and_says_no_longer_whose(session, pot, place, desk):
    envelope = taken_in(session, desk, place, pot)
    assert session.scalar(select(func.count()).select_from(VotingParticipation)) == 0
    assert decide_envelope(session, desk, envelope.id) is EnvelopeState.ACCEPTED
    assert decide_envelope(session, desk, envelope.id) is EnvelopeState.ACCEPTED
    assert envelope.voter_key == ""
    assert session.scalars(select(VotingParticipation.station)).one() == "Library"
    assert numbers_of(session, place.id, pot.id).expected == 1
    with pytest.raises(Conflict, match="already"):
        stations.handed_out(desk, place, pot, "CARD00001", 1)


def test_who_has_voted_gets_the_envelope_back_unopened(session, pot, place, desk):
    envelope = taken_in(session, desk, place, pot)
    stations.handed_out(desk, place, pot, "CARD00001", 1)
    assert decide_envelope(session, desk, envelope.id) is EnvelopeState.RETURNED
    assert envelope.because == "used"
    assert numbers_of(session, place.id, pot.id).expected == 1


def test_what_came_by_post_too_late_goes_back(session, pot, place, desk):
    now = clock.now()
    in_time = taken_in(session, desk, place, pot, "CARD00001", "postal", arrived_at=now - timedelta(hours=1))
    late = taken_in(session, desk, place, pot, "CARD00002", "postal", arrived_at=now)
    session.scalars(select(VotingSetup)).one().postal_until = now - timedelta(minutes=30)
    session.flush()
    assert decide_envelope(session, desk, in_time.id) is EnvelopeState.ACCEPTED
    assert decide_envelope(session, desk, late.id) is EnvelopeState.RETURNED
    assert late.because == "late"


def test_envelopes_are_decided_after_the_vote_and_before_the_boxes_are_opened(clock, session, pot, place, desk):
    envelope = taken_in(session, desk, place, pot)
    stations.over(pot)
    with pytest.raises(PhaseClosed):
        taken_in(session, desk, place, pot, "CARD00002")
    late = taken_in(session, desk, place, pot, "CARD00003", "postal")
    with pytest.raises(Conflict, match="may arrive until"):
        open_boxes(session, desk, place.id)
    clock.advance(days=2)
    with pytest.raises(Conflict, match="2 outer envelopes"), session.begin_nested():
        open_boxes(session, desk, place.id)
    assert decide_envelope(session, desk, envelope.id) is EnvelopeState.ACCEPTED
    assert decide_envelope(session, desk, late.id) is EnvelopeState.ACCEPTED
    open_boxes(session, desk, place.id)
    with pytest.raises(Conflict, match="open"):
        taken_in(session, desk, place, pot, "CARD00004", "postal")
    assert numbers_of(session, place.id, pot.id).expected == 2


def test_a_page_sent_twice_is_one_envelope(session, pot, place, desk):
    command = TakeInEnvelope(at(place, pot, "CARD00001"), uuid4(), "provisional")
    assert take_in_envelope(session, desk, command, SECRET).id == take_in_envelope(session, desk, command, SECRET).id
    assert session.scalar(select(func.count()).select_from(OuterEnvelope)) == 1


def test_what_cannot_be_is_refused(session, pot, place, desk):
    with pytest.raises(Refused, match="later than now"):
        taken_in(session, desk, place, pot, kind="postal", arrived_at=clock.now() + timedelta(hours=1))
    with pytest.raises(Refused):
        taken_in(session, desk, place, pot, kind="pigeon")
    with pytest.raises(Forbidden):
        taken_in(session, stations.clerk(pot.process_id), place, pot)
    session.scalars(select(VotingSetup)).one().postal_until = None
    session.flush()
    with pytest.raises(Refused, match="by post"):
        taken_in(session, desk, place, pot, kind="postal")
