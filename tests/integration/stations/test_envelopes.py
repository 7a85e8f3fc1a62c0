"""Outer envelopes: opened only after the constraint has accepted the vote, else returned unopened; by post in time."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.extensions import db as database
from app.features.spaces.models import Process
from app.features.stations.commands import AtDesk, TakeInEnvelope
from app.features.stations.models import CountState, EnvelopeState, OuterEnvelope, StationCount
from app.features.stations.queries import numbers_of
from app.features.stations.use_cases import decide_envelope, open_boxes, take_in_envelope
from app.features.voting.models import VotingParticipation, VotingSetup
from app.kernel import clock
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Forbidden, PhaseClosed, Refused
from app.kernel.permissions import Role
from tests.factories import accounts, committee, stations, voting
from tests.factories.stations import SECRET, ZONE, at, today


@pytest.fixture
def pot(session):
    found = stations.paper_pot()
    session.scalars(select(VotingSetup)).one().postal_until = clock.now() + timedelta(days=1)
    session.flush()
    return found


def taken_in(session, desk, place, pot, number="CARD00001", kind="provisional", **more):
    more = {"envelope_id": uuid4(), **({"given_on": today()} if kind == "provisional" else {}), **more}
    return take_in_envelope(session, desk, TakeInEnvelope(at(place, pot, number), kind=kind, **more), SECRET)


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
    command = TakeInEnvelope(at(place, pot, "CARD00001"), uuid4(), "provisional", given_on=today())
    assert take_in_envelope(session, desk, command, SECRET).id == take_in_envelope(session, desk, command, SECRET).id
    assert session.scalar(select(func.count()).select_from(OuterEnvelope)) == 1


def test_a_page_that_somebody_went_back_to_writes_no_second_envelope_in_silence(session, pot, place, desk):
    """The number goes onto the paper: two envelopes with one number, of which only the first is known, would lose a vote."""
    page = uuid4()
    taken_in(session, desk, place, pot, envelope_id=page)
    with pytest.raises(Conflict, match="sent for another envelope"):
        taken_in(session, desk, place, pot, number="CARD00002", envelope_id=page)
    decide_envelope(session, desk, page)
    with pytest.raises(Conflict, match="sent for another envelope"):
        taken_in(session, desk, place, pot, number="CARD00002", envelope_id=page)
    assert session.scalar(select(func.count()).select_from(OuterEnvelope)) == 1


def test_no_two_envelopes_of_a_vote_have_one_number_and_the_list_names_the_pot(app, session, pot, place, desk):
    other = voting.pot(session.get_one(Process, pot.process_id), title={"en": "Parks"})
    school = committee.station(pot.process_id, "School")
    there = stations.on_shift(school, "Kalle Clerk")
    taken = [
        taken_in(session, desk, place, pot),
        taken_in(session, desk, place, other, number="CARD00002"),
        taken_in(session, there, school, pot, number="CARD00003"),
    ]
    assert [one.number for one in taken] == [1, 2, 3]
    client, process_id, name = app.test_client(), pot.process_id, place.name
    accounts.sign_in(client, accounts.staff(Role.CLERK, session.get_one(Process, process_id)))
    shown = client.get(f"/staff/stations/envelopes/{process_id}").text
    assert f"<bdi>{name}</bdi>: Parks" in shown


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


def test_without_a_line_until_after_the_vote_envelopes_are_written_down_with_their_day(clock, session, pot, place):
    """The clerk of Monday is at the town hall on Wednesday, when the line is back and the vote is over."""
    monday = today()
    desk, other = stations.on_shift(place, day=monday), stations.on_shift(place, "Ylva", day=monday + timedelta(days=2))
    clock.advance(days=2)
    stations.over(pot, on=monday + timedelta(days=1))
    with pytest.raises(PhaseClosed):
        stations.handed_out(other, place, pot, "CARD00001", 1)
    with pytest.raises(Forbidden, match="not on the list of clerks of this station on that day"):
        taken_in(session, other, place, pot, given_on=monday)
    with pytest.raises(PhaseClosed, match="Nobody could vote on that day"):
        taken_in(session, other, place, pot)
    first, second = (taken_in(session, desk, place, pot, number, given_on=monday) for number in ("CARD00001", "CARD00001"))
    session.flush()
    told = session.scalars(select(AuditEntry).where(AuditEntry.action == "envelope.written_after_the_vote")).all()
    assert [(one.details["number"], one.details["day"], one.actor_id) for one in told] == [
        (number, monday.isoformat(), desk.person_id) for number in (1, 2)
    ]
    with pytest.raises(Conflict, match="2 outer envelopes"), session.begin_nested():
        clock.advance(days=2)
        open_boxes(session, desk, place.id)
    assert decide_envelope(session, desk, first.id) is EnvelopeState.ACCEPTED
    assert decide_envelope(session, desk, second.id) is EnvelopeState.RETURNED
    assert session.scalars(select(VotingParticipation.day)).one() == monday
    open_boxes(session, desk, place.id)
    assert numbers_of(session, place.id, pot.id).expected == 1
    with pytest.raises(Conflict, match="open"):
        taken_in(session, desk, place, pot, "CARD00002", given_on=monday)


def test_during_the_vote_nothing_tells_when_an_envelope_was_written_down(session, pot, place, desk):
    taken_in(session, desk, place, pot)
    session.flush()
    assert session.scalar(select(AuditEntry.id).where(AuditEntry.action.startswith("envelope"))) is None


def test_a_day_without_a_vote_or_to_come_is_refused(clock, session, pot, place, desk):
    stations.on_shift(place, "Ylva", day=today() + timedelta(days=1))
    with pytest.raises(Refused, match="Write the day"):
        taken_in(session, desk, place, pot, given_on=None)
    with pytest.raises(Refused, match="not come yet"):
        taken_in(session, desk, place, pot, given_on=today() + timedelta(days=1))
    before = stations.on_shift(place, "Anni", day=today() - timedelta(days=30))
    with pytest.raises(PhaseClosed, match="Nobody could vote"):
        taken_in(session, before, place, pot, given_on=today() - timedelta(days=30))
    pot.annulled_at = clock.now
    session.flush()
    with pytest.raises(Conflict, match="annulled"):
        taken_in(session, desk, place, pot)


@pytest.fixture
def listed(session):
    """A vote with a list of voters: CARD00001, who was born on the day of all voters of these tests."""
    return stations.paper_pot(voting.process_with_roll("CARD00001"))


def unlisted(place, pot, number, born="", **more):
    return TakeInEnvelope(
        AtDesk(place.id, pot.id, number, born, zone=ZONE), uuid4(), "provisional", given_on=today(), unlisted=True, **more
    )


def test_somebody_who_is_not_on_the_list_gets_an_envelope_and_it_goes_back_unopened(session, listed):
    place = committee.station(listed.process_id)
    desk = stations.on_shift(place)
    with pytest.raises(Refused, match="not on the list of voters") as refusal:
        taken_in(session, desk, place, listed, "CARD00009")
    assert refusal.value.field == "unlisted"
    envelope = take_in_envelope(session, desk, unlisted(place, listed, "CARD00009"), SECRET)
    assert envelope.proof
    assert decide_envelope(session, desk, envelope.id) is EnvelopeState.RETURNED
    assert (envelope.because, envelope.proof) == ("unlisted", "")
    assert session.scalar(select(VotingParticipation.id)) is None


def test_a_wrong_date_of_birth_uses_up_nobodys_vote(session, listed):
    place = committee.station(listed.process_id)
    desk = stations.on_shift(place)
    wrong = take_in_envelope(session, desk, unlisted(place, listed, "CARD00001", "1900-01-01"), SECRET)
    right = take_in_envelope(session, desk, unlisted(place, listed, "CARD00001", voting.BORN), SECRET)
    assert right.proof == ""
    assert decide_envelope(session, desk, wrong.id) is EnvelopeState.RETURNED
    assert decide_envelope(session, desk, right.id) is EnvelopeState.ACCEPTED


def test_who_is_on_the_list_by_then_votes(session, listed):
    place = committee.station(listed.process_id)
    desk = stations.on_shift(place)
    envelope, again = (take_in_envelope(session, desk, unlisted(place, listed, "CARD00009", voting.BORN), SECRET) for _ in "ab")
    voting.listed(session.get_one(Process, listed.process_id), "CARD00009")
    assert decide_envelope(session, desk, envelope.id) is EnvelopeState.ACCEPTED
    assert decide_envelope(session, desk, again.id) is EnvelopeState.RETURNED
    assert (envelope.voter_key, envelope.proof, again.because) == ("", "", "used")


def test_over_the_page_a_number_that_is_not_listed_is_written_down_on_purpose(app, session, listed):
    place = committee.station(listed.process_id)
    desk, client = stations.on_shift(place), app.test_client()
    accounts.sign_in(client, session.get_one(accounts.Person, desk.person_id))
    page = f"/staff/stations/envelopes/{listed.process_id}"
    sent = {"place": str(place.id), "pot": str(listed.id), "kind": "provisional", "number": "CARD00009"}
    sent |= {"given": today().isoformat(), "page": str(uuid4())}
    session.commit()
    refused = client.post(page, data=sent)
    assert refused.status_code == 422
    assert "tick “Not on the list of voters”" in refused.text
    assert [client.post(page, data={**sent, "unlisted": "y"}).status_code for _click in range(2)] == [303, 303]
    envelope_id = database.session.scalars(select(OuterEnvelope.id)).one()
    assert "Not decided: not on the list of voters" in client.get(page).text
    client.post(f"/staff/stations/envelopes/one/{envelope_id}/decide")
    assert "This person is not on the list of voters" in client.get(page).text


def test_a_double_click_after_the_vote_writes_one_envelope(committing_db, race):
    pot = stations.paper_pot()
    place = committee.station(pot.process_id)
    desk, yesterday = stations.on_shift(place, day=today() - timedelta(days=1)), today() - timedelta(days=1)
    stations.over(pot, on=yesterday)
    command = TakeInEnvelope(at(place, pot, "CARD00001"), uuid4(), "provisional", given_on=yesterday)
    outcome = race(lambda: take_in_envelope(database.session(), desk, command, SECRET).number, times=4)
    assert (outcome.errors, outcome.results) == ([], [1] * 4)
    assert (
        database.session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action.startswith("envelope")))
        == 1
    )


def test_written_down_while_the_boxes_are_opened_is_one_of_the_two(committing_db, race):
    pot = stations.paper_pot()
    place = committee.station(pot.process_id)
    yesterday = today() - timedelta(days=1)
    desk, place_id = stations.on_shift(place, day=yesterday), place.id
    stations.over(pot, on=yesterday)
    command = TakeInEnvelope(at(place, pot, "CARD00001"), uuid4(), "provisional", given_on=yesterday)
    work = [
        lambda: open_boxes(database.session(), desk, place_id),
        lambda: take_in_envelope(database.session(), desk, command, SECRET),
    ]

    def either():
        work.pop()()

    outcome = race(either, times=2)
    assert [type(error) for error in outcome.errors] == [Conflict], outcome.errors
    states = set(database.session.scalars(select(StationCount.state)))
    written = database.session.scalar(select(func.count()).select_from(OuterEnvelope))
    assert (states, written) in [({CountState.OPENED}, 0), ({CountState.POLLING}, 1)]


def test_two_stations_that_write_at_once_give_two_numbers(committing_db, race):
    pot = stations.paper_pot()
    places = [committee.station(pot.process_id, f"Station {at}") for at in range(4)]
    clerks = [stations.on_shift(place) for place in places]
    work = [
        (clerk, TakeInEnvelope(at(place, pot, f"CARD{number:05}"), uuid4(), "provisional", given_on=today()))
        for number, (clerk, place) in enumerate(zip(clerks, places, strict=True))
    ]

    def another():
        clerk, command = work.pop()
        return take_in_envelope(database.session(), clerk, command, SECRET).number

    outcome = race(another, times=4)
    assert (outcome.errors, sorted(outcome.results)) == ([], [1, 2, 3, 4])
