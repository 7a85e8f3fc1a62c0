"""What can be built: reviews with reasons, their history, and where residents read them."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.extensions import db
from app.features.budgets.commands import ReviewProposal, TakeBackReview, WriteProject
from app.features.budgets.models import Feasibility, FeasibilityReview, PotState
from app.features.budgets.queries import review_of, usable_proposals
from app.features.budgets.use_cases import review_proposal, take_back_review, write_project
from app.features.proposals.models import ProposalState
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, budgets, proposals, spaces

YES, NO = Feasibility.FEASIBLE, Feasibility.NOT_FEASIBLE


def committee(process: Any) -> Actor:
    return Actor(person_id=accounts.person().id, roles=frozenset({(Role.COMMITTEE, process.id)}))


def command(proposal: Any, outcome: Feasibility = YES, **changes: Any) -> ReviewProposal:
    values = {"reason": {"en": "The ground is ours."}, "currency": "EUR", "cost": 5_000_00, **changes}
    return ReviewProposal(proposal.id, outcome, **values)


def test_the_newest_review_holds_and_the_earlier_ones_stay(session: Session) -> None:
    process = spaces.process()
    actor, proposal = committee(process), proposals.proposal(process, answer_status="accepted")
    first = review_proposal(session, actor, command(proposal, NO))
    assert usable_proposals(session, process.id) == []
    second = review_proposal(session, actor, command(proposal, Feasibility.WITH_CHANGES, seen=1))
    assert review_of(session, proposal.id) == second
    assert [one.id for one in usable_proposals(session, process.id)] == [proposal.id]

    take_back_review(session, actor, TakeBackReview(second.id))
    assert review_of(session, proposal.id) == first
    assert session.query(FeasibilityReview).count() == 2
    third = review_proposal(session, actor, command(proposal, YES, seen=2))
    assert third.number == 3
    session.flush()
    actions = [one.action for one in session.query(AuditEntry).order_by(AuditEntry.at) if one.action.startswith("review.")]
    assert sorted(actions) == ["review.taken_back", "review.written", "review.written", "review.written"]


def test_a_review_needs_a_reason_and_a_cost_above_nothing(session: Session) -> None:
    process = spaces.process()
    with pytest.raises(Invalid) as raised:
        review_proposal(session, committee(process), command(proposals.proposal(process), reason={"en": " "}, cost=-1))
    assert set(raised.value.errors) == {"reason", "cost"}


def test_a_colleague_who_was_quicker_is_not_written_over(session: Session) -> None:
    process = spaces.process()
    proposal = proposals.proposal(process)
    review_proposal(session, committee(process), command(proposal))
    with pytest.raises(Conflict):
        review_proposal(session, committee(process), command(proposal, NO))


def test_only_published_proposals_of_ones_own_processes_are_reviewed(session: Session) -> None:
    process, other = spaces.process(), spaces.process()
    with pytest.raises(NotFound):
        review_proposal(session, committee(other), command(proposals.proposal(process)))
    with pytest.raises(Refused):
        review_proposal(session, committee(process), command(proposals.proposal(process, state=ProposalState.HIDDEN)))


@pytest.mark.parametrize("state", [PotState.DRAFT, PotState.READY])
def test_what_is_on_a_ballot_stays_feasible(session: Session, state: PotState) -> None:
    process = spaces.process()
    actor, proposal = committee(process), proposals.proposal(process, answer_status="accepted")
    review = review_proposal(session, actor, command(proposal))
    pot = budgets.pot(process, state=PotState.DRAFT)
    write_project(session, actor, WriteProject(pot.id, {"en": "Bench"}, 100_00, proposal_ids=(proposal.id,)))
    pot.state = state
    with pytest.raises(Conflict):
        review_proposal(session, actor, command(proposal, NO, seen=1))
    with pytest.raises(Conflict):
        take_back_review(session, actor, TakeBackReview(review.id))
    if state is PotState.DRAFT:
        review_proposal(session, actor, command(proposal, Feasibility.WITH_CHANGES, seen=1))


def test_a_review_is_taken_back_once(session: Session) -> None:
    process = spaces.process()
    actor, proposal = committee(process), proposals.proposal(process)
    review = review_proposal(session, actor, command(proposal))
    take_back_review(session, actor, TakeBackReview(review.id))
    with pytest.raises(Conflict):
        take_back_review(session, actor, TakeBackReview(review.id))


def test_residents_read_every_reviewed_proposal_with_its_reason(app: Flask, session: Session) -> None:
    process = spaces.process()
    good, bad = proposals.proposal(process, title="A bench"), proposals.proposal(process, title="A tunnel")
    hidden = proposals.proposal(process, title="Nobody reads this", state=ProposalState.HIDDEN)
    budgets.review(good, reason={"en": "Easy to build."})
    budgets.review(bad, NO, reason={"en": "There is a river."}, cost=None)
    budgets.review(hidden)
    proposals.proposal(process, title="Not looked at")
    db.session.commit()
    client = app.test_client()
    page = client.get(f"/budgets/feasibility/{process.slug}").text
    assert all(words in page for words in ("A bench", "Easy to build.", "€2,000", "A tunnel", "There is a river."))
    assert "Nobody reads this" not in page
    assert "Not looked at" not in page
    filtered = client.get(f"/budgets/feasibility/{process.slug}?outcome=not_feasible").text
    assert "A tunnel" in filtered
    assert "A bench" not in filtered
    assert "There is a river." in client.get(f"/proposals/{bad.reference}").text
    assert f"/budgets/feasibility/{process.slug}" in client.get(f"/processes/{process.slug}").text


def test_without_any_review_the_page_says_so_and_nothing_links_to_it(app: Flask, session: Session) -> None:
    process = spaces.process()
    db.session.commit()
    client = app.test_client()
    assert "No proposal has been reviewed yet." in client.get(f"/budgets/feasibility/{process.slug}").text
    assert "/budgets/feasibility" not in client.get(f"/processes/{process.slug}").text


def test_staff_review_and_take_back_on_pages(app: Flask, session: Session) -> None:
    process = spaces.process()
    proposal = proposals.proposal(process, title="A bench", answer_status="accepted")
    client = app.test_client()
    accounts.sign_in(client, accounts.staff(Role.COMMITTEE, process))
    db.session.commit()
    assert "A bench" in client.get(f"/staff/budgets/feasibility/{process.id}").text
    url = f"/staff/budgets/review/{proposal.reference}"
    bad = client.post(url, data={"outcome": "perhaps", "cost": "much", "seen": "x" * 99})
    assert bad.status_code == 422
    good = client.post(url, data={"outcome": "feasible", "reason_en": "Easy.", "cost": "1200"}, follow_redirects=True)
    assert "The review is published." in good.text
    assert "No proposal waits for a review." in good.text
    late = client.post(url, data={"outcome": "feasible", "reason_en": "Too late.", "seen": "0"})
    assert late.status_code == 409
    assert "€1,200" in client.get(f"/staff/budgets/feasibility/{process.id}?view=done").text
    client.post(f"{url}/take-back")
    assert review_of(db.session(), proposal.id) is None


def test_the_list_of_reviews_leaves_out_what_nobody_has_said_yet(app: Flask, session: Session) -> None:
    process = spaces.process()
    proposals.proposal(process, title="A bench")
    reviewed = proposals.proposal(process, title="A tunnel", answer_status="accepted")
    budgets.review(reviewed, NO, cost=None)
    client = app.test_client()
    accounts.sign_in(client, accounts.staff(Role.COMMITTEE, process))
    db.session.commit()

    waiting = client.get(f"/staff/budgets/feasibility/{process.id}").text
    done = client.get(f"/staff/budgets/feasibility/{process.id}?view=done").text

    for page in (waiting, done):
        rows = re.findall(r"(?s)<tr data-row>.*?</tr>", page)
        assert len(rows) == 1
        assert "–" not in rows[0]
    assert 'data-label="Cost"' not in waiting  # nothing that waits has one
    assert '<td class="numeric" data-label="Cost"></td>' in done
