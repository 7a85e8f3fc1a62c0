"""What moderators decide, and what follows for authors and readers."""

import pytest

from app.features.moderation.commands import Decide, WriteReport
from app.features.moderation.models import Decision, Reason, Report, ReportState, Subject, Verb
from app.features.moderation.queries import waiting_count
from app.features.moderation.use_cases import decide, write_report
from app.features.proposals.models import Proposal, ProposalState
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.permissions import Actor, Role
from tests.factories import accounts, moderation, proposals, spaces


@pytest.fixture
def process(session):
    return spaces.process()


@pytest.fixture
def moderator(process):
    person = accounts.staff(Role.MODERATOR, process)
    return Actor(person_id=person.id, roles=frozenset({(Role.MODERATOR, process.id)}))


def hide(subject, reason=Reason.INSULT, text=""):
    return Decide(Subject.PROPOSAL, subject.id, Verb.HIDE, reason, text)


def test_a_hidden_proposal_is_gone_and_its_author_gets_the_reason(session, client, process, moderator, mailbox):
    author = accounts.person(email="author@example.org")
    proposal = proposals.proposal(process, author=author)

    decide(session, moderator, hide(proposal, Reason.PERSONAL_DATA, "It names a neighbour."))
    session.commit()

    reference = proposal.reference
    assert client.get(f"/proposals/{reference}").status_code == 404
    (letter,) = mailbox.to("author@example.org")
    assert "It shows personal data of somebody" in letter.get_content()
    assert "It names a neighbour." in letter.get_content()
    assert reference in letter.get_content()


def test_a_restored_proposal_is_back(session, client, process, moderator):
    proposal = proposals.proposal(process)
    decide(session, moderator, hide(proposal))

    decide(session, moderator, Decide(Subject.PROPOSAL, proposal.id, Verb.RESTORE))

    assert client.get(f"/proposals/{proposal.reference}").status_code == 200


def test_what_is_hidden_is_not_sent_to_an_address_that_nobody_has_confirmed(session, process, moderator, mailbox):
    """Anybody can write words for others and somebody else's address; the city does not bring them there."""
    proposal, _token = proposals.guest_proposal(process, email="somebody@example.org", title="Buy my pills")
    decide(session, moderator, hide(proposal, text="Advertising."))
    session.commit()
    letter = mailbox.to("somebody@example.org")[-1].get_content()
    assert "pills" not in letter
    assert f"hidden your proposal {proposal.reference}" in letter
    assert "Advertising." in letter
    assert f"/proposals/{proposal.reference}" not in letter, "a page that is not there for them"


def test_a_waiting_proposal_appears_when_it_is_approved_and_its_author_is_told(session, client, process, moderator, mailbox):
    author = accounts.person(email="author@example.org")
    proposal = proposals.proposal(process, state=ProposalState.PENDING, author=author)
    reference, proposal_id = proposal.reference, proposal.id
    session.commit()
    assert client.get(f"/proposals/{reference}").status_code == 404

    decide(session, moderator, Decide(Subject.PROPOSAL, proposal_id, Verb.APPROVE))
    session.commit()

    assert client.get(f"/proposals/{reference}").status_code == 200
    assert len(mailbox.to("author@example.org")) == 1


def test_the_second_moderator_learns_that_somebody_was_faster(session, process, moderator):
    proposal = proposals.proposal(process)
    decide(session, moderator, hide(proposal))

    with pytest.raises(Conflict):
        decide(session, moderator, hide(proposal))


def test_hiding_needs_a_reason_that_the_author_can_read(session, process, moderator):
    proposal = proposals.proposal(process)

    with pytest.raises(Invalid):
        decide(session, moderator, hide(proposal, None))
    with pytest.raises(Invalid):
        decide(session, moderator, hide(proposal, Reason.OTHER))
    assert proposal.state is ProposalState.PUBLISHED


def test_a_moderator_of_another_process_finds_nothing(session, process):
    other = spaces.process()
    stranger = Actor(person_id=accounts.person().id, roles=frozenset({(Role.MODERATOR, other.id)}))
    proposal = proposals.proposal(process)

    with pytest.raises(NotFound):
        decide(session, stranger, hide(proposal))


def test_each_decision_leaves_an_audit_entry_and_settles_the_reports(session, process, moderator):
    proposal = proposals.proposal(process)
    report = moderation.report(proposal)

    decide(session, moderator, hide(proposal))

    assert report.state is ReportState.UPHELD
    entry = session.query(AuditEntry).filter_by(subject_id=proposal.id, action="proposal.hide").one()
    assert (entry.details["before"], entry.details["after"]) == ("published", "hidden")
    assert session.query(Decision).filter_by(subject_id=proposal.id).count() == 1


