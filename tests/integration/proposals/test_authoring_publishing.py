"""Publishing: once, complete, while the phase is open; and what the author is told."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.extensions import db as database
from app.features.proposals.models import Follow, GuestContact, PlaceKind, Proposal, ProposalState
from app.features.proposals.use_cases import (
    AtPoint,
    Contact,
    PublishProposal,
    SaveDraft,
    StartDraft,
    publish_proposal,
    save_draft,
    start_draft,
)
from app.features.spaces.models import Participation, Publication
from app.kernel.audit import AuditEntry
from app.kernel.errors import Conflict, Invalid, NotFound, PhaseClosed, SignInRequired
from app.kernel.outbox import OutboxRow
from app.kernel.permissions import ANONYMOUS, Actor
from tests.factories import accounts, proposals, spaces

PIN = AtPoint(*proposals.PIN)


def keep():
    database.session.commit()


def count(model, *conditions):
    return database.session.scalar(select(func.count()).select_from(model).where(*conditions))


def guest_client(app, slug):
    """A browser in which a complete draft was written without an account; returns the draft's id too."""
    client = app.test_client()
    draft_id = re.search(r'name="draft"[^>]*value="([0-9a-f-]{36})"', client.get(f"/proposals/new?process={slug}").text)[1]
    answers = {"draft": draft_id, "title": "A bench", "text": "In the shade.", "where": "city", "author_name": "Ann"}
    assert client.post(f"/proposals/new?process={slug}", data=answers).status_code == 302
    return client, draft_id


def test_a_resident_writes_a_draft_and_publishes_it(session):
    process = spaces.process()
    ann = Actor(person_id=accounts.person().id)
    draft, token = start_draft(session, ann, StartDraft(process.id, title="A bench"))
    assert token is None
    save_draft(session, ann, SaveDraft(draft.id, title="A bench", text="In the shade.", where=PIN))
    published = publish_proposal(session, ann, PublishProposal(draft.id))
    assert published.state is ProposalState.PUBLISHED
    assert published.published_at
    assert published.place_kind is PlaceKind.POINT
    assert published.area_id == process.area_id
    assert re.fullmatch(r"P-[2-9A-HJKMNP-TV-Z]{5}", published.reference)


def test_where_moderators_come_first_a_proposal_waits_for_them(session):
    process = spaces.process(publication=Publication.AFTER_APPROVAL)
    ann = accounts.person()
    draft = proposals.draft(process, author=ann)
    sent = publish_proposal(session, Actor(person_id=ann.id), PublishProposal(draft.id))
    assert sent.state is ProposalState.PENDING
    assert sent.published_at is None


def test_an_unfinished_draft_is_not_published(session):
    ann = accounts.person()
    draft = proposals.draft(author=ann, title="", place_kind=None)
    with pytest.raises(Invalid) as refused:
        publish_proposal(session, Actor(person_id=ann.id), PublishProposal(draft.id))
    assert set(refused.value.errors) == {"title", "where"}


def test_nobody_publishes_the_draft_of_somebody_else(session):
    draft = proposals.draft()
    for actor in (
        ANONYMOUS,
        Actor(person_id=accounts.person().id),
        Actor(person_id=accounts.person().id, is_administrator=True),
    ):
        with pytest.raises(NotFound):
            publish_proposal(session, actor, PublishProposal(draft.id, token="guess"))


def test_outside_the_phase_nothing_is_begun_and_nothing_is_published(session):
    closed = spaces.process(open_for=())
    ann = accounts.person()
    with pytest.raises(PhaseClosed):
        start_draft(session, Actor(person_id=ann.id), StartDraft(closed.id))
    draft = proposals.draft(closed, author=ann)
    with pytest.raises(PhaseClosed):
        publish_proposal(session, Actor(person_id=ann.id), PublishProposal(draft.id))


def test_where_an_account_is_needed_nobody_begins_without(session):
    with pytest.raises(SignInRequired):
        start_draft(session, ANONYMOUS, StartDraft(spaces.process().id))


def test_what_was_withdrawn_or_hidden_is_not_published_by_an_old_page(session):
    ann = accounts.person()
    for state in (ProposalState.WITHDRAWN, ProposalState.HIDDEN):
        proposal = proposals.proposal(author=ann, state=state)
        with pytest.raises(Conflict):
            publish_proposal(session, Actor(person_id=ann.id), PublishProposal(proposal.id))


def test_what_was_sent_is_not_changed_any_more(session):
    ann = accounts.person()
    for state in (ProposalState.PUBLISHED, ProposalState.PENDING):
        proposal = proposals.proposal(author=ann, state=state)
        with pytest.raises(Conflict):
            save_draft(session, Actor(person_id=ann.id), SaveDraft(proposal.id, title="Changed", text="Changed"))


