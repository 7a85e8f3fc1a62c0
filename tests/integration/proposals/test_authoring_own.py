"""Afterwards: taking back, changing one's mind, hiding one's name, and the link of those without an account."""

import pytest
from sqlalchemy import select

from app.extensions import db as database
from app.features.proposals.models import Photo, Proposal, ProposalState
from app.features.proposals.use_cases import (
    OwnProposal,
    note_answer,
    restore_proposal,
    set_proposal_state,
    withdraw_proposal,
)
from app.kernel import retention
from app.kernel.audit import AuditEntry
from app.kernel.clock import now as clock_now
from app.kernel.errors import Conflict, Forbidden, NotFound
from app.kernel.outbox import OutboxRow
from app.kernel.permissions import ANONYMOUS, Actor, Role
from tests.factories import accounts, proposals, spaces


def keep():
    database.session.commit()


def actions():
    return database.session.scalars(select(AuditEntry.action).order_by(AuditEntry.at)).all()


def state_of(proposal_id):
    database.session.remove()
    return database.session.get(Proposal, proposal_id).state


@pytest.mark.parametrize("state", [ProposalState.PUBLISHED, ProposalState.PENDING, ProposalState.HIDDEN])
def test_an_author_takes_a_proposal_back_and_changes_their_mind(session, state):
    ann = accounts.person()
    proposal = proposals.proposal(author=ann, state=state)
    actor, command = Actor(person_id=ann.id), OwnProposal(proposal.id)
    assert withdraw_proposal(session, actor, command).state is ProposalState.WITHDRAWN
    assert withdraw_proposal(session, actor, command).state is ProposalState.WITHDRAWN
    assert restore_proposal(session, actor, command).state is state
    assert restore_proposal(session, actor, command).state is state
    assert actions() == ["proposal.withdrawn", "proposal.brought_back"]


def test_nobody_takes_back_the_proposal_of_somebody_else(session):
    proposal = proposals.proposal()
    for actor in (
        ANONYMOUS,
        Actor(person_id=accounts.person().id),
        Actor(is_administrator=True, person_id=accounts.person().id),
    ):
        with pytest.raises(NotFound):
            withdraw_proposal(session, actor, OwnProposal(proposal.id, "guess"))


def test_after_a_week_a_withdrawal_is_final(session, clock):
    ann = accounts.person()
    proposal = proposals.proposal(author=ann)
    withdraw_proposal(session, Actor(person_id=ann.id), OwnProposal(proposal.id))
    clock.advance(days=8)
    with pytest.raises(Conflict):
        restore_proposal(session, Actor(person_id=ann.id), OwnProposal(proposal.id))


def test_taking_back_is_asked_first_then_done_then_can_be_undone(as_role, session):
    client = as_role("resident")
    proposal_id = proposals.proposal(author=client.person).id
    keep()
    assert "You can bring it back for 7 days" in client.get(f"/proposals/{proposal_id}/withdraw").text
    assert state_of(proposal_id) is ProposalState.PUBLISHED
    answer = client.post(f"/proposals/{proposal_id}/withdraw", follow_redirects=True)
    assert "Withdrawn" in answer.text
    assert "Bring it back" in answer.text
    assert state_of(proposal_id) is ProposalState.WITHDRAWN
    assert "Your proposal is back" in client.post(f"/proposals/{proposal_id}/restore", follow_redirects=True).text
    assert state_of(proposal_id) is ProposalState.PUBLISHED


def test_a_name_can_be_hidden_even_long_afterwards(as_role, session, clock):
    client = as_role("resident", display_name="Ann Author")
    proposal = proposals.proposal(author=client.person)
    proposal_id, reference = proposal.id, proposal.reference
    keep()
    assert "Ann Author" in client.get(f"/proposals/{reference}").text
    clock.advance(days=10)
    assert (
        "Your name is hidden now"
        in client.post(f"/proposals/{proposal_id}/name", data={"hidden": "yes"}, follow_redirects=True).text
    )
    page = client.application.test_client().get(f"/proposals/{reference}").text
    assert "Ann Author" not in page
    client.post(f"/proposals/{proposal_id}/name", data={"hidden": "no"})
    assert "Ann Author" in client.get(f"/proposals/{reference}").text


def test_the_follow_up_link_shows_takes_back_and_brings_back(client, session):
    proposal, token = proposals.guest_proposal(author_name="Gustav Guest", title="A tree")
    proposal_id = proposal.id
    keep()
    page = client.get(f"/proposals/follow/{token}")
    assert page.status_code == 200
    assert "A tree" in page.text
    assert 'content="noindex"' in page.text
    assert "Take your proposal back" in client.get(f"/proposals/follow/{token}/withdraw").text
    assert client.post(f"/proposals/follow/{token}/withdraw").headers["Location"] == f"/proposals/follow/{token}"
    assert state_of(proposal_id) is ProposalState.WITHDRAWN
    assert client.get(f"/proposals/follow/{token}/withdraw").status_code == 302
    client.post(f"/proposals/follow/{token}/restore")
    assert state_of(proposal_id) is ProposalState.PUBLISHED
    client.post(f"/proposals/follow/{token}/name", data={"hidden": "yes"})
    assert database.session.get(Proposal, proposal_id).name_hidden is True


