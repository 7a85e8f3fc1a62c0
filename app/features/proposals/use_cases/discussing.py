"""Comments: written, taken back by their author, hidden and restored by moderators. The number changes with the row."""

import uuid
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.features.proposals.commands import WriteComment
from app.features.proposals.models import Comment, CommentState, Proposal, ProposalState, Stance
from app.features.proposals.queries import visible_proposal
from app.features.proposals.rules import COMMENT_MOST
from app.features.proposals.use_cases.supporting import open_proposal
from app.features.spaces.queries import Action
from app.kernel import clock
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Permission

SECOND_CLICK = timedelta(minutes=10)

MODERATED = {CommentState.PUBLISHED: {CommentState.HIDDEN}, CommentState.HIDDEN: {CommentState.PUBLISHED}}


def write_comment(session: Session, actor: Actor, command: WriteComment) -> Comment:
    """Say something about a proposal, or reply to a comment, while the phase is open for comments.

    The same text twice within ten minutes is a second click: the first comment is returned. Raises SignInRequired,
    NotFound, PhaseClosed, Invalid, and Refused when the comment to reply to is gone.
    """
    person_id = actor.require_signed_in()
    proposal = open_proposal(session, actor, command.proposal_id, Action.COMMENT)
    if errors := _wrong(command):
        raise Invalid(errors)
    session.execute(select(Proposal.id).where(Proposal.id == proposal.id).with_for_update())
    if command.parent_id is not None:
        _require_parent(session, proposal, command.parent_id)
    if earlier := _second_click(session, person_id, command):
        return earlier
    comment = Comment(
        proposal_id=proposal.id,
        parent_id=command.parent_id,
        author_id=person_id,
        channel=actor.channel,
        # A reply answers somebody; where its writer stands is said once, above.
        stance=Stance.NEUTRAL if command.parent_id else command.stance,
        text=command.text,
        language=command.language,
        state=CommentState.PUBLISHED,
    )
    session.add(comment)
    session.flush()
    _count(session, comment, +1)
    return comment


def _wrong(command: WriteComment) -> dict[str, Message]:
    if not command.text.strip():
        return {"text": msg("Write your comment first.")}
    if len(command.text) > COMMENT_MOST:
        length = len(command.text)
        return {
            "text": msg("This has %(length)s characters; at most %(most)s fit. Shorten it.", length=length, most=COMMENT_MOST)
        }
    return {}


def _require_parent(session: Session, proposal: Proposal, parent_id: uuid.UUID) -> None:
    parent = session.get(Comment, parent_id)
    if parent is None or parent.proposal_id != proposal.id:
        raise NotFound
    if parent.state is not CommentState.PUBLISHED:
        raise Refused(msg("The comment you are replying to is no longer there."), field="text")
    if parent.parent_id is not None:
        raise Refused(msg("Reply to the first comment of this exchange."), field="text")


def _second_click(session: Session, person_id: uuid.UUID, command: WriteComment) -> Comment | None:
    return session.scalars(
        select(Comment).where(
            Comment.proposal_id == command.proposal_id,
            Comment.state == CommentState.PUBLISHED,
            Comment.created_at > clock.now() - SECOND_CLICK,
            Comment.author_id == person_id,
            Comment.parent_id.is_(None) if command.parent_id is None else Comment.parent_id == command.parent_id,
            Comment.text == command.text,
        )
    ).first()


def withdraw_comment(session: Session, actor: Actor, comment_id: uuid.UUID) -> Comment:
    """Take one's own comment back, at any time. A second click changes nothing. Raises SignInRequired, NotFound, Conflict."""
    comment = _own(session, actor, comment_id)
    if comment.state is not CommentState.WITHDRAWN:
        _move(session, comment, CommentState.PUBLISHED, CommentState.WITHDRAWN)
    return comment


def restore_comment(session: Session, actor: Actor, comment_id: uuid.UUID) -> Comment:
    """Show one's own withdrawn comment again, while the phase is open for comments.

    Raises SignInRequired, NotFound, PhaseClosed, Conflict.
    """
    comment = _own(session, actor, comment_id)
    if comment.state is not CommentState.PUBLISHED:
        open_proposal(session, actor, comment.proposal_id, Action.COMMENT)
        _move(session, comment, CommentState.WITHDRAWN, CommentState.PUBLISHED)
    return comment


def set_comment_state(session: Session, actor: Actor, comment_id: uuid.UUID, state: CommentState) -> Comment:
    """Hide a comment or show it again, as a moderator decided. The caller writes the audit entry: it knows the reason.

    Raises NotFound, Forbidden, and Conflict when the present state does not lead there.
    """
    comment = session.get(Comment, comment_id)
    if comment is None:
        raise NotFound
    process_id = session.scalar(select(Proposal.process_id).where(Proposal.id == comment.proposal_id))
    actor.require(Permission.MODERATE, process_id)
    if state not in MODERATED.get(comment.state, set()):
        raise _changed()
    _move(session, comment, comment.state, state)
    return comment


def _own(session: Session, actor: Actor, comment_id: uuid.UUID) -> Comment:
    person_id = actor.require_signed_in()
    comment = session.get(Comment, comment_id)
    if comment is None or comment.author_id != person_id:
        raise NotFound
    proposal = visible_proposal(session, actor, comment.proposal_id)
    if proposal.state is not ProposalState.PUBLISHED:
        raise NotFound
    return comment


def _move(session: Session, comment: Comment, before: CommentState, after: CommentState) -> None:
    """Change the state if it still is `before`, and the proposal's number of published comments with it."""
    moved = session.execute(
        update(Comment)
        .where(Comment.id == comment.id, Comment.state == before)
        .values(state=after)
        .returning(Comment.id)
        .execution_options(synchronize_session=False)
    ).all()
    session.refresh(comment, ["state"])
    if not moved:
        raise _changed()
    change = (after is CommentState.PUBLISHED) - (before is CommentState.PUBLISHED)
    if change:
        _count(session, comment, change)


def _changed() -> Conflict:
    return Conflict(msg("This comment has changed meanwhile. You see its present state now."))


def _count(session: Session, comment: Comment, change: int) -> None:
    """The number on the proposal counts comments; replies belong to them and are counted where the discussion is read."""
    if comment.parent_id is not None:
        return
    proposal_id = comment.proposal_id
    session.execute(
        update(Proposal)
        .where(Proposal.id == proposal_id)
        .values(comments_count=Proposal.comments_count + change)
        .execution_options(synchronize_session=False)
    )
    if proposal := session.get(Proposal, proposal_id):
        session.refresh(proposal, ["comments_count"])
