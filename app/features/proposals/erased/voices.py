"""What becomes of follows, supports and comments."""

from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from app.features.proposals.erased.parts import TYPED, UNSEEN, count_of, part, taken_off
from app.features.proposals.models import (
    Comment,
    CommentState,
    Follow,
    Proposal,
    Support,
)
from app.kernel.erasing import (
    Fate,
    Subject,
    anonymous,
    changed,
    goes,
    is_needed,
)
from app.kernel.messages import msg


def needed_comment(comment: Any, subject: Subject) -> ColumnElement[bool]:
    """Somebody else has replied, or a moderator has looked at it."""
    reply = aliased(Comment)
    replied = exists().where(
        reply.parent_id == comment.id, or_(reply.author_id.is_distinct_from(subject.person_id), is_needed("comment", reply))
    )
    return or_(replied, is_needed("comment", comment))


def _own_comment(subject: Subject, *, needed: bool, published: bool | None = None) -> ColumnElement[bool]:
    condition = needed_comment(Comment, subject)
    found = [Comment.author_id == subject.person_id, condition if needed else ~condition]
    if published is not None:
        found.append((Comment.state == CommentState.PUBLISHED) if published else (Comment.state != CommentState.PUBLISHED))
    return and_(*found)


def _take_supports(session: Session, subject: Subject, most: int) -> int:
    rows = session.execute(
        select(Support.id, Support.proposal_id).where(Support.person_id == subject.person_id).limit(most)
    ).all()
    if rows:
        changed(session, delete(Support).where(Support.id.in_([row.id for row in rows])))
        taken_off(session, Proposal.supports_count, [row.proposal_id for row in rows])
    return len(rows)


def _take_comments(session: Session, subject: Subject, most: int) -> int:
    """Replies first: deleting what they stand under would take them along uncounted."""
    rows = session.execute(
        select(Comment.id, Comment.proposal_id, Comment.parent_id, Comment.state)
        .where(_own_comment(subject, needed=False))
        .order_by(Comment.parent_id.is_(None), Comment.id)
        .limit(most)
    ).all()
    if rows:
        counted = [row.proposal_id for row in rows if row.parent_id is None and row.state is CommentState.PUBLISHED]
        changed(session, delete(Comment).where(Comment.id.in_([row.id for row in rows])))
        taken_off(session, Proposal.comments_count, counted)
    return len(rows)


def _unname_comments(*, published: bool) -> Any:
    def run(session: Session, subject: Subject, most: int) -> int:
        chosen = select(Comment.id).where(_own_comment(subject, needed=True, published=published)).limit(most)
        hands = func.nullif(Comment.hands_id, subject.person_id)
        values: dict[Any, Any] = {Comment.author_id: None, Comment.author_name: "", Comment.hands_id: hands}
        if not published:
            values[Comment.text] = ""
        return changed(session, update(Comment).where(Comment.id.in_(chosen.scalar_subquery())).values(values))

    return run


goes("follows", msg("Which proposals you follow"), Follow.person_id, order=20)


part(
    "supports",
    Fate.GOES,
    msg("Your supports; the proposals have that many fewer"),
    20,
    count_of(Support, lambda subject: Support.person_id == subject.person_id),
    _take_supports,
    Support.person_id,
)


part(
    "comments",
    Fate.GOES,
    msg("Comments of yours that nobody else replied to"),
    30,
    count_of(Comment, _own_comment, needed=False),
    _take_comments,
    Comment.author_id,
    Comment.author_name,
    Comment.text,
)


part(
    "comments_answered",
    Fate.ANONYMOUS,
    msg("Comments of yours that others replied to, or that moderators looked at"),
    31,
    count_of(Comment, _own_comment, needed=True, published=True),
    _unname_comments(published=True),
    why=msg("The replies make sense only beside them. They stay under “A resident”."),
)


part(
    "comments_unseen",
    Fate.ANONYMOUS,
    msg("Comments of yours that were hidden or withdrawn, and that others replied to or moderators decided on"),
    31,
    count_of(Comment, _own_comment, needed=True, published=False),
    _unname_comments(published=False),
    why=UNSEEN,
)


anonymous(
    "comments_typed",
    msg("Comments you typed in for others"),
    Comment.hands_id,
    why=TYPED,
    order=46,
    where=lambda subject: and_(Comment.hands_id == subject.person_id, Comment.author_id.is_distinct_from(subject.person_id)),
)
