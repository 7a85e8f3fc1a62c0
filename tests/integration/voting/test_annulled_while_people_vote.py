"""A pot is annulled while people vote: nobody loses a vote that is good for other pots, and nobody gains one."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.budgets.choices import Choices
from app.features.budgets.commands import AnnulPot
from app.features.budgets.models import Pot
from app.features.budgets.use_cases import annul_pot
from app.features.committee.models import DecisionKind
from app.features.spaces.models import Process
from app.features.voting.commands import CastAtDesk, CastBallot, DecideContest, OpenContest
from app.features.voting.models import Envelope, SlotMode, VotingParticipation
from app.features.voting.rules import granted_slot
from app.features.voting.use_cases import (
    cast_at_desk,
    cast_ballot,
    close_box,
    decide_contest,
    open_contest,
    sign_contest,
)
from app.features.voting.voters.eligibility import standing_of
from app.kernel.errors import Conflict, Invalid, Refused
from app.kernel.permissions import SYSTEM, Role
from tests.factories import committee, voting
from tests.integration.voting.test_slots import SECRET, Town

NUMBER = "AB12345"


def annul(session, pot):
    return annul_pot(session, SYSTEM, AnnulPot(pot.id, (uuid4(), uuid4())))


def slots(session, pot):
    return sorted(session.scalars(select(VotingParticipation.slot).where(VotingParticipation.pot_id == pot.id)))


def answered(session, pot, *, again=True):
    """Somebody else voted in their name: upheld, and granted another ballot."""
    contest = open_contest(session, voting.clerk(pot), OpenContest(pot.id, NUMBER, "I was at sea."), SECRET)
    decide_contest(session, voting.committee(pot), DecideContest(contest.id, True, "You were right.", "A theft.", again))
    return sign_contest(session, voting.committee(pot), contest.id)


def at_the_desk(session, pot, keyring):
    return cast_at_desk(session, voting.clerk(pot), CastAtDesk(pot.id, NUMBER, Choices(("1",)), voting.BORN), SECRET, keyring)


@pytest.mark.parametrize(
    ("mode", "annulled", "again", "then_refused"),
    [
        ("one", "north", ["south"], ["west", "city", "south", "north"]),
        ("own_plus_one", "south", ["west", "north"], ["south", "west", "north"]),
        ("own_plus_one", "north", ["south"], ["west", "north", "south"]),
        ("own", "north", [], ["north", "south"]),
        ("all", "north", ["south"], ["north", "south"]),
    ],
)
def test_who_used_a_vote_in_a_pot_that_is_annulled_has_it_again(session, keyring, mode, annulled, again, then_refused):
    town = Town(mode)
    town.cast(session, keyring, annulled)
    annul(session, town.pots[annulled])
    for name in again:
        assert standing_of(session, town.pots[name], town.voter(session).key).may_vote
        town.cast(session, keyring, name)
    for name in then_refused:
        with pytest.raises((Refused, Conflict)):
            town.cast(session, keyring, name)

    for pot in town.pots.values():  # each pot's participations and envelopes still agree
        envelopes = session.query(Envelope).filter_by(pot_id=pot.id).count()
        assert session.query(VotingParticipation).filter_by(pot_id=pot.id).count() == envelopes
    assert session.query(VotingParticipation).count() == 1 + len(again)


def test_the_other_area_and_the_own_one_stay_apart_when_one_is_annulled(session, keyring):
    town = Town("own_plus_one")
    town.cast(session, keyring, "north")
    town.cast(session, keyring, "south")
    annul(session, town.pots["north"])

    with pytest.raises(Conflict):
        town.cast(session, keyring, "west")
    annul(session, town.pots["south"])
    town.cast(session, keyring, "west")


def test_the_same_envelope_still_has_its_receipt_and_uses_up_nothing_more(session, keyring):
    town = Town("one")
    command, voter = CastBallot(town.pots["north"].id, Choices(("1",)), uuid4()), town.voter(session)
    first = cast_ballot(session, voter, command, keyring)
    annul(session, town.pots["north"])

    assert cast_ballot(session, voter, command, keyring) == first
    town.cast(session, keyring, "south")
    assert cast_ballot(session, voter, command, keyring) == first


def test_closing_writes_the_freed_participations_anew_and_the_numbers_agree(session, keyring, clock):
    town = Town("one")
    town.cast(session, keyring, "north")
    annul(session, town.pots["north"])
    town.cast(session, keyring, "south")
    clock.advance(days=400)
    close_box(session, SYSTEM, town.process.id, keyring)

    assert slots(session, town.pots["north"]) == [f"void:{town.pots['north'].id.hex}"]
    assert slots(session, town.pots["south"]) == ["one"]


def test_a_box_that_is_closed_keeps_its_participations_as_they_are(session, keyring, clock):
    town = Town("one")
    town.cast(session, keyring, "north")
    clock.advance(days=400)
    close_box(session, SYSTEM, town.process.id, keyring)
    annul(session, town.pots["north"])

    assert slots(session, town.pots["north"]) == ["one"]


def test_who_was_granted_another_ballot_gets_no_third_vote(session, keyring):
    town = Town("one")
    town.cast(session, keyring, "north")
    answered(session, town.pots["north"])
    at_the_desk(session, town.pots["south"], keyring)
    annul(session, town.pots["north"])

    with pytest.raises(Conflict):
        town.cast(session, keyring, "west")
    with pytest.raises(Conflict):
        at_the_desk(session, town.pots["west"], keyring)
    assert session.query(VotingParticipation).count() == session.query(Envelope).count() == 2


def test_a_granted_ballot_in_a_pot_that_is_annulled_can_be_cast_at_a_desk_again(session, keyring):
    town = Town("one")
    town.cast(session, keyring, "north")
    answered(session, town.pots["north"])
    at_the_desk(session, town.pots["north"], keyring)
    annul(session, town.pots["north"])

    with pytest.raises(Conflict):
        town.cast(session, keyring, "west")
    at_the_desk(session, town.pots["west"], keyring)
    with pytest.raises(Conflict):
        at_the_desk(session, town.pots["south"], keyring)
    assert slots(session, town.pots["north"]) == ["one", granted_slot(f"void:{town.pots['north'].id.hex}")]


def test_nothing_is_granted_for_a_pot_that_was_annulled_before_the_second_signature(session, keyring):
    town = Town("one")
    north = town.pots["north"]
    town.cast(session, keyring, "north")
    contest = open_contest(session, voting.clerk(north), OpenContest(north.id, NUMBER, "I was at sea."), SECRET)
    answer = DecideContest(contest.id, True, "You were right.", "A theft.", True)
    decide_contest(session, voting.committee(north), answer)
    annul(session, north)

    with pytest.raises(Conflict, match="was annulled"):
        sign_contest(session, voting.committee(north), contest.id)


def test_no_ballot_is_asked_for_where_the_pot_is_annulled(session, keyring):
    town = Town("one")
    north = town.pots["north"]
    town.cast(session, keyring, "north")
    contest = open_contest(session, voting.clerk(north), OpenContest(north.id, NUMBER, "I was at sea."), SECRET)
    annul(session, north)

    with pytest.raises(Invalid) as refused:
        decide_contest(session, voting.committee(north), DecideContest(contest.id, True, "Yes.", "A theft.", True))
    assert "was annulled" in str(refused.value.errors["again"])


def test_the_committee_reads_it_before_signing_and_everybody_afterwards(as_role, client):
    pot = voting.pot()
    pot_id, process_id = pot.id, pot.process_id
    member = as_role(Role.COMMITTEE, database.session.get_one(Process, process_id))
    words = "whoever used it in this pot can use it in another"

    assert words in member.get(f"/staff/decisions/{process_id}/propose/annulment?pot={pot_id}").text
    committee.decided(DecisionKind.ANNULMENT, process_id, pot_id=pot_id)
    database.session.commit()
    assert words in client.get(f"/committee/{process_id}").text


@pytest.mark.parametrize("mode", [SlotMode.ONE, SlotMode.OWN_PLUS_ONE])
def test_the_voter_reads_that_the_vote_can_be_used_elsewhere_and_uses_it(app, letters, mode):
    pot_id, (code,) = letters(NUMBER, slots=mode)
    pot = database.session.get_one(Pot, pot_id)
    process_id, area_id = pot.process_id, pot.area_id
    process = database.session.get_one(Process, process_id)
    other_id = voting.pot(process, title={"en": "The other pot"}, area_id=area_id).id
    database.session.commit()
    client = app.test_client()
    client.post("/voting/code", data={"code": code})
    client.post(f"/voting/{pot_id}/review", data={"choice": ["1"]})
    assert "so your ballot here does not count" not in client.get(f"/voting/{pot_id}").text
    committee.decided(DecisionKind.ANNULMENT, process_id, pot_id=pot_id)
    database.session.commit()

    for page in (f"/voting/{pot_id}", "/voting/yours", f"/voting/{pot_id}/thanks"):
        text = client.get(page).text
        assert "so your ballot here does not count" in text
        assert "This was your one ballot" not in text
        assert f'href="/voting/{other_id}"' in text
    sent = client.post(f"/voting/{other_id}/review", data={"choice": ["1"]})
    assert sent.location == f"/voting/{other_id}/thanks"
    assert re.search(r"One ballot of yours is in the box[^<]*The other pot", client.get(sent.location).text)
    assert f'href="/voting/{other_id}"' not in client.get(f"/voting/{pot_id}").text


def test_a_vote_is_freed_or_the_ballot_is_refused_whoever_is_faster(committing_db, race, keyring):
    town = Town("one")
    session = committing_db.session()
    voter = town.voter(session)
    north, south = town.pots["north"].id, town.pots["south"].id
    committing_db.session.commit()
    turn = iter(range(100))

    def act():
        mine = next(turn)
        with committing_db.transaction() as own:
            if mine == 3:
                return annul_pot(own, SYSTEM, AnnulPot(north, (uuid4(), uuid4()))).id
            return cast_ballot(own, voter, CastBallot((north, south)[mine % 2], Choices(("1",))), keyring)

    outcome = race(act, times=12)

    assert all(isinstance(error, Refused) for error in outcome.errors), outcome.errors
    with committing_db.transaction() as own:
        rows = own.execute(select(VotingParticipation.pot_id, VotingParticipation.slot)).all()
        assert len(rows) == len(own.scalars(select(Envelope.id)).all()) == len(outcome.results) - 1
        assert sum(slot == "one" for _pot, slot in rows) <= 1
        assert {pot for pot, slot in rows if slot == "one"} <= {south}