def test_dismissed_reports_leave_the_proposal_as_it_is(session, process, moderator):
    proposal = proposals.proposal(process)
    report = moderation.report(proposal)

    decide(session, moderator, Decide(Subject.PROPOSAL, proposal.id, Verb.DISMISS))

    assert report.state is ReportState.DISMISSED
    assert proposal.state is ProposalState.PUBLISHED


def test_a_report_on_what_its_author_took_back_can_be_settled(session, process, moderator):
    proposal = proposals.proposal(process, state=ProposalState.WITHDRAWN)
    report = moderation.report(proposal)
    assert waiting_count(session, [process.id]) == 1

    decide(session, moderator, Decide(Subject.PROPOSAL, proposal.id, Verb.DISMISS))

    assert waiting_count(session, [process.id]) == 0
    assert (report.state, proposal.state) == (ReportState.DISMISSED, ProposalState.WITHDRAWN)


@pytest.mark.parametrize(("state", "offered"), [(ProposalState.PUBLISHED, True), (ProposalState.PENDING, False)])
def test_hiding_what_nobody_has_approved_is_not_undone_by_publishing_it(as_role, process, state, offered):
    proposal = proposals.proposal(process, state=state)
    client = as_role("moderator", process)

    page = client.post(
        f"/staff/moderation/proposal/{proposal.id}", data={"verb": "hide", "reason": "insult"}, follow_redirects=True
    )

    assert ('value="restore"' in page.text) is offered


def test_reporting_twice_is_one_report(session, process):
    proposal = proposals.proposal(process)
    person = Actor(person_id=accounts.person().id)
    command = WriteReport(Subject.PROPOSAL, proposal.id, Reason.ADVERTISING)

    write_report(session, person, command)
    write_report(session, person, command)

    assert session.query(Report).filter_by(subject_id=proposal.id).count() == 1


def test_a_flood_of_anonymous_reports_is_kept_small(session, process):
    proposal = proposals.proposal(process)
    for _ in range(25):
        write_report(session, Actor(), WriteReport(Subject.PROPOSAL, proposal.id, Reason.OFF_TOPIC))

    assert session.query(Report).filter_by(subject_id=proposal.id).count() == 20


def test_nobody_reports_what_they_cannot_see(session, process):
    proposal = proposals.proposal(process, state=ProposalState.HIDDEN)

    with pytest.raises(NotFound):
        write_report(session, Actor(), WriteReport(Subject.PROPOSAL, proposal.id, Reason.OFF_TOPIC))


def test_a_hidden_comment_leaves_the_page_and_the_count(session, client, process, moderator):
    proposal = proposals.proposal(process)
    comment = proposals.comment(proposal, text="A sentence nobody should read twice")

    decide(session, moderator, Decide(Subject.COMMENT, comment.id, Verb.HIDE, Reason.INSULT))
    session.commit()

    page = client.get(f"/proposals/{proposal.reference}").text
    assert "A sentence nobody should read twice" not in page
    assert session.get_one(Proposal, proposal.id).comments_count == 0


@pytest.mark.parametrize("text", ["x" * 5000, "\x00\x00", "<script>alert(1)</script>", "\u202eright to left", "🙂" * 900])
def test_whatever_is_typed_into_a_report_gets_an_answer(client, process, text):
    proposal = proposals.proposal(process)

    response = client.post(f"/proposals/{proposal.reference}/report", data={"reason": "other", "text": text})

    assert response.status_code in (302, 422)


@pytest.mark.parametrize("data", [{}, {"verb": "burn"}, {"verb": ["hide", "approve"]}, {"verb": "hide", "reason": "\x00"}])
def test_a_garbled_decision_changes_nothing(as_role, process, data):
    proposal = proposals.proposal(process)
    client = as_role(Role.MODERATOR, process)

    response = client.post(f"/staff/moderation/proposal/{proposal.id}", data=data)

    assert response.status_code in (302, 422)
    assert proposal.state is ProposalState.PUBLISHED


def test_the_queue_shows_what_waits_and_offers_to_undo(as_role, process):
    proposal = proposals.proposal(process, title="Sell my bicycle")
    moderation.report(proposal, text="An advertisement")
    client = as_role(Role.MODERATOR, process)
    assert "Sell my bicycle" in client.get("/staff/moderation").text

    page = client.post(
        f"/staff/moderation/proposal/{proposal.id}",
        data={"verb": "hide", "reason": "advertising"},
        follow_redirects=True,
    ).text

    assert "Undo" in page
    assert "Sell my bicycle" in client.get("/staff/moderation?view=hidden").text
