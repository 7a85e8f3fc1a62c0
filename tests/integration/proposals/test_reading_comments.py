"""Discussing: where people stand, one level of replies, taking one's words back."""

import re
import threading

import pytest
from sqlalchemy import func, select

from app.extensions import db as database
from app.features.proposals.models import Comment, CommentState, Proposal, ProposalState, Stance
from app.features.proposals.queries import CommentOrder, discussion
from app.features.proposals.use_cases import (
    WriteComment,
    restore_comment,
    set_comment_state,
    withdraw_comment,
    write_comment,
)
from app.features.spaces.models import Action
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound, PhaseClosed, Refused, SignInRequired
from app.kernel.permissions import ANONYMOUS, Actor, Channel, Role
from tests.factories import accounts, proposals, spaces


def count(proposal_id):
    """The number on the proposal, and the published rows there are."""
    with database.transaction() as session:
        shown = session.scalar(select(Proposal.comments_count).where(Proposal.id == proposal_id))
        rows = session.scalar(
            select(func.count())
            .select_from(Comment)
            .where(Comment.proposal_id == proposal_id, Comment.state == CommentState.PUBLISHED, Comment.parent_id.is_(None))
        )
    return shown, rows


def actor_of(role=None, process=None):
    person = accounts.staff(role, process) if role else accounts.person()
    return Actor(person.id, roles=frozenset({(role, process.id)}) if role else frozenset())


