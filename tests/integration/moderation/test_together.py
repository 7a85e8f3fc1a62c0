"""One decision on several things, what is refused by name, and taking exactly that back."""

import re
from uuid import uuid4

import pytest

from app.features.moderation.commands import Decide, DecideTogether
from app.features.moderation.models import Reason, ReportState, Subject, Verb
from app.features.moderation.queries import QUEUE_PAGE, hiding_decision
from app.features.moderation.use_cases import decide, decide_together, undo_together
from app.features.proposals.models import CommentState, ProposalState
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, moderation, proposals, spaces


@pytest.fixture
def process(session):
    return spaces.process()


@pytest.fixture
def moderator(process):
    person = accounts.staff(Role.MODERATOR, process)
    return Actor(person_id=person.id, roles=frozenset({(Role.MODERATOR, process.id)}))


def chosen(*things):
    return tuple((Subject(type(thing).__name__.lower()), thing.id) for thing in things)


def together(verb, *things, reason=None, text=""):
    return DecideTogether(verb, chosen(*things), reason, text)


def values(*things):
    return [f"{type(thing).__name__.lower()}:{thing.id}" for thing in things]


def states(session, *things):
    """As the database has them now, after requests that closed the session."""
    return [session.get_one(type(thing), thing.id).state for thing in things]


def undo_address(page):
    return re.search(r"/staff/moderation/together/[0-9a-f-]{36}/undo", page).group()


def test_several_new_proposals_are_published_at_once_each_with_its_audit_entry(session, process, moderator):
    waiting = [proposals.proposal(process, state=ProposalState.PENDING) for _ in range(3)]

    outcome = decide_together(session, moderator, together(Verb.APPROVE, *waiting))

    assert len(outcome.decided) == 3
    assert not outcome.refused
    assert {proposal.state for proposal in waiting} == {ProposalState.PUBLISHED}
    assert session.query(AuditEntry).filter_by(action="proposal.approve").count() == 3


def test_what_cannot_be_published_is_named_with_the_reason_and_the_others_are_done(as_role, session, process):
    waiting = proposals.proposal(process, state=ProposalState.PENDING, title="A slide")
    hidden = proposals.proposal(process, state=ProposalState.HIDDEN, title="Buy my chairs")
    comment = proposals.comment(waiting, text="What a good idea")
    client = as_role(Role.MODERATOR, process)

    answer = client.post("/staff/moderation/together", data={"verb": "approve", "chosen": values(waiting, hidden, comment)})

    assert answer.status_code == 200
    assert "Buy my chairs" in answer.text
    assert "It is hidden already." in answer.text
    assert "What a good idea" in answer.text
    assert "It is visible to everybody already." in answer.text
    assert states(session, waiting, hidden) == [ProposalState.PUBLISHED, ProposalState.HIDDEN]
    client.post(undo_address(answer.text), data={})
    assert states(session, waiting, hidden) == [ProposalState.PENDING, ProposalState.HIDDEN]


def test_where_nothing_can_be_done_nothing_is_and_that_is_said(as_role, process):
    hidden = proposals.proposal(process, state=ProposalState.HIDDEN, title="Buy my chairs")
    client = as_role(Role.MODERATOR, process)

    answer = client.post("/staff/moderation/together", data={"verb": "approve", "chosen": values(hidden)})

    assert answer.status_code == 409
    assert "Buy my chairs" in answer.text


def test_hiding_several_asks_for_one_reason_and_names_what_will_be_hidden(as_role, session, process, mailbox):
    author = accounts.person(email="author@example.org")
    first = proposals.proposal(process, title="Buy my chairs", author=author)
    second = proposals.proposal(process, title="Buy my table")
    client = as_role(Role.MODERATOR, process)
    data = {"verb": "hide", "chosen": values(first, second)}

    asked = client.post("/staff/moderation/together", data=data)
    assert asked.status_code == 200
    assert "Buy my chairs" in asked.text
    assert "Buy my table" in asked.text
    without = client.post("/staff/moderation/together", data={**data, "step": "reason", "text": "Kept words"})
    assert without.status_code == 422
    assert "Kept words" in without.text
    assert states(session, first) == [ProposalState.PUBLISHED]

    done = client.post(
        "/staff/moderation/together", data={**data, "step": "reason", "reason": "advertising"}, follow_redirects=True
    )

    assert "2 contributions are hidden" in done.text
    assert states(session, first, second) == [ProposalState.HIDDEN] * 2
    (letter,) = mailbox.to("author@example.org")
    assert "It is advertising" in letter.get_content()
    assert "Buy my table" not in letter.get_content()


