"""Ballots on paper: two people type the totals of a station, equal ones count, and nothing is counted while numbers differ."""

import json

import pytest

from app.extensions import db as database
from app.features.budgets.models import PotState
from app.features.committee.balances import balances_of, unsettled
from app.features.committee.commands import EnterTotals, Explain
from app.features.committee.models import DecisionKind
from app.features.committee.queries import totals_on_paper
from app.features.committee.use_cases import add_station, enter_totals, explain, remove_station
from app.features.spaces.models import Process
from app.features.voting.keys.keyring import Keyring
from app.features.voting.models import Ballot
from app.features.voting.use_cases import close_box, count_pot, open_with_the_servers_key
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from app.kernel.permissions import SYSTEM, Role
from tests.factories import committee, rehearsals, spaces, voting
from tests.factories.tools import add

TOTALS = {"participations": 10, "ballots": 9, "blank": 1, "invalid": 1, "votes": {"1": 2, "2": 8, "3": 0}}


def typed(place, pot, **changes):
    return EnterTotals(place.id, pot.id, **{**TOTALS, **changes})


@pytest.fixture
def pot(session):
    """A pot whose vote is over, with three ballots from the box: two for 1, one blank."""
    found = voting.closed_pot()
    voting.ballots(found, ["1", "1", ""])
    return found


def test_equal_totals_of_two_people_are_added_to_the_count_and_every_sum_says_so(session, pot):
    first, second = committee.two(pot.process_id)
    place = committee.station(pot.process_id)
    enter_totals(session, first, typed(place, pot))
    with pytest.raises(Conflict, match="missing"):
        count_pot(session, first, pot.id)
    enter_totals(session, second, typed(place, pot))

    record = count_pot(session, first, pot.id).result

    assert record["voters"] == 12
    assert record["blank"] == 2
    assert record["channels"] == {"joined": 12}
    assert "votes" not in record["paper"]
    assert sum(record["channels"].values()) == record["voters"]
    assert record["why"]["2"]["votes"] == 8
    assert record["why"]["1"]["votes"] == 4
    assert record["winners"] == ["2", "1"]
    assert record["paper"]["invalid"] == 1


def test_the_same_person_cannot_confirm_their_own_totals(session, pot):
    first, second = committee.two(pot.process_id)
    place = committee.station(pot.process_id)
    enter_totals(session, first, typed(place, pot))
    enter_totals(session, first, typed(place, pot))
    assert totals_on_paper(session, pot) is None

    enter_totals(session, second, typed(place, pot, blank=0))
    assert totals_on_paper(session, pot) is None
    with pytest.raises(Conflict, match="differ"):
        enter_totals(session, committee.member(pot.process_id, "Thea Third"), typed(place, pot))
    enter_totals(session, second, typed(place, pot))
    assert totals_on_paper(session, pot).ballots == 9
    with pytest.raises(Conflict):
        enter_totals(session, first, typed(place, pot, blank=0))


@pytest.mark.parametrize(
    "wrong",
    [{"blank": 10}, {"votes": {"1": 9}}, {"votes": {"1": 1}}, {"votes": {"9": 8}}, {"votes": {"1": -1, "2": 8}}],
    ids=str,
)
def test_totals_that_cannot_be_are_refused(session, pot, wrong):
    first, _second = committee.two(pot.process_id)
    with pytest.raises(Invalid):
        enter_totals(session, first, typed(committee.station(pot.process_id), pot, **wrong))


CANNOT_BE = [
    ("cumulative", {"1": 3, "2": 8}, {"1": 3000, "2": 24}, "more than a voter has"),
    ("cumulative", {"1": 3, "2": 8}, {"1": 12, "2": 24}, "more than one project may get"),
    ("cumulative", {"1": 3, "2": 8}, {"1": 2, "2": 24}, "fewer points than votes"),
    ("cumulative", {"1": 8, "2": 8}, {"1": 24, "2": 24}, "more together than all voters have"),
    ("cumulative", {"1": 3, "2": 8}, {"1": -3, "2": 24}, "below nought"),
    ("ordinal", {"1": 3, "2": 8}, {"1": 7, "2": 16}, "more than first places give"),
    ("ordinal", {"1": 3, "2": 8}, {"1": 2, "2": 16}, "fewer than last places give"),
    ("ordinal", {"1": 8, "2": 8}, {"1": 16, "2": 16}, "more together than places give"),
    ("ordinal", {"1": 4, "2": 5}, {"1": 4, "2": 5}, "nobody's first place"),
]
CAN_BE = [
    ("cumulative", {"1": 3, "2": 8}, {"1": 9, "2": 24}),
    ("cumulative", {"1": 8, "2": 8}, {"1": 24, "2": 16}),
    ("ordinal", {"1": 3, "2": 8}, {"1": 4, "2": 15}),
    ("ordinal", {"1": 8, "2": 8}, {"1": 8, "2": 16}),
]


