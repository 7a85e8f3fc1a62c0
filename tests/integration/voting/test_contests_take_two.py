"""What becomes of a contested participation is proposed by one member of the committee and signed by another."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.extensions import db as database
from app.features.accounts.models import RoleAssignment
from app.features.voting.commands import OpenContest, ReturnContest
from app.features.voting.models import ContestState
from app.features.voting.use_cases import (
    decide_contest,
    open_contest,
    return_contest,
    sign_contest,
    undecided_contests,
)
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Forbidden, NotFound, Refused
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, voting
from tests.integration.voting.contests import SAID, SECRET, answer, at_the_desk, contested, decided, somebody_voted


@pytest.fixture
def town(session, keyring):
    return somebody_voted(session, keyring)


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