def test_a_signed_in_neighbour_may_use_the_link_of_somebody_without_an_account(as_role, session):
    proposal, token = proposals.guest_proposal()
    proposal_id = proposal.id
    keep()
    neighbour = as_role("resident")
    assert neighbour.get(f"/proposals/follow/{token}").status_code == 200
    assert neighbour.get(f"/proposals/{proposal_id}/mine").status_code == 404


@pytest.mark.parametrize("wrong", ["x", "x" * 43, "x" * 500, "Ä" * 43, "%00" * 20, "../../etc/passwd"])
def test_a_wrong_link_answers_like_a_page_that_does_not_exist(client, session, wrong):
    proposals.guest_proposal()
    keep()
    for path in ("", "/withdraw"):
        assert client.get(f"/proposals/follow/{wrong}{path}").status_code == 404
    for path in ("/withdraw", "/restore", "/name"):
        assert client.post(f"/proposals/follow/{wrong}{path}").status_code == 404


def test_the_link_of_a_draft_leads_nowhere_yet(client, session):
    _draft, token = proposals.guest_proposal(state=ProposalState.DRAFT)
    _gone, other = proposals.guest_proposal(state=ProposalState.WITHDRAWN, withdrawn_from="draft")
    keep()
    assert client.get(f"/proposals/follow/{token}").status_code == 404
    assert client.get(f"/proposals/follow/{other}").status_code == 404
    assert client.post(f"/proposals/follow/{other}/restore").status_code == 404


def test_the_page_of_ones_own_proposal_tells_every_state(as_role, session):
    client = as_role("resident")
    words = {
        ProposalState.PENDING: "Waiting for a moderator",
        ProposalState.PUBLISHED: "Everybody can see it",
        ProposalState.HIDDEN: "Hidden by a moderator",
        ProposalState.WITHDRAWN: "Nobody else sees it",
    }
    for state, expected in words.items():
        proposal_id = proposals.proposal(author=client.person, state=state).id
        keep()
        assert expected in client.get(f"/proposals/{proposal_id}/mine").text


def test_moderators_lead_a_proposal_from_waiting_to_published_to_hidden_and_back(session):
    process = spaces.process()
    moderator = Actor(person_id=accounts.person().id, roles=frozenset({(Role.MODERATOR, process.id)}))
    proposal = proposals.proposal(process, state=ProposalState.PENDING)
    first = set_proposal_state(session, moderator, proposal.id, ProposalState.PUBLISHED).published_at
    assert first is not None
    set_proposal_state(session, moderator, proposal.id, ProposalState.HIDDEN)
    again = set_proposal_state(session, moderator, proposal.id, ProposalState.PUBLISHED)
    assert again.published_at == first
    proposal.state = ProposalState.WITHDRAWN
    session.flush()
    with pytest.raises(Conflict):
        set_proposal_state(session, moderator, proposal.id, ProposalState.PUBLISHED)


def test_only_staff_of_the_same_process_set_a_state_or_note_an_answer(session):
    proposal = proposals.proposal()
    elsewhere = spaces.process()
    stranger = Actor(
        person_id=accounts.person().id,
        roles=frozenset({(Role.MODERATOR, elsewhere.id), (Role.OFFICER, elsewhere.id), (Role.CLERK, proposal.process_id)}),
    )
    for actor in (ANONYMOUS, stranger, Actor(person_id=proposal.author_id)):
        with pytest.raises(Forbidden):
            set_proposal_state(session, actor, proposal.id, ProposalState.HIDDEN)
        with pytest.raises(Forbidden):
            note_answer(session, actor, proposal.id, "accepted")
    officer = Actor(person_id=accounts.person().id, roles=frozenset({(Role.OFFICER, proposal.process_id)}))
    assert note_answer(session, officer, proposal.id, "accepted").answer_status == "accepted"


def tidy_up(session):
    """What a night removes of drafts."""
    kept = [rule for rule in retention.rules() if rule.name in ("drafts_thrown_away", "guest_drafts")]
    return [rule.run(session, retention.cut_off(rule, clock_now()), 100) for rule in kept]


def test_what_nobody_will_come_back_to_is_deleted_with_its_photos(session, clock):
    kept = [
        proposals.draft(),  # a person's draft waits for as long as they like
        proposals.proposal(),
        proposals.guest_proposal()[0],
        proposals.proposal(state=ProposalState.WITHDRAWN, withdrawn_from="published"),
    ]
    thrown_away = proposals.proposal(state=ProposalState.WITHDRAWN, withdrawn_from="draft")
    left_behind, _token = proposals.guest_proposal(state=ProposalState.DRAFT)
    photo = proposals.photo(left_behind)
    keys = [photo.key, photo.thumbnail_key]
    assert tidy_up(session) == [0, 0]
    clock.advance(days=8)
    assert tidy_up(session) == [1, 0]
    clock.advance(days=30)
    assert tidy_up(session) == [0, 1]
    assert {one.id for one in session.scalars(select(Proposal))} == {one.id for one in kept}
    assert session.scalars(select(Photo)).all() == []
    assert thrown_away not in session
    rows = session.scalars(select(OutboxRow).where(OutboxRow.kind == "proposals.erase_files")).all()
    assert [row.payload["keys"] for row in rows] == [keys]