def test_a_resident_says_where_they_stand(as_role, session):
    proposal = proposals.proposal()
    database.session.commit()
    resident = as_role("resident", display_name="Mira")
    answer = resident.post(f"/proposals/{proposal.reference}/comments", data={"stance": "against", "text": "Not here, please."})
    assert re.fullmatch(rf"/proposals/{proposal.reference}#comment-[0-9a-f-]{{36}}", answer.location)
    text = resident.get(f"/proposals/{proposal.reference}").text
    assert "Not here, please." in text
    assert "Mira" in text
    assert '<h2 id="discussion-title">1 comment</h2>' in text
    assert count(proposal.id) == (1, 1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"stance": "neutral", "text": "  "}, "Write your comment first."),
        ({"stance": "neutral", "text": "x" * 2001}, "at most 2000 fit"),
        ({"stance": "shouting", "text": "I keep this."}, "Not a valid choice"),
        ({}, "Write your comment first."),
        ({"stance": ["neutral", "against"], "text": ["\0", "I keep this."]}, "Write your comment first."),
    ],
)
def test_what_was_typed_is_kept_when_something_is_wrong(as_role, session, data, words):
    proposal = proposals.proposal()
    database.session.commit()
    answer = as_role("resident").post(f"/proposals/{proposal.reference}/comments", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    if data.get("text") == "I keep this.":
        assert ">I keep this.</textarea>" in answer.text.replace("\r\n", "")
    assert count(proposal.id) == (0, 0)


@pytest.mark.parametrize(
    "text", ["🙂", "\u202eevil\u202c", "<b>bold</b>", "a\0b", "زيتون", "x" * 2000, "line\r\n\r\n\r\n\r\nline"]
)
def test_anything_people_type_can_be_said(as_role, session, text):
    proposal = proposals.proposal()
    database.session.commit()
    resident = as_role("resident")
    answer = resident.post(f"/proposals/{proposal.reference}/comments", data={"stance": "neutral", "text": text})
    assert answer.status_code == 303
    shown = resident.get(f"/proposals/{proposal.reference}").text
    assert "<b>bold</b>" not in shown
    assert "\u202e" not in shown
    assert "\0" not in shown


def test_the_same_words_twice_are_a_second_click(session, clock):
    proposal = proposals.proposal()
    actor = actor_of()
    command = WriteComment(proposal.id, "Good.", Stance.IN_FAVOUR)
    first = write_comment(session, actor, command)
    assert write_comment(session, actor, command).id == first.id
    assert proposal.comments_count == 1
    clock.advance(minutes=11)
    assert write_comment(session, actor, command).id != first.id


def test_replies_answer_a_comment_and_take_no_side(as_role, session):
    proposal = proposals.proposal()
    comment = proposals.comment(proposal, text="Which colour?")
    path = f"/proposals/{proposal.reference}"
    database.session.commit()
    resident = as_role("resident")
    assert 'id="reply"' in resident.get(f"{path}?reply={comment.id}").text
    answer = resident.post(f"{path}/comments/{comment.id}/reply", data={"text": "Green.", "stance": "against"})
    assert answer.status_code == 303
    reply = database.session().scalars(select(Comment).where(Comment.text == "Green.")).one()
    assert reply.parent_id == comment.id
    assert reply.stance is Stance.NEUTRAL


def test_a_reply_that_is_wrong_is_kept_below_its_comment(as_role, session):
    proposal = proposals.proposal()
    comment = proposals.comment(proposal)
    database.session.commit()
    answer = as_role("resident").post(f"/proposals/{proposal.reference}/comments/{comment.id}/reply", data={"text": "y" * 2001})
    assert answer.status_code == 422
    assert "y" * 2001 in answer.text
    assert 'id="reply"' in answer.text


def test_there_is_one_level_of_replies(session):
    proposal = proposals.proposal()
    reply = proposals.comment(proposal, parent=proposals.comment(proposal))
    with pytest.raises(Refused, match="first comment of this exchange"):
        write_comment(session, actor_of(), WriteComment(proposal.id, "And I say", parent_id=reply.id))


def test_nobody_replies_to_what_is_gone_or_stands_elsewhere(session):
    proposal, other = proposals.proposal(), proposals.proposal()
    gone = proposals.comment(proposal, state=CommentState.HIDDEN)
    elsewhere = proposals.comment(other)
    with pytest.raises(Refused, match="no longer there"):
        write_comment(session, actor_of(), WriteComment(proposal.id, "Hello", parent_id=gone.id))
    with pytest.raises(NotFound):
        write_comment(session, actor_of(), WriteComment(proposal.id, "Hello", parent_id=elsewhere.id))


def test_the_use_case_checks_who_when_and_what(session):
    closed = proposals.proposal(spaces.process(open_for=[Action.SUPPORT]))
    hidden = proposals.proposal(state=ProposalState.HIDDEN)
    proposal = proposals.proposal()
    with pytest.raises(SignInRequired):
        write_comment(session, ANONYMOUS, WriteComment(proposal.id, "Hello"))
    with pytest.raises(PhaseClosed):
        write_comment(session, actor_of(), WriteComment(closed.id, "Hello"))
    with pytest.raises(NotFound):
        write_comment(session, actor_of(), WriteComment(hidden.id, "Hello"))
    with pytest.raises(Invalid):
        write_comment(session, actor_of(), WriteComment(proposal.id, " \n "))


def test_taking_back_and_showing_again_keeps_the_number_right(as_role, session):
    author = as_role("resident")
    proposal = proposals.proposal()
    comment = proposals.comment(proposal, author=author.person, text="I take this back.")
    path, proposal_id, comment_id = f"/proposals/{proposal.reference}", proposal.id, comment.id
    other = as_role("resident")
    database.session.commit()
    for _ in range(2):
        assert author.post(f"/proposals/comments/{comment_id}/withdraw").status_code == 303
        assert count(proposal_id) == (0, 0)
    assert "I take this back." in author.get(path).text
    assert "Only you see it." in author.get(path).text
    assert "I take this back." not in other.get(path).text
    for _ in range(2):
        assert author.post(f"/proposals/comments/{comment_id}/restore").status_code == 303
        assert count(proposal_id) == (1, 1)


@pytest.mark.parametrize("verb", ["withdraw", "restore"])
def test_somebody_elses_comment_is_not_found(as_role, session, verb):
    process = spaces.process()
    proposal = proposals.proposal(process)
    comment = proposals.comment(proposal)
    others = [as_role("resident"), as_role(Role.MODERATOR, process)]
    database.session.commit()
    for other in others:
        assert other.post(f"/proposals/comments/{comment.id}/{verb}").status_code == 404
    assert count(proposal.id) == (1, 1)


def test_what_a_moderator_has_hidden_its_author_cannot_bring_back(session):
    person = accounts.person()
    comment = proposals.comment(proposals.proposal(), author=person, state=CommentState.HIDDEN)
    for verb in (withdraw_comment, restore_comment):
        with pytest.raises(Conflict):
            verb(session, Actor(person.id), comment.id)


def test_moderators_hide_and_restore_comments_of_their_process_only(session):
    process = spaces.process()
    proposal = proposals.proposal(process)
    comment = proposals.comment(proposal)
    moderator, stranger = actor_of(Role.MODERATOR, process), actor_of(Role.MODERATOR, spaces.process())
    with pytest.raises(Forbidden):
        set_comment_state(session, stranger, comment.id, CommentState.HIDDEN)
    set_comment_state(session, moderator, comment.id, CommentState.HIDDEN)
    assert (comment.state, proposal.comments_count) == (CommentState.HIDDEN, 0)
    with pytest.raises(Conflict):
        set_comment_state(session, moderator, comment.id, CommentState.HIDDEN)
    set_comment_state(session, moderator, comment.id, CommentState.PUBLISHED)
    assert (comment.state, proposal.comments_count) == (CommentState.PUBLISHED, 1)


def test_a_hidden_comment_leaves_an_empty_place_only_where_somebody_replied(client, session):
    proposal = proposals.proposal()
    answered = proposals.comment(proposal, text="first rude words", state=CommentState.HIDDEN)
    proposals.comment(proposal, parent=answered, text="Please stay polite.")
    proposals.comment(proposal, text="second rude words", state=CommentState.HIDDEN)
    path = f"/proposals/{proposal.reference}"
    database.session.commit()
    text = client.get(path).text
    assert "rude words" not in text
    assert text.count("A moderator has hidden this comment.") == 1
    assert "Please stay polite." in text
    data = client.get(f"/api/v1{path}/comments").json
    assert "rude" not in str(data)
    assert [item["text"] for item in data["items"]] == [None]
    assert data["items"][0]["author"] is None


def test_staff_and_paper_are_named_beside_the_comment(client, session):
    process = spaces.process()
    proposal = proposals.proposal(process)
    proposals.comment(proposal, author=accounts.staff(Role.OFFICER, process, display_name="Olga"), text="We look into it.")
    proposals.comment(proposal, channel=Channel.PAPER, text="By post.")
    database.session.commit()
    text = client.get(f"/proposals/{proposal.reference}").text
    assert text.count("comment--official") == 1
    assert "Came in on paper." in text


def test_newest_or_oldest_first_page_by_page(client, session, clock):
    proposal = proposals.proposal()
    for n in range(25):
        clock.advance(minutes=1)
        proposals.comment(proposal, text=f"number {n:02d}")
    path = f"/proposals/{proposal.reference}"
    database.session.commit()

    def told(query):
        return re.findall(r"number (\d\d)", client.get(path + query).text)

    assert told("") == [f"{n:02d}" for n in range(24, 4, -1)]
    assert told("?comments=2") == [f"{n:02d}" for n in range(4, -1, -1)]
    assert told("?order=oldest") == [f"{n:02d}" for n in range(20)]
    assert told("?order=oldest&comments=99") == [f"{n:02d}" for n in range(20, 25)]
    assert told("?order=nonsense&comments=x") == told("")


def test_stances_are_counted_over_all_pages(session):
    proposal = proposals.proposal()
    for stance in (Stance.IN_FAVOUR, Stance.IN_FAVOUR, Stance.AGAINST):
        proposals.comment(proposal, stance=stance)
    proposals.comment(proposal, stance=Stance.AGAINST, state=CommentState.HIDDEN)
    found = discussion(session, ANONYMOUS, proposal, order=CommentOrder.OLDEST, page=1, size=1)
    assert found.stances == {Stance.IN_FAVOUR: 2, Stance.AGAINST: 1, Stance.NEUTRAL: 0}
    assert found.threads.total == 3


def test_replies_take_no_stance_and_are_counted_apart(session, client):
    proposal = proposals.proposal()
    comment = proposals.comment(proposal, stance=Stance.AGAINST)
    for _ in range(3):
        write_comment(session, actor_of(), WriteComment(proposal.id, f"Reply {_}", parent_id=comment.id))
    proposals.comment(proposal, parent=comment, state=CommentState.HIDDEN)
    found = discussion(session, ANONYMOUS, proposal)
    assert (found.stances[Stance.NEUTRAL], found.stances[Stance.AGAINST], found.replies) == (0, 1, 3)
    session.refresh(proposal)
    assert proposal.comments_count == 1
    address = f"/proposals/{proposal.reference}"
    database.session.commit()
    assert "1 comment, 3 replies</h2>" in client.get(address).text
    answer = client.get(f"/api/v1{address}/comments").json
    assert (answer["total"], answer["replies"], answer["stances"]["neutral"]) == (1, 3, 0)


def test_writing_withdrawing_and_hiding_at_once_keeps_the_number_right(committing_db, race):
    process = spaces.process()
    proposal = proposals.proposal(process)
    people = [accounts.person() for _ in range(4)]
    comments = [proposals.comment(proposal, author=person).id for person in people]
    moderator = actor_of(Role.MODERATOR, process)
    proposal_id = proposal.id
    work = iter(
        [
            lambda p=person, c=comment: withdraw_comment(database.session(), Actor(p.id), c)
            for person, comment in zip(people, comments, strict=True)
        ]
        + [lambda c=comment: set_comment_state(database.session(), moderator, c, CommentState.HIDDEN) for comment in comments]
        + [
            lambda p=person: write_comment(database.session(), Actor(p.id), WriteComment(proposal_id, "Once."))
            for person in people
            for _ in range(2)
        ]
    )
    lock = threading.Lock()

    def one():
        with lock:
            step = next(work)
        return step()

    outcome = race(one, times=16)
    assert all(isinstance(error, Conflict) for error in outcome.errors), outcome.errors
    shown, rows = count(proposal_id)
    assert shown == rows == 4  # each of the old ones is gone, each person's new one is there once