def with_points(vote_type):
    """A pot that is over, of five points a voter and three a project, or of two places."""
    limits = {"max_points": 5, "options": {"tie_rules": ["listed_first"], "max_points_per_project": 3}}
    if vote_type == "ordinal":
        limits = {"max_projects": 2, "options": {"tie_rules": ["listed_first"], "max_length": 2}}
    return voting.closed_pot(vote_type=vote_type, limit_by_cost=False, **limits)


@pytest.mark.parametrize(
    ("vote_type", "votes", "points", "why"), CANNOT_BE, ids=lambda one: one if isinstance(one, str) else ""
)
def test_points_that_such_ballots_cannot_give_are_refused(session, vote_type, votes, points, why):
    pot = with_points(vote_type)
    first, _second = committee.two(pot.process_id)
    sheet = EnterTotals(committee.station(pot.process_id).id, pot.id, 9, 9, 1, 0, votes, points)
    with pytest.raises(Invalid) as refused:
        enter_totals(session, first, sheet)
    assert any("points" in field or "points" in one.template for field, one in refused.value.errors.items()), why


@pytest.mark.parametrize(("vote_type", "votes", "points"), CAN_BE)
def test_the_most_and_the_least_points_that_such_ballots_can_give_are_taken(session, vote_type, votes, points):
    pot = with_points(vote_type)
    first, _second = committee.two(pot.process_id)
    sheet = EnterTotals(committee.station(pot.process_id).id, pot.id, 9, 9, 1, 0, votes, points)
    assert enter_totals(session, first, sheet).points == points


def test_a_rule_that_needs_whole_ballots_takes_no_totals_but_noughts(session):
    pot = voting.closed_pot(rule="equalshares/add1")
    voting.ballots(pot, ["1"])
    first, second = committee.two(pot.process_id)
    place = committee.station(pot.process_id)
    with pytest.raises(Refused, match="whole ballots"):
        enter_totals(session, first, typed(place, pot))

    nothing = {"participations": 0, "ballots": 0, "blank": 0, "invalid": 0, "votes": {}}
    for person in (first, second):
        enter_totals(session, person, typed(place, pot, **nothing))
    assert count_pot(session, first, pot.id).result["winners"] == ["1"]


def test_totals_are_refused_before_the_vote_where_no_pot_can_take_them_and_the_page_says_what_to_do(session, as_role):
    pot = voting.pot(rule="equalshares/add1")
    first = committee.member(pot.process_id)
    with pytest.raises(Refused, match="one by one at the voting desk"):
        add_station(session, first, pot.process_id, "Library")
    voting.pot(session.get_one(Process, pot.process_id), rule="greedy")
    place = add_station(session, first, pot.process_id, "Library")
    place_id, process_id, pot_id = place.id, pot.process_id, pot.id
    session.commit()

    client = as_role(Role.COMMITTEE, database.session.get_one(Process, process_id))
    page = client.get(f"/staff/reconciliation/{process_id}").text
    assert page.count("looks at whole ballots") == 1
    assert "With 1 to 29 ballots on paper" in page
    assert "only noughts can be typed here" in client.get(f"/staff/reconciliation/stations/{place_id}/{pot_id}").text


def test_paper_is_counted_after_the_vote_by_the_committee_and_not_after_the_count(session, pot):
    first, _second = committee.two(pot.process_id)
    running = voting.pot()
    with pytest.raises(Forbidden):
        enter_totals(session, committee.member(running.process_id), typed(committee.station(running.process_id), running))
    place = committee.station(pot.process_id)
    with pytest.raises(NotFound):
        enter_totals(session, committee.member(pot.process_id, "Anna Auditor", Role.AUDITOR), typed(place, pot))
    remove_station(session, first, place.id)
    count_pot(session, first, pot.id)
    with pytest.raises(Conflict):
        add_station(session, first, pot.process_id, "A late one")


