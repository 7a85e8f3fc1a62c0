""" "Somebody voted in my name": recorded, decided in writing, and never a way to the ballot itself."""

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.budgets.choices import Choices
from app.features.voting.commands import CastAtDesk, CastBallot, DecideContest, Identify, OpenContest
from app.features.voting.models import BoxState, Contest, ContestState, Envelope, VotingParticipation
from app.features.voting.use_cases import (
    cast_at_desk,
    cast_ballot,
    close_box,
    decide_contest,
    enter_card,
    open_contest,
)
from app.features.voting.voters.eligibility import granted_ballots
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.permissions import ANONYMOUS, Actor, Role
from tests.factories import accounts, spaces, voting
from tests.integration.voting.contests import SAID, SECRET, at_the_desk, contested, decided, granted, somebody_voted


@pytest.fixture
def town(session, keyring):
    return somebody_voted(session, keyring)


def test_a_complaint_is_recorded_once_without_the_number(session, town):
    pot, voter = town
    contest = contested(session, pot)
    session.flush()

    assert (contest.state, contest.voter_key) == (ContestState.OPEN, voter.key)
    assert "AB12345" not in str(session.execute(select(Contest.__table__)).all())
    with pytest.raises(Conflict):
        contested(session, pot)


def test_where_nobody_voted_there_is_nothing_to_contest(session, town):
    pot, _voter = town
    with pytest.raises(Refused, match="The person can vote"):
        open_contest(session, voting.clerk(pot), OpenContest(pot.id, "CD98765", SAID), SECRET)


def test_the_committee_decides_once_with_outcome_and_reason(session, town):
    pot, _voter = town
    contest = contested(session, pot)
    for missing in ("outcome", "reason"):
        with pytest.raises(Invalid) as refused:
            decided(session, pot, contest, **{missing: " "})
        assert set(refused.value.errors) == {missing}
    with pytest.raises(NotFound):
        decide_contest(session, voting.clerk(pot), DecideContest(contest.id, True, "a", "b"))
    decided(session, pot, contest, upheld=False)
    session.flush()

    with pytest.raises(Conflict):
        decided(session, pot, contest)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "contest.dismissed")).one()
    assert entry.reason == "The letter was stolen."
    contested(session, pot)  # somebody may complain again about what was dismissed


def test_an_upheld_complaint_alone_gives_no_second_ballot(session, town, keyring):
    pot, _voter = town
    decided(session, pot, contested(session, pot))

    with pytest.raises(Conflict):
        at_the_desk(session, pot, keyring)


def test_a_granted_ballot_is_cast_once_at_a_desk_only_and_the_box_stays_balanced(clock, session, town, keyring):
    pot, voter = town
    granted(session, pot, contested(session, pot))
    with pytest.raises(Conflict):
        cast_ballot(session, voter, CastBallot(pot.id, Choices(("3",))), keyring)  # whoever has the card and the date
    at_the_desk(session, pot, keyring)
    with pytest.raises(Conflict):
        at_the_desk(session, pot, keyring)

    assert voting.inside(pot, keyring) == ["1", "2"]
    slots = set(session.scalars(select(VotingParticipation.slot)))
    assert slots == {str(pot.id), f"{pot.id}+1"}
    assert granted_ballots(session, pot.process_id) == {pot.id: 1}
    clock.advance(days=400)
    assert close_box(session, voting.committee(pot), pot.process_id, keyring).state is BoxState.CLOSED


def test_there_is_no_third_ballot(session, town, keyring):
    pot, _voter = town
    granted(session, pot, contested(session, pot))
    at_the_desk(session, pot, keyring)

    with pytest.raises(Conflict):
        contested(session, pot)
    assert session.query(Envelope).count() == 2


def test_when_nobody_votes_any_more_no_ballot_is_granted(clock, session, town):
    pot, _voter = town
    contest = contested(session, pot)
    clock.advance(days=400)

    with pytest.raises(Invalid) as refused:
        decided(session, pot, contest, again=True)
    assert set(refused.value.errors) == {"again"}
    assert decided(session, pot, contest).granted_slot == ""


def test_ten_clerks_at_once_cast_one_granted_ballot(committing_db, race, keyring):
    session = committing_db.session()
    process = voting.process_with_roll("AB12345")
    pot = voting.pot(process)
    voter = enter_card(session, ANONYMOUS, Identify(process.id, "AB12345", voting.BORN), SECRET)
    cast_ballot(session, voter, CastBallot(pot.id, Choices(("1",))), keyring)
    granted(session, pot, contested(session, pot))
    clerk, pot_id = voting.clerk(pot), pot.id
    session.commit()

    def vote():
        with committing_db.transaction() as own:
            return cast_at_desk(own, clerk, CastAtDesk(pot_id, "AB12345", Choices(("2",)), voting.BORN), SECRET, keyring)

    outcome = race(vote, times=10)

    assert len(outcome.results) == 1
    assert all(isinstance(error, Conflict) for error in outcome.errors), outcome.errors


def test_strangers_neither_record_nor_see_anything(session, town):
    pot, _voter = town
    other = spaces.process("Another vote")
    stranger = Actor(person_id=accounts.person().id, roles=frozenset({(Role.CLERK, other.id), (Role.COMMITTEE, other.id)}))
    contest = contested(session, pot)

    with pytest.raises(NotFound):
        open_contest(session, stranger, OpenContest(pot.id, "AB12345", SAID), SECRET)
    with pytest.raises(NotFound):
        decide_contest(session, stranger, DecideContest(contest.id, True, "a", "b"))


def test_a_clerk_records_and_the_committee_decides_on_the_pages(as_role):
    from app.features.spaces.models import Process

    pot = voting.pot()
    voting.ballots(pot, ["1"])
    contest = voting.contest(pot)
    process_id, contest_id = pot.process_id, contest.id
    space = database.session.get_one(Process, process_id)
    clerk, committee = as_role(Role.CLERK, space), as_role(Role.COMMITTEE, space)

    refused = clerk.post(f"/staff/desk/contests/{process_id}", data={"pot": str(pot.id), "number": "AB12345", "said": SAID})
    assert "Nobody has voted with this number" in refused.text
    answers = {"decision": "upheld", "outcome": "You were right.", "reason": "The letter was stolen.", "again": "y"}
    slip = committee.post(f"/staff/contests/decide/{contest_id}", data=answers)
    assert slip.status_code == 409  # there is no participation to grant another for
    waits = committee.post(f"/staff/contests/decide/{contest_id}", data={**answers, "again": ""}, follow_redirects=True)
    assert "You have signed." in waits.text
    assert f"/proposed/{contest_id}/sign" not in waits.text
    assert "You were right." not in clerk.get(f"/staff/desk/contests/slip/{contest_id}").text
    second = as_role(Role.COMMITTEE, database.session.get_one(Process, process_id))
    assert second.post(f"/staff/contests/proposed/{contest_id}/return", data={"why": " "}).status_code == 422
    slip = second.post(f"/staff/contests/proposed/{contest_id}/sign", follow_redirects=True)
    assert "You were right." in slip.text
    assert "nobody can tell which it is" in clerk.get(f"/staff/desk/contests/slip/{contest_id}").text
    assert clerk.get(f"/staff/contests/decide/{contest_id}").status_code in (403, 404)