def test_two_clicks_at_the_same_moment_publish_once(race, committing_db):
    ann = accounts.person()
    draft_id = proposals.draft(author=ann).id
    actor = Actor(person_id=ann.id)
    ended = race(lambda: publish_proposal(database.session(), actor, PublishProposal(draft_id, follow=True)).state)
    assert ended.errors == []
    assert set(ended.results) == {ProposalState.PUBLISHED}
    assert count(AuditEntry, AuditEntry.action == "proposal.sent") == 1
    assert count(OutboxRow, OutboxRow.kind == "mail") == 1
    assert count(Follow) == 1


def test_two_clicks_on_continue_begin_one_draft(race, committing_db):
    import uuid

    process_id = spaces.process().id
    actor = Actor(person_id=accounts.person().id)
    command = StartDraft(process_id, title="A bench", where=PIN, proposal_id=uuid.uuid4())
    ended = race(lambda: start_draft(database.session(), actor, command)[0].reference)
    assert ended.errors == []
    assert len(set(ended.results)) == 1
    assert count(Proposal) == 1


def test_a_reference_that_is_taken_is_tried_again(session, monkeypatch):
    from app.features.proposals.use_cases import drafting

    taken = proposals.proposal(reference="P-AAAAA")
    offered = iter([taken.reference, taken.reference, "P-BBBBB"])
    monkeypatch.setattr(drafting, "new_reference", lambda _prefix: next(offered))
    draft, _token = start_draft(session, Actor(person_id=accounts.person().id), StartDraft(taken.process_id))
    assert draft.reference == "P-BBBBB"


def test_the_author_gets_a_letter_with_reference_and_address(session, mailbox):
    ann = accounts.person(email="ann@example.org")
    draft = proposals.draft(author=ann, title="A bench", reference="P-7KQ4M")
    publish_proposal(session, Actor(person_id=ann.id), PublishProposal(draft.id))
    keep()
    (letter,) = mailbox.to("ann@example.org")
    assert letter["Subject"] == "Your proposal P-7KQ4M is published"
    body = letter.get_content()
    assert "“A bench”" in body
    assert "http://127.0.0.1:8000/proposals/P-7KQ4M" in body


def test_a_waiting_proposal_is_announced_as_such(session, mailbox):
    ann = accounts.person(email="ann@example.org")
    draft = proposals.draft(spaces.process(publication=Publication.AFTER_APPROVAL), author=ann)
    publish_proposal(session, Actor(person_id=ann.id), PublishProposal(draft.id))
    keep()
    (letter,) = mailbox.to("ann@example.org")
    assert "has arrived" in letter["Subject"]
    assert "A moderator reads it before it appears" in letter.get_content()


def test_no_letter_goes_out_about_what_was_taken_back_meanwhile(session, mailbox):
    ann = accounts.person(email="ann@example.org")
    draft = proposals.draft(author=ann)
    publish_proposal(session, Actor(person_id=ann.id), PublishProposal(draft.id))
    draft.state = ProposalState.WITHDRAWN
    keep()
    assert mailbox.to("ann@example.org") == []


def test_an_author_is_told_which_letters_come_and_follows_nothing_silently(as_role, session):
    client = as_role("resident")
    draft = proposals.draft(spaces.process(), author=client.person)
    keep()
    review = client.get(f"/proposals/{draft.id}/review").text
    assert "You get an e-mail when a moderator decides about your proposal, and when the city answers it." in review
    assert 'href="/account/news"' in review
    client.post(f"/proposals/{draft.id}/publish")
    assert count(Follow) == 0


def test_after_publishing_the_author_reads_the_reference_and_what_comes_next(as_role, session):
    client = as_role("resident")
    draft = proposals.draft(author=client.person)
    keep()
    answer = client.post(f"/proposals/{draft.id}/publish")
    assert answer.headers["Location"] == f"/proposals/{draft.id}/sent"
    page = client.get(answer.headers["Location"]).text
    assert draft.reference in page
    assert "Your proposal is published" in page
    assert "Keep this link" not in page
    assert client.get(f"/proposals/{draft.id}/review").headers["Location"] == f"/proposals/{draft.id}/mine"
    assert client.post(f"/proposals/{draft.id}/publish").headers["Location"] == f"/proposals/{draft.id}/sent"