def test_undo_restores_exactly_what_was_hidden_together(session, process, moderator):
    first, second, alone = (proposals.proposal(process) for _ in range(3))
    new = proposals.proposal(process, state=ProposalState.PENDING)
    comment = proposals.comment(first)
    report = moderation.report(comment)
    decide(session, moderator, Decide(Subject.PROPOSAL, alone.id, Verb.HIDE, Reason.INSULT))
    outcome = decide_together(session, moderator, together(Verb.HIDE, first, second, new, comment, reason=Reason.INSULT))
    assert report.state is ReportState.UPHELD

    undone = undo_together(session, moderator, outcome.together_id)

    assert len(undone.decided) == 4
    assert (first.state, second.state) == (ProposalState.PUBLISHED, ProposalState.PUBLISHED)
    assert new.state is ProposalState.PENDING
    assert comment.state is CommentState.PUBLISHED
    assert report.state is ReportState.OPEN
    assert alone.state is ProposalState.HIDDEN


def test_undoing_a_publication_lets_the_proposal_wait_again_and_its_author_is_told(
    session, client, process, moderator, mailbox
):
    author = accounts.person(email="author@example.org")
    proposal = proposals.proposal(process, state=ProposalState.PENDING, author=author)
    reference = proposal.reference
    outcome = decide_together(session, moderator, together(Verb.APPROVE, proposal))
    undo_together(session, moderator, outcome.together_id)
    session.commit()

    assert client.get(f"/proposals/{reference}").status_code == 404
    subjects = [letter["Subject"] for letter in mailbox.to("author@example.org")]
    assert "Your proposal waits for a moderator again" in subjects


def test_what_somebody_decided_on_again_is_left_and_named(session, process, moderator):
    first, second = (proposals.proposal(process) for _ in range(2))
    outcome = decide_together(session, moderator, together(Verb.HIDE, first, second, reason=Reason.INSULT))
    decide(session, moderator, Decide(Subject.PROPOSAL, first.id, Verb.RESTORE))

    undone = undo_together(session, moderator, outcome.together_id)

    assert [decision.subject_id for decision in undone.decided] == [second.id]
    assert [named.subject_id for named, _why in undone.refused] == [first.id]


def test_taking_back_twice_changes_nothing_and_names_each_of_them(session, process, moderator):
    both = [proposals.proposal(process) for _ in range(2)]
    outcome = decide_together(session, moderator, together(Verb.HIDE, *both, reason=Reason.INSULT))
    undo_together(session, moderator, outcome.together_id)

    again = undo_together(session, moderator, outcome.together_id)

    assert not again.decided
    assert {named.subject_id for named, _why in again.refused} == {proposal.id for proposal in both}
    assert all("stays as it is" in why.template for _named, why in again.refused)
    assert {proposal.state for proposal in both} == {ProposalState.PUBLISHED}


def test_what_was_restored_together_is_hidden_again_for_the_reason_its_author_knows(session, process, moderator):
    proposal = proposals.proposal(process)
    decide(session, moderator, Decide(Subject.PROPOSAL, proposal.id, Verb.HIDE, Reason.OTHER, "It names a neighbour."))
    outcome = decide_together(session, moderator, together(Verb.RESTORE, proposal))
    undo_together(session, moderator, outcome.together_id)

    assert proposal.state is ProposalState.HIDDEN
    assert hiding_decision(session, Subject.PROPOSAL, proposal.id).text == "It names a neighbour."


def test_reports_that_were_settled_together_wait_again_after_undo(session, process, moderator):
    proposal = proposals.proposal(process)
    old = moderation.report(proposal)
    decide(session, moderator, Decide(Subject.PROPOSAL, proposal.id, Verb.DISMISS))
    new = moderation.report(proposal)
    outcome = decide_together(session, moderator, together(Verb.DISMISS, proposal))
    undo_together(session, moderator, outcome.together_id)

    assert (old.state, new.state) == (ReportState.DISMISSED, ReportState.OPEN)


def test_an_author_still_reads_why_after_a_report_on_what_is_hidden_was_settled(session, process, moderator):
    proposal = proposals.proposal(process)
    decide(session, moderator, Decide(Subject.PROPOSAL, proposal.id, Verb.HIDE, Reason.INSULT))
    outcome = decide_together(session, moderator, together(Verb.DISMISS, proposal))
    assert hiding_decision(session, Subject.PROPOSAL, proposal.id).reason is Reason.INSULT

    undo_together(session, moderator, outcome.together_id)

    assert hiding_decision(session, Subject.PROPOSAL, proposal.id).reason is Reason.INSULT


