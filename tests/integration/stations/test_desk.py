"""The roll desk: a ballot on paper uses up what one on the web does, comes back by two hands, and is counted at its station."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.features.accounts.models import RoleAssignment
from app.features.budgets.choices import Choices
from app.features.stations.commands import AssignClerk, AtDesk, Exchange, IssueBallot, LeftWithout, TakeBack
from app.features.stations.models import Issue, IssueState, Shift
from app.features.stations.queries import numbers_of
from app.features.stations.use_cases import (
    assign_clerk,
    begin_return,
    exchange_spoilt,
    finish_return,
    issue_ballot,
    look_up,
    note_left,
    open_boxes,
    stop_return,
    take_off,
)
from app.features.voting.commands import CastAtDesk, CastBallot
from app.features.voting.models import VoterIdentity, VotingParticipation
from app.features.voting.rules import voter_key
from app.features.voting.use_cases import cast_at_desk, cast_ballot
from app.kernel import clock
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Forbidden, NotFound, PhaseClosed, Refused
from app.kernel.permissions import Actor, Channel
from tests.factories import accounts, committee, stations, voting
from tests.factories.stations import SECRET, ZONE, at
from tests.factories.tools import add


def participation(session):
    return session.scalars(select(VotingParticipation)).one()


def test_a_ballot_that_is_handed_out_blocks_every_other_way(session, pot, place, desk, keyring):
    stations.handed_out(desk, place, pot, "CARD00001", 1)

    row = participation(session)
    assert (row.channel, row.station) == (Channel.PAPER, "Library")
    with pytest.raises(Conflict, match="already"):
        cast_at_desk(session, desk, CastAtDesk(pot.id, "CARD00001", Choices(("1",))), SECRET, keyring)
    with pytest.raises(Conflict, match="already"):
        stations.handed_out(desk, place, pot, "CARD00001", 2)
    person = accounts.person()
    add(VoterIdentity(process_id=pot.process_id, person_id=person.id, voter_key=row.voter_key))
    with pytest.raises(Conflict, match="already"):
        cast_ballot(session, Actor(person_id=person.id), CastBallot(pot.id, Choices(("1",))), keyring)
    with pytest.raises(Conflict, match="already"):
        look_up(session, desk, at(place, pot, "CARD00001"), SECRET)
    look_up(session, desk, at(place, pot, "CARD00002"), SECRET)
    assert session.scalar(select(func.count()).select_from(VotingParticipation)) == 1


def test_who_voted_on_the_web_gets_no_ballot(session, pot, place, desk, keyring):
    cast_at_desk(session, desk, CastAtDesk(pot.id, "CARD00001", Choices(("1",))), SECRET, keyring)
    with pytest.raises(Conflict, match="already"):
        stations.handed_out(desk, place, pot, "CARD00001", 1)
    assert session.scalar(select(func.count()).select_from(Issue)) == 0


def test_a_double_click_is_one_ballot_and_a_used_stub_is_refused(session, pot, place, desk):
    command = IssueBallot(at(place, pot, "CARD00001"), uuid4(), 7)
    first = issue_ballot(session, desk, command, SECRET)
    assert issue_ballot(session, desk, command, SECRET).id == first.id
    assert numbers_of(session, place.id, pot.id).issued == 1
    with pytest.raises(Conflict, match="stub"):
        stations.handed_out(desk, place, pot, "CARD00002", 7)
    with pytest.raises(Conflict, match="already"):  # the page of one voter sent for another who has voted
        issue_ballot(session, desk, IssueBallot(at(place, pot, "CARD00001"), uuid4(), 8), SECRET)


@pytest.mark.parametrize("stub", [0, -1, 10**8])
def test_a_stub_without_a_number_is_refused(session, pot, place, desk, stub):
    with pytest.raises(Refused, match="stub"):
        stations.handed_out(desk, place, pot, "CARD00001", stub)


def test_only_clerks_on_the_list_of_today_hand_out(session, pot, place):
    other = stations.clerk(pot.process_id, "Olli Other")
    with pytest.raises(Forbidden, match="list"):
        stations.handed_out(other, place, pot, "CARD00001", 1)
    stranger = stations.clerk(stations.paper_pot().process_id)
    with pytest.raises(NotFound):
        stations.handed_out(stranger, place, pot, "CARD00001", 1)


def test_a_shift_is_a_day_of_the_city(clock, session, pot, place):
    """At half past one at night in Helsinki it is still the day before in UTC."""
    clock.set(datetime(2026, 5, 11, 22, 30, tzinfo=UTC))
    stations.voting_on(pot, days=2)
    yesterday, today = (stations.on_shift(place, name, day=date(2026, 5, at)) for name, at in (("Ylva", 11), ("Tiina", 12)))
    with pytest.raises(Forbidden, match="list"):
        stations.handed_out(yesterday, place, pot, "CARD00001", 1)
    assert stations.handed_out(today, place, pot, "CARD00001", 1).stub == 1


def test_a_clerk_whose_role_was_taken_away_hands_out_nothing(session, pot, place, desk):
    session.query(RoleAssignment).filter_by(person_id=desk.person_id).delete()
    with pytest.raises(NotFound):
        stations.handed_out(desk, place, pot, "CARD00001", 1)


def test_a_clerk_who_has_left_since_is_no_second_person_for_what_they_began(session, pot, place, desk):
    stations.handed_out(desk, place, pot, "CARD00001", 1)
    back = TakeBack(at(place, pot, "CARD00001"), 1)
    begin_return(session, desk, back, SECRET)
    session.query(RoleAssignment).filter_by(person_id=desk.person_id).delete()
    second = stations.on_shift(place, "Benno B")
    with pytest.raises(Forbidden, match="no clerk here any more"), session.begin_nested():
        finish_return(session, second, back, SECRET)
    stop_return(session, second, place.id, pot.id, 1, ZONE)
    begin_return(session, second, back, SECRET)
    finish_return(session, stations.on_shift(place, "Carla C"), back, SECRET)


def test_where_nobody_votes_on_paper_no_ballot_is_handed_out(session):
    pot = voting.pot()
    place = committee.station(pot.process_id)
    with pytest.raises(Refused, match="paper"):
        stations.handed_out(stations.on_shift(place), place, pot, "CARD00001", 1)


def test_the_list_of_voters_and_the_birth_date_count(session):
    process = voting.process_with_roll("CARD00001")
    pot = stations.paper_pot(process)
    place = committee.station(process.id)
    desk = stations.on_shift(place)
    with pytest.raises(Refused, match="list"):
        stations.handed_out(desk, place, pot, "CARD00001", 1)
    voter = AtDesk(place.id, pot.id, "CARD00001", voting.BORN, zone=ZONE)
    issue_ballot(session, desk, IssueBallot(voter, uuid4(), 1), SECRET)
    with pytest.raises(Refused, match="list"):
        stations.handed_out(desk, place, pot, "CARD00009", 2)


def test_two_clerks_take_a_ballot_back_and_its_voter_can_vote_again(session, pot, place, desk, keyring):
    stations.handed_out(desk, place, pot, "CARD00001", 1)
    second = stations.on_shift(place, "Kalle Clerk")
    back = TakeBack(at(place, pot, "CARD00001"), 1)
    with pytest.raises(Conflict, match="begun"), session.begin_nested():
        finish_return(session, second, back, SECRET)
    begin_return(session, desk, back, SECRET)
    begin_return(session, desk, back, SECRET)
    with pytest.raises(Forbidden, match="Another clerk"), session.begin_nested():
        finish_return(session, desk, back, SECRET)
    finish_return(session, second, back, SECRET)

    assert numbers_of(session, place.id, pot.id).handed_back == 1
    assert session.scalar(select(VotingParticipation.id)) is None
    cast_at_desk(session, desk, CastAtDesk(pot.id, "CARD00001", Choices(("1",))), SECRET, keyring)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "paper.handed_back")).one()
    assert entry.details["stub"] == 1
    assert voter_key(SECRET, pot.process_id, "CARD00001") not in str(entry.details)


def test_nobody_takes_back_the_ballot_of_somebody_else(session, pot, place, desk):
    stations.handed_out(desk, place, pot, "CARD00001", 1)
    stations.handed_out(desk, place, pot, "CARD00002", 2)
    with pytest.raises(Conflict, match="not handed out to this number"):
        begin_return(session, desk, TakeBack(at(place, pot, "CARD00001"), 2), SECRET)


def test_what_one_clerk_began_to_take_back_can_be_stopped(session, pot, place, desk):
    stations.handed_out(desk, place, pot, "CARD00001", 1)
    begin_return(session, desk, TakeBack(at(place, pot, "CARD00001"), 1), SECRET)
    stop_return(session, desk, place.id, pot.id, 1, ZONE)
    assert session.scalars(select(Issue)).one().state is IssueState.ISSUED


def test_a_spoilt_ballot_is_exchanged_and_the_vote_stays_used(session, pot, place, desk):
    stations.handed_out(desk, place, pot, "CARD00001", 1)
    command = Exchange(at(place, pot, "CARD00001"), uuid4(), 1, 2)
    new = exchange_spoilt(session, desk, command, SECRET)
    assert exchange_spoilt(session, desk, command, SECRET).id == new.id
    numbers = numbers_of(session, place.id, pot.id)
    assert (numbers.issued, numbers.spoilt, numbers.expected) == (2, 1, 1)
    assert session.scalar(select(func.count()).select_from(VotingParticipation)) == 1
    with pytest.raises(Conflict, match="taken back or exchanged"):
        exchange_spoilt(session, desk, Exchange(at(place, pot, "CARD00001"), uuid4(), 1, 3), SECRET)


def test_who_leaves_without_casting_is_counted_once_a_click(session, pot, place, desk):
    stations.handed_out(desk, place, pot, "CARD00001", 1)
    note_left(session, desk, LeftWithout(place.id, pot.id, 0, zone=ZONE))
    note_left(session, desk, LeftWithout(place.id, pot.id, 0, zone=ZONE))
    assert numbers_of(session, place.id, pot.id).left_without == 1
    assert numbers_of(session, place.id, pot.id).expected == 0
    with pytest.raises(Conflict, match="More people"):
        note_left(session, desk, LeftWithout(place.id, pot.id, 1, zone=ZONE))
    assert participation(session).station == "Library"


def test_after_the_vote_nothing_is_handed_out_or_taken_back(session, pot, place, desk):
    stations.handed_out(desk, place, pot, "CARD00001", 1)
    with pytest.raises(Conflict, match="still vote"):
        open_boxes(session, desk, place.id)
    stations.over(pot)
    with pytest.raises(PhaseClosed):
        stations.handed_out(desk, place, pot, "CARD00002", 2)
    with pytest.raises(PhaseClosed):
        begin_return(session, desk, TakeBack(at(place, pot, "CARD00001"), 1), SECRET)


def test_the_committee_keeps_the_lists_of_clerks(session, pot, place):
    member = committee.member(pot.process_id)
    actor = stations.clerk(pot.process_id)
    command = AssignClerk(place.id, actor.person_id, clock.today(ZONE))
    shift = assign_clerk(session, member, command)
    assert assign_clerk(session, member, command).id == shift.id
    with pytest.raises(NotFound):
        assign_clerk(session, actor, command)
    with pytest.raises(Refused, match="clerk"):
        assign_clerk(session, member, AssignClerk(place.id, committee.member(pot.process_id).person_id, command.day))
    take_off(session, member, shift.id)
    assert session.scalar(select(Shift.id)) is None