def test_a_guest_gets_a_link_that_works_in_every_browser(app, session):
    spaces.process(slug="open", participation=Participation.ANYBODY)
    keep()
    client, draft_id = guest_client(app, "open")
    client.post(f"/proposals/{draft_id}/publish")
    page = client.get(f"/proposals/{draft_id}/sent").text
    link = re.search(r"http://127\.0\.0\.1:8000(/proposals/follow/[\w-]+)", page)[1]
    assert "<svg" in page
    assert client.get(f"/proposals/{draft_id}/sent").text.count(link) == page.count(link)  # a lost connection loses nothing
    elsewhere = app.test_client()
    own = elsewhere.get(link)
    assert own.status_code == 200
    assert "Published" in own.text
    assert elsewhere.get(f"/proposals/{draft_id}/sent").status_code == 404


def test_a_guest_may_leave_an_address_and_gets_the_link_there(app, session, mailbox):
    spaces.process(slug="open", participation=Participation.ANYBODY)
    keep()
    client, draft_id = guest_client(app, "open")
    client.post(f"/proposals/{draft_id}/publish", data={"email": "guest@example.org"})
    assert count(GuestContact, GuestContact.email == "guest@example.org") == 1
    (letter,) = mailbox.to("guest@example.org")
    body = letter.get_content()
    assert "A bench" not in body  # words of a stranger do not go to an address that nobody has confirmed
    link = re.search(r"http://127\.0\.0\.1:8000(/proposals/follow/[\w-]+)", body)[1]
    assert app.test_client().get(link).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    ["ann", "ann@", "@example.org", "a b@example.org", "a@b", "a@example.org,b@example.org", "x" * 300 + "@example.org"],
)
def test_an_address_that_no_letter_can_reach_is_explained(app, session, wrong):
    spaces.process(slug="open", participation=Participation.ANYBODY)
    keep()
    client, draft_id = guest_client(app, "open")
    answer = client.post(f"/proposals/{draft_id}/publish", data={"email": wrong})
    assert answer.status_code == 422
    assert "This is not an e-mail address" in answer.text
    assert count(Proposal, Proposal.state == ProposalState.PUBLISHED) == 0


def test_an_address_with_line_breaks_smuggles_no_second_reader(app, session, mailbox):
    spaces.process(slug="open", participation=Participation.ANYBODY)
    keep()
    client, draft_id = guest_client(app, "open")
    client.post(f"/proposals/{draft_id}/publish", data={"email": "a@example.org\r\nBcc: b@example.org\0"})
    assert not any("b@example.org" in str(letter) for letter in mailbox.collect())


def test_a_person_with_an_account_leaves_no_guest_address(session):
    ann = accounts.person()
    draft = proposals.draft(author=ann)
    publish_proposal(session, Actor(person_id=ann.id), PublishProposal(draft.id, contact=Contact(email="x@example.org")))
    assert count(GuestContact) == 0


def test_the_phase_may_end_between_review_and_click(as_role, session, clock):
    process = spaces.process(open_for=None)
    spaces.phase(process, starts_at=clock.now - timedelta(days=1), ends_at=clock.now + timedelta(minutes=5))
    client = as_role("resident")
    draft = proposals.draft(process, author=client.person, title="Just too late")
    keep()
    assert "Publish proposal" in client.get(f"/proposals/{draft.id}/review").text
    clock.advance(minutes=5)
    answer = client.post(f"/proposals/{draft.id}/publish")
    assert answer.status_code == 409
    assert "The time for making proposals ended on" in answer.text
    assert "Just too late" in answer.text
    assert count(Proposal, Proposal.state == ProposalState.DRAFT) == 1


def test_the_factories_make_proposals_in_every_state(session):
    for state in ProposalState:
        assert proposals.proposal(state=state).state is state
    found, token = proposals.guest_proposal(email="a@example.org")
    proposals.support(found)
    proposals.comment(found)
    proposals.photo(found)
    proposals.follow(found)
    assert token
    assert (found.supports_count, found.comments_count) == (1, 1)


def test_similar_proposals_are_shown_before_publishing_with_enough_to_judge_by(as_role, session):
    process = spaces.process()
    client = as_role("resident")
    proposals.proposal(process, title="A drinking fountain at the harbour", text="Clean water for everybody who runs there.")
    proposals.proposal(spaces.process(), title="A drinking fountain at the station", text="Elsewhere.")
    draft = proposals.draft(process, author=client.person, title="Drinking fountain, harbour", text="Runners need clean water.")
    other = proposals.draft(process, author=client.person, title="Quieter trams at night", text="The rails squeal.")
    keep()
    page = client.get(f"/proposals/{draft.id}/review").text
    assert "Is it one of these?" in page
    assert "A drinking fountain at the harbour" in page
    assert "Clean water for everybody who runs there." in page
    assert "at the station" not in page
    assert "Is it one of these?" not in client.get(f"/proposals/{other.id}/review").text
