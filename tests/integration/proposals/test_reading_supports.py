"""Supporting: one person, one support, and a number that always equals the rows."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.extensions import db as database
from app.features.proposals.models import Follow, Proposal, ProposalState, Support
from app.features.proposals.queries import Recipient, followers
from app.features.proposals.use_cases import follow, support_proposal, unfollow, withdraw_support
from app.features.spaces.models import Action
from app.kernel.errors import NotFound, PhaseClosed, SignInRequired
from app.kernel.permissions import ANONYMOUS, Actor, Channel
from tests.factories import accounts, proposals, spaces


def count(proposal_id):
    """The number on the proposal, and the rows there are."""
    with database.transaction() as session:
        shown = session.scalar(select(Proposal.supports_count).where(Proposal.id == proposal_id))
        rows = session.scalar(select(func.count()).select_from(Support).where(Support.proposal_id == proposal_id))
    return shown, rows


def test_a_resident_supports_and_takes_it_back(as_role, session):
    proposal = proposals.proposal()
    database.session.commit()
    resident = as_role("resident")
    answer = resident.post(f"/proposals/{proposal.reference}/support")
    assert answer.location == f"/proposals/{proposal.reference}#support"
    text = resident.get(answer.location).text
    assert "You support this proposal." in text
    assert "<strong>1</strong>" in text
    resident.post(f"/proposals/{proposal.reference}/support/withdraw")
    assert "<strong>0</strong>" in resident.get(f"/proposals/{proposal.reference}").text


def test_a_second_click_supports_only_once(as_role, session):
    proposal = proposals.proposal()
    database.session.commit()
    resident = as_role("resident")
    for _ in range(3):
        assert resident.post(f"/proposals/{proposal.reference}/support").status_code == 303
    assert count(proposal.id) == (1, 1)


def test_taking_back_twice_takes_back_once(as_role, session):
    proposal = proposals.proposal()
    proposals.support(proposal)
    database.session.commit()
    resident = as_role("resident")
    resident.post(f"/proposals/{proposal.reference}/support")
    for _ in range(3):
        resident.post(f"/proposals/{proposal.reference}/support/withdraw")
    assert count(proposal.id) == (1, 1)


def test_the_channel_is_kept_with_the_support(session):
    proposal = proposals.proposal()
    person = accounts.person()
    support_proposal(session, Actor(person.id, channel=Channel.KIOSK), proposal.id)
    assert session.scalar(select(Support.channel)) is Channel.KIOSK


def test_only_people_who_have_signed_in_support(client, session):
    proposal = proposals.proposal()
    with pytest.raises(SignInRequired):
        support_proposal(session, ANONYMOUS, proposal.id)
    database.session.commit()
    answer = client.post(
        f"/proposals/{proposal.reference}/support", headers={"Referer": f"http://localhost/proposals/{proposal.reference}"}
    )
    assert answer.status_code == 302
    assert f"next=/proposals/{proposal.reference}" in answer.location


def test_a_page_left_open_until_the_phase_ended_says_so(as_role, session, clock):
    process = spaces.process(open_for=None)
    spaces.phase(process, ends_at=clock.now + timedelta(days=2))
    proposal = proposals.proposal(process)
    database.session.commit()
    resident = as_role("resident")
    clock.advance(days=3)
    answer = resident.post(f"/proposals/{proposal.reference}/support", follow_redirects=True)
    assert "The time for supporting proposals ended on" in answer.text
    assert count(proposal.id) == (0, 0)


def test_the_use_case_checks_the_phase_itself(session):
    proposal = proposals.proposal(spaces.process(open_for=[Action.PROPOSE]))
    actor = Actor(accounts.person().id)
    for verb in (support_proposal, withdraw_support):
        with pytest.raises(PhaseClosed):
            verb(session, actor, proposal.id)


@pytest.mark.parametrize("state", [state for state in ProposalState if state is not ProposalState.PUBLISHED])
def test_what_is_not_published_cannot_be_supported_even_by_its_author(as_role, session, state):
    author = as_role("resident")
    proposal = proposals.proposal(author=author.person, state=state)
    actor, proposal_id = Actor(author.person.id), proposal.id
    database.session.commit()
    assert author.post(f"/proposals/{proposal.reference}/support").status_code == 404
    with pytest.raises(NotFound):
        support_proposal(database.session(), actor, proposal_id)


def test_twenty_clicks_at_once_support_once(committing_db, race):
    proposal = proposals.proposal()
    actor = Actor(accounts.person().id)
    proposal_id = proposal.id
    outcome = race(lambda: support_proposal(database.session(), actor, proposal_id), times=20)
    assert outcome.errors == []
    assert sorted(outcome.results) == [False] * 19 + [True]
    assert count(proposal_id) == (1, 1)


def test_many_people_at_once_are_all_counted(committing_db, race):
    proposal_id = proposals.proposal().id
    actors = iter([Actor(accounts.person().id) for _ in range(12)])
    lock = threading.Lock()

    def one():
        with lock:
            actor = next(actors)
        return support_proposal(database.session(), actor, proposal_id)

    outcome = race(one, times=12)
    assert outcome.errors == []
    assert count(proposal_id) == (12, 12)


def test_supporting_and_taking_back_at_once_leaves_number_and_rows_equal(committing_db, race):
    proposal_id = proposals.proposal().id
    actors = [Actor(accounts.person().id) for _ in range(3)]
    turns = iter(range(100))
    lock = threading.Lock()

    def one():
        with lock:
            turn = next(turns)
        verb = support_proposal if turn % 2 else withdraw_support
        return verb(database.session(), actors[turn % 3], proposal_id)

    for _ in range(2):
        outcome = race(one, times=15)
        assert outcome.errors == []
        shown, rows = count(proposal_id)
        assert shown == rows


def test_following_is_asked_for_and_ends_when_asked(as_role, session):
    proposal = proposals.proposal()
    database.session.commit()
    resident = as_role("resident")
    for _ in range(2):
        resident.post(f"/proposals/{proposal.reference}/follow")
    assert "Stop following" in resident.get(f"/proposals/{proposal.reference}").text
    assert database.session().scalar(select(func.count()).select_from(Follow)) == 1
    resident.post(f"/proposals/{proposal.reference}/unfollow")
    assert "Follow by e-mail" in resident.get(f"/proposals/{proposal.reference}").text


def test_supporting_and_commenting_follow_nobody_silently(as_role, session):
    proposal = proposals.proposal()
    database.session.commit()
    resident = as_role("resident")
    resident.post(f"/proposals/{proposal.reference}/support")
    resident.post(f"/proposals/{proposal.reference}/comments", data={"stance": "neutral", "text": "Good."})
    assert database.session().scalar(select(func.count()).select_from(Follow)) == 0


def test_news_go_to_the_author_and_to_followers_each_once(session):
    author, other = accounts.person(), accounts.person()
    proposal = proposals.proposal(author=author)
    follow(session, Actor(other.id), proposal.id)
    follow(session, Actor(author.id), proposal.id)
    follow(session, Actor(other.id), proposal.id)
    assert {one.person_id for one in followers(session, proposal.id)} == {author.id, other.id}
    assert len(followers(session, proposal.id)) == 2
    unfollow(session, Actor(other.id), proposal.id)
    assert followers(session, proposal.id) == [Recipient(person_id=author.id)]


def test_news_reach_somebody_without_an_account_at_the_address_they_left(session):
    proposal, _token = proposals.guest_proposal(email="guest@example.org")
    assert followers(session, proposal.id) == [Recipient(email="guest@example.org", locale="en")]


def test_a_hidden_proposal_can_still_be_left(session):
    person = accounts.person()
    proposal = proposals.proposal(state=ProposalState.HIDDEN)
    proposals.follow(proposal, person)
    assert unfollow(session, Actor(person.id), proposal.id) is True
    with pytest.raises(NotFound):
        follow(session, Actor(person.id), proposal.id)
