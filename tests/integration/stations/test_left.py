"""Who left without casting: noted, taken back with a trace, never more than have a ballot; a station is never stuck by it."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.committee.commands import EnterTotals
from app.features.committee.use_cases import take_over_totals
from app.features.stations.commands import Exchange, LeftWithout, TakeBack
from app.features.stations.models import CountState, StationCount
from app.features.stations.queries import count_of, numbers_of
from app.features.stations.use_cases import (
    begin_return,
    exchange_spoilt,
    finish_return,
    note_left,
    open_boxes,
    take_back_left,
    take_back_signature,
)
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from tests.factories import accounts, committee, stations
from tests.factories.stations import SECRET, ZONE, at


def left(place, pot, known):
    return LeftWithout(place.id, pot.id, known, zone=ZONE)


def test_one_who_did_not_leave_is_taken_back_once_a_click_and_it_is_in_the_record(session, pot, place, desk):
    for stub in (1, 2):
        stations.handed_out(desk, place, pot, f"CARD0000{stub}", stub)
        note_left(session, desk, left(place, pot, stub - 1))
    take_back_left(session, desk, left(place, pot, 2))
    take_back_left(session, desk, left(place, pot, 2))
    assert numbers_of(session, place.id, pot.id).left_without == 1
    session.flush()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "paper.left_taken_back")).one()
    assert (entry.details["number"], entry.actor_id) == (1, desk.person_id)
    with pytest.raises(Conflict, match="there are 1 now"):
        take_back_left(session, desk, left(place, pot, 5))
    take_back_left(session, desk, left(place, pot, 1))
    with pytest.raises(Conflict, match="Nobody is noted"):
        take_back_left(session, desk, left(place, pot, 0))


def test_only_a_clerk_of_the_day_takes_one_back(session, pot, place, desk):
    stations.handed_out(desk, place, pot, "CARD00001", 1)
    note_left(session, desk, left(place, pot, 0))
    with pytest.raises(Forbidden):
        take_back_left(session, stations.clerk(pot.process_id), left(place, pot, 1))
    with pytest.raises(NotFound):
        take_back_left(session, stations.clerk(stations.paper_pot().process_id), left(place, pot, 1))


def test_a_ballot_that_is_noted_as_left_is_not_handed_back(session, pot, place, desk):
    """Else fewer than no ballots would be in the box, and nobody could sign."""
    second, back = stations.on_shift(place, "Kalle Clerk"), TakeBack(at(place, pot, "CARD00001"), 1)
    stations.handed_out(desk, place, pot, "CARD00001", 1)
    note_left(session, desk, left(place, pot, 0))
    with pytest.raises(Conflict, match="take that back first"):
        begin_return(session, desk, back, SECRET)
    take_back_left(session, desk, left(place, pot, 1))
    begin_return(session, desk, back, SECRET)
    note_left(session, desk, left(place, pot, 0))
    with pytest.raises(Conflict, match="take that back first"), session.begin_nested():
        finish_return(session, second, back, SECRET)
    take_back_left(session, desk, left(place, pot, 1))
    finish_return(session, second, back, SECRET)
    assert numbers_of(session, place.id, pot.id).expected == 0


def test_a_spoilt_ballot_is_exchanged_all_the_same(session, pot, place, desk):
    for stub in (1, 2):
        stations.handed_out(desk, place, pot, f"CARD0000{stub}", stub)
    note_left(session, desk, left(place, pot, 0))
    exchange_spoilt(session, desk, Exchange(at(place, pot, "CARD00001"), uuid4(), 1, 3), SECRET)
    assert numbers_of(session, place.id, pot.id).expected == 1


@pytest.fixture
def stuck(session, pot, place, desk):
    """A station from before this was refused: more left than had a ballot."""
    stations.over(pot)
    open_boxes(session, desk, place.id)
    kept = count_of(session, place.id, pot.id)
    kept.left_without = 1
    session.flush()
    return kept


def test_a_station_with_fewer_than_no_ballots_says_so_and_is_put_right(session, pot, place, desk, stuck):
    second = stations.clerk(pot.process_id, "Kalle Clerk")
    with pytest.raises(Conflict, match="More people are noted as left"):
        stations.signed(desk, second, place, pot, "Somebody noted one too many")
    take_back_left(session, second, left(place, pot, 1))
    stations.signed(desk, second, place, pot)
    assert stuck.state is CountState.SIGNED


def test_behind_a_signature_and_where_numbers_can_be_nothing_is_taken_back(session, pot, place, desk, stuck):
    stuck.state, stuck.first_hand, stuck.first_name = CountState.PROPOSED, desk.person_id, "Kaisa Clerk"
    session.flush()
    with pytest.raises(Conflict, match="Take that signature back first"):
        take_back_left(session, desk, left(place, pot, 1))
    take_back_signature(session, desk, place.id, pot.id)
    take_back_left(session, desk, left(place, pot, 1))
    stuck.issued, stuck.left_without = 2, 1
    session.flush()
    with pytest.raises(Conflict, match="numbers stay as they are"):
        take_back_left(session, desk, left(place, pot, 1))


def test_totals_that_cannot_be_are_not_called_a_second_entry(session, pot, place, desk):
    stations.over(pot)
    totals = EnterTotals(place.id, pot.id, participations=-1, ballots=0, blank=0, invalid=0, votes={}, points={})
    with pytest.raises(Invalid) as refusal:
        take_over_totals(session, totals, [(desk.person_id, "Kaisa Clerk")])
    assert "negative" in str(refusal.value.errors)


def test_over_the_page(app, session, pot, place, desk):
    stations.handed_out(desk, place, pot, "CARD00001", 1)
    note_left(session, desk, left(place, pot, 0))
    ids, client = (place.id, pot.id), app.test_client()
    accounts.sign_in(client, session.get_one(accounts.Person, desk.person_id))
    url = f"/staff/stations/desk/{ids[0]}/{ids[1]}"
    assert "One did not leave" in client.get(f"{url}/changes").text
    assert client.post(f"{url}/not-left", data={"known": "1"}).status_code == 303
    assert database.session.scalars(select(StationCount.left_without)).one() == 0
    assert "One did not leave" not in client.get(f"{url}/changes").text


def test_the_page_of_the_sum_says_what_to_mend(app, session, pot, place, desk, stuck):
    ids, client = (place.id, pot.id), app.test_client()
    accounts.sign_in(client, session.get_one(accounts.Person, desk.person_id))
    session.commit()
    page = f"/staff/stations/count/{ids[0]}/{ids[1]}"
    assert "More people are noted as left" in client.get(page).text
    sent = client.post(f"/staff/stations/desk/{ids[0]}/{ids[1]}/not-left", data={"known": "1", "from": "count"})
    assert sent.location.endswith(page)
    assert "The numbers agree" in client.get(page).text


def test_noted_as_left_and_handed_back_at_once_is_one_of_the_two(committing_db, race):
    pot = stations.paper_pot()
    place = committee.station(pot.process_id)
    desk, second = (stations.on_shift(place, name) for name in "AB")
    stations.handed_out(desk, place, pot, "CARD00001", 1)
    back, one_left = TakeBack(at(place, pot, "CARD00001"), 1), left(place, pot, 0)
    begin_return(database.session(), desk, back, SECRET)
    place_id, pot_id = place.id, pot.id
    work = [
        lambda: finish_return(database.session(), second, back, SECRET),
        lambda: note_left(database.session(), desk, one_left),
    ]

    def either():
        work.pop()()

    outcome = race(either, times=2)
    assert len(outcome.results) == 1
    assert isinstance(outcome.errors[0], Refused)
    assert numbers_of(database.session(), place_id, pot_id).expected == 0


def test_a_double_click_takes_one_back(committing_db, race):
    pot = stations.paper_pot()
    place = committee.station(pot.process_id)
    desk = stations.on_shift(place)
    for stub in (1, 2):
        stations.handed_out(desk, place, pot, f"CARD0000{stub}", stub)
        note_left(database.session(), desk, left(place, pot, stub - 1))
    command = left(place, pot, 2)
    outcome = race(lambda: take_back_left(database.session(), desk, command).left_without, times=4)
    assert (outcome.errors, outcome.results) == ([], [1] * 4)
