""" "Somebody voted in my name": recorded, decided in writing, and never a way to the ballot itself."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.extensions import db as database
from app.features.accounts.models import RoleAssignment
from app.features.budgets.choices import Choices
from app.features.voting.commands import CastAtDesk, CastBallot, DecideContest, Identify, OpenContest, ReturnContest
from app.features.voting.models import BoxState, Contest, ContestState, Envelope, VotingParticipation
from app.features.voting.use_cases import (
    cast_at_desk,
    cast_ballot,
    close_box,
    decide_contest,
    enter_card,
    open_contest,
    return_contest,
    sign_contest,
    undecided_contests,
)
from app.features.voting.voters.eligibility import granted_ballots
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from app.kernel.permissions import ANONYMOUS, Actor, Role
from tests.factories import accounts, spaces, voting

SECRET = voting.SECRET
SAID = "I was at sea all week."


@pytest.fixture
def town(session, keyring):
    """A vote in which somebody has voted as AB12345 by card."""
    process = voting.process_with_roll("AB12345", "CD98765")
    pot = voting.pot(process)
    voter = enter_card(session, ANONYMOUS, Identify(process.id, "AB12345", voting.BORN), SECRET)
    cast_ballot(session, voter, CastBallot(pot.id, Choices(("1",))), keyring)
    return pot, voter


def contested(session, pot):
    return open_contest(session, voting.clerk(pot), OpenContest(pot.id, "AB 12345", SAID), SECRET)


def answer(contest, *, upheld=True, again=False, outcome="You were right.", reason="The letter was stolen."):
    return DecideContest(contest.id, upheld, outcome, reason, again)


def decided(session, pot, contest, **answers):
    """Proposed by one member, signed by another."""
    decide_contest(session, voting.committee(pot), answer(contest, **answers))
    return sign_contest(session, voting.committee(pot), contest.id)


def granted(session, pot, contest):
    """Upheld by two members, with another ballot."""
    return decided(session, pot, contest, again=True)


def at_the_desk(session, pot, keyring):
    return cast_at_desk(
        session, voting.clerk(pot), CastAtDesk(pot.id, "AB12345", Choices(("2",)), voting.BORN), SECRET, keyring
    )


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


@pytest.mark.parametrize("upheld", [True, False])
def test_no_member_decides_alone(session, town, keyring, upheld):
    pot, _voter = town
    recorder, one, other = (voting.committee(pot) for _ in range(3))
    contest = open_contest(session, recorder, OpenContest(pot.id, "AB12345", SAID), SECRET)
    command = answer(contest, upheld=upheld, again=upheld)
    with pytest.raises(Refused, match="recorded this yourself"):
        decide_contest(session, recorder, command)
    with pytest.raises(Conflict, match="No answer waits"):
        sign_contest(session, other, contest.id)
    decide_contest(session, one, command)
    assert (contest.state, contest.granted_slot, contest.decided_on) == (ContestState.OPEN, "", None)
    assert undecided_contests(session, pot.process_id)

    with pytest.raises(Forbidden, match="signed this already"):
        sign_contest(session, one, contest.id)
    with pytest.raises(Refused, match="recorded this yourself"):
        sign_contest(session, recorder, contest.id)
    with pytest.raises(Conflict, match="proposed an answer already"):
        decide_contest(session, other, command)
    for stranger in (
        voting.clerk(pot),
        Actor(person_id=accounts.person().id, roles=frozenset({(Role.AUDITOR, pot.process_id)})),
    ):
        with pytest.raises(NotFound):
            sign_contest(session, stranger, contest.id)
    with pytest.raises(Conflict):
        at_the_desk(session, pot, keyring)

    sign_contest(session, other, contest.id)

    session.flush()
    assert contest.state is (ContestState.UPHELD if upheld else ContestState.DISMISSED)
    assert (contest.first_hand, contest.second_hand) == (one.person_id, other.person_id)
    entries = {entry.action: entry for entry in session.scalars(select(AuditEntry)) if entry.action.startswith("contest.")}
    assert entries["contest.proposed"].actor_id == one.person_id
    assert entries[f"contest.{contest.state}"].actor_id == other.person_id
    with pytest.raises(Conflict, match="decided already"):
        sign_contest(session, voting.committee(pot), contest.id)
    if upheld:
        at_the_desk(session, pot, keyring)


def test_an_answer_that_is_not_signed_is_sent_back_with_a_reason_or_taken_back(session, town):
    pot, _voter = town
    one, other = voting.committee(pot), voting.committee(pot)
    contest = contested(session, pot)
    decide_contest(session, one, answer(contest, again=True))
    with pytest.raises(Refused, match="why you do not sign"):
        return_contest(session, other, ReturnContest(contest.id, " "))
    return_contest(session, other, ReturnContest(contest.id, "Nobody has heard the clerk."))
    session.flush()
    assert (contest.state, contest.proposed, contest.asked_slot, contest.outcome) == (ContestState.OPEN, "", "", "")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "contest.sent_back")).one()
    assert (entry.reason, entry.details["proposed"]) == ("Nobody has heard the clerk.", "upheld")

    decide_contest(session, other, answer(contest, upheld=False))
    return_contest(session, other, ReturnContest(contest.id))
    with pytest.raises(Conflict, match="No answer waits"):
        return_contest(session, other, ReturnContest(contest.id))
    decided(session, pot, contest)


def test_whoever_left_the_committee_has_not_signed(session, town):
    pot, _voter = town
    one = voting.committee(pot)
    contest = contested(session, pot)
    decide_contest(session, one, answer(contest))
    session.delete(session.scalars(select(RoleAssignment).where(RoleAssignment.person_id == one.person_id)).one())
    session.flush()

    with pytest.raises(Conflict, match="no longer belongs to the committee"):
        sign_contest(session, voting.committee(pot), contest.id)


def test_the_database_holds_no_answer_of_one_person(session, town):
    pot, _voter = town
    contest = contested(session, pot)
    alone = accounts.person().id
    for second in (None, alone):
        with pytest.raises(IntegrityError), session.begin_nested():
            contest.state, contest.first_hand, contest.second_hand = ContestState.UPHELD, alone, second
            session.flush()


def test_nothing_is_granted_once_people_vote_no_more(clock, session, town):
    pot, _voter = town
    contest = contested(session, pot)
    decide_contest(session, voting.committee(pot), answer(contest, again=True))
    clock.advance(days=400)

    with pytest.raises(Conflict, match="do not vote any more"):
        sign_contest(session, voting.committee(pot), contest.id)


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


def test_a_second_member_signs_on_the_page_and_an_auditor_reads_it(as_role):
    from app.features.spaces.models import Process

    pot = voting.pot()
    first = voting.committee(pot).person_id
    waiting = {**voting.ANSWER, "proposed": "upheld", "first_hand": first, "decided_by": first, "asked_slot": f"{pot.id}+1"}
    contest = voting.contest(pot, **waiting)
    process_id, contest_id = pot.process_id, contest.id
    space = database.session.get_one(Process, process_id)
    committee, auditor = as_role(Role.COMMITTEE, space), as_role(Role.AUDITOR, space)
    assert f"/staff/contests/proposed/{contest_id}" in committee.get("/staff/committee").text
    page = f"/staff/contests/proposed/{contest_id}"

    assert "waits for a second signature" in committee.get(f"/staff/contests/{process_id}").text
    read = auditor.get(page).text
    assert "The letter was stolen." in read
    assert f"{page}/sign" not in read
    assert auditor.post(f"{page}/sign").status_code in (403, 404)
    assert "The letter was stolen." in committee.get(page).text
    done = committee.post(f"{page}/sign", follow_redirects=True).text
    assert "You may cast one ballot in this pot at a voting desk" in done
    again = committee.post(f"{page}/sign", follow_redirects=True).text
    assert "This was decided already." in again