def test_nobody_decides_or_undoes_for_a_process_that_is_not_theirs(session, process, moderator):
    other = spaces.process()
    stranger = Actor(person_id=accounts.person().id, roles=frozenset({(Role.MODERATOR, other.id)}))
    proposal = proposals.proposal(process, title="Nobody's business")
    theirs = decide_together(session, moderator, together(Verb.HIDE, proposal, reason=Reason.INSULT))

    outcome = decide_together(session, stranger, together(Verb.RESTORE, proposal))

    assert outcome.refused[0][0] is None  # not even its name
    assert proposal.state is ProposalState.HIDDEN
    with pytest.raises(NotFound):
        undo_together(session, stranger, theirs.together_id)
    with pytest.raises(NotFound):
        undo_together(session, moderator, uuid4())
    with pytest.raises(Forbidden):
        decide_together(session, Actor(person_id=accounts.person().id), together(Verb.RESTORE, proposal))


def test_nothing_chosen_and_no_reason_decide_nothing(session, process, moderator):
    proposal = proposals.proposal(process)
    with pytest.raises(Refused):
        decide_together(session, moderator, together(Verb.HIDE, reason=Reason.INSULT))
    with pytest.raises(Invalid):
        decide_together(session, moderator, together(Verb.HIDE, proposal))
    assert proposal.state is ProposalState.PUBLISHED


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"verb": "undo", "chosen": "proposal:x"},
        {"verb": "approve"},
        {"verb": "approve", "chosen": ["proposal:", ":", "\x00", "budget:1"]},
        {"verb": "hide", "chosen": "proposal:00000000-0000-0000-0000-000000000000"},
    ],
)
def test_a_garbled_choice_changes_nothing(as_role, session, process, data):
    proposal = proposals.proposal(process)
    client = as_role(Role.MODERATOR, process)

    answer = client.post("/staff/moderation/together", data=data)

    assert answer.status_code in (302, 404, 409, 422)
    assert states(session, proposal) == [ProposalState.PUBLISHED]


def test_everything_on_the_page_is_chosen_by_a_link_where_there_are_no_scripts(as_role, process):
    for _ in range(QUEUE_PAGE + 1):
        proposals.proposal(process, state=ProposalState.PENDING)
    client = as_role(Role.MODERATOR, process)

    page = client.get("/staff/moderation?chosen=all").text

    assert len(re.findall(r'name="chosen"[^>]* checked', page)) == QUEUE_PAGE
    assert 'name="back" value="/staff/moderation"' in page
    assert f"1 to {QUEUE_PAGE} of {QUEUE_PAGE + 1}" in page


def test_deciding_on_the_whole_last_page_leads_to_the_last_page_that_is_left(as_role, process):
    rows = [proposals.proposal(process, state=ProposalState.PENDING, title=f"Wish {n}") for n in range(QUEUE_PAGE + 1)]
    client = as_role(Role.MODERATOR, process)
    data = {"verb": "approve", "chosen": values(rows[-1]), "back": "/staff/moderation?page=2"}

    page = client.post("/staff/moderation/together", data=data, follow_redirects=True).text

    assert "1 proposal is published" in page
    assert page.count("data-row") == QUEUE_PAGE


def test_one_click_more_or_less_asks_the_database_no_differently_to_name_what_was_chosen(as_role, process, query_counter):
    rows = [proposals.proposal(process) for _ in range(6)]
    client = as_role(Role.MODERATOR, process)

    def asked(some):
        with query_counter() as queries:
            client.post("/staff/moderation/together", data={"verb": "hide", "chosen": values(*some)})
        return queries.count

    asked(rows)
    assert asked(rows[:2]) == asked(rows)


@pytest.mark.parametrize("several", [False, True])
def test_the_reason_that_hiding_demands_is_not_called_optional(as_role, process, several):
    shown = proposals.proposal(process)
    client = as_role(Role.MODERATOR, process)
    address = "/staff/moderation/together" if several else f"/staff/moderation/proposal/{shown.id}"

    page = client.post(address, data={"verb": "hide", "chosen": values(shown), "step": "reason"}).text

    assert "Choose a reason. The author will read it." in page
    assert "(optional)" not in page
    assert "Needed only with “Something else”." in page