def test_a_difference_is_explained_in_writing_before_anything_is_counted(session, pot):
    first, second = committee.two(pot.process_id)
    place = committee.station(pot.process_id)
    for person in (first, second):
        enter_totals(session, person, typed(place, pot, participations=12))
    with pytest.raises(Conflict, match="no written reason"):
        count_pot(session, first, pot.id)
    with pytest.raises(Refused):
        explain(session, first, Explain(pot.id, "  ", place.id))
    with pytest.raises(Conflict):
        explain(session, first, Explain(pot.id, "Nothing differs on the web."))

    explain(session, first, Explain(pot.id, "Two people took their sheets home.", place.id))

    assert all(one.settled for one in balances_of(session, pot.process_id))
    assert count_pot(session, first, pot.id).state is PotState.COUNTED


def test_the_totals_stand_in_a_file_beside_the_ballots_once_the_result_is_certified(session, client, pot):
    first, second = committee.two(pot.process_id)
    place = committee.station(pot.process_id)
    voting.ballots(pot, ["1"] * 27)
    many = {"participations": 40, "ballots": 38, "blank": 2, "invalid": 2, "votes": {"1": 6, "2": 30, "3": 0}}
    for person in (first, second):
        enter_totals(session, person, typed(place, pot, **many))
    count_pot(session, first, pot.id)
    session.commit()
    process_id, pot_id = pot.process_id, pot.id
    address = f"/committee/certificate/{pot_id}/paper.json"
    assert client.get(address).status_code == 404
    committee.decided(DecisionKind.CERTIFICATION, process_id, pot_id=pot_id)
    session.commit()

    (found,) = json.loads(client.get(address).data)["stations"]
    assert found["station"] == "Library"
    assert found["votes"] == {"1": 6, "2": 30, "3": 0}
    assert found["entered_by"] == ["Maija Member", "Matti Member"]


def test_two_people_who_type_at_once_are_first_and_second(committing_db, race):
    pot = voting.closed_pot()
    place = committee.station(pot.process_id)
    members = [*committee.two(pot.process_id), committee.member(pot.process_id, "Thea Third")]
    command = typed(place, pot)
    committing_db.session.commit()

    def go():
        with committing_db.transaction() as session:
            return enter_totals(session, members.pop(), command).turn

    outcome = race(go, times=3)

    assert sorted(outcome.results) == [1, 2]
    assert [type(error) for error in outcome.errors] == [Conflict]


def test_an_imported_election_has_ballots_without_participations_and_is_settled(session):
    pot = voting.closed_pot(options={"imported": True, "tie_rules": ["listed_first"]})
    add(Ballot(pot_id=pot.id, choices="1"))
    assert unsettled(session, pot) == []
    assert count_pot(session, committee.member(pot.process_id), pot.id).result["winners"] == ["1"]


def test_a_pot_that_nobody_voted_on_has_no_box_and_is_settled(session):
    pot = voting.closed_pot()
    assert unsettled(session, pot) == []
    assert count_pot(session, committee.member(pot.process_id), pot.id).result["voters"] == 0


def test_ballots_without_participations_in_a_vote_of_our_own_are_not_settled(session):
    pot = voting.closed_pot()
    add(Ballot(pot_id=pot.id, choices="1"))
    assert [one.difference for one in unsettled(session, pot)] == [-1]
    with pytest.raises(Conflict, match="do not agree"):
        count_pot(session, committee.member(pot.process_id), pot.id)


def test_a_rehearsal_is_settled_like_a_vote(session, tmp_path):
    keyring = Keyring(tmp_path / "keys")
    copy = rehearsals.ended(spaces.process("Vote on your street"), keyring)
    close_box(session, SYSTEM, copy.id, keyring)
    open_with_the_servers_key(session, SYSTEM, copy.id, keyring)
    pot = rehearsals.pot_of(copy)
    assert unsettled(session, pot) == []
    assert count_pot(session, committee.member(copy.id), pot.id).result["voters"] == 4
