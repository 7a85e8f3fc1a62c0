"""The discussion under a proposal: top-level comments page by page, each with its replies."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.features.accounts import queries as accounts
from app.features.proposals.models import Comment, CommentState, Proposal, Stance
from app.kernel.errors import NotFound
from app.kernel.model import Model
from app.kernel.paging import Page
from app.kernel.permissions import Actor, Permission

COMMENTS_A_PAGE = 20


class CommentOrder(StrEnum):
    """Which comments come first."""

    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True)
class Thread:
    """A comment with its replies (oldest first), and the names of those who wrote them."""

    comment: Comment
    replies: Sequence[Comment]


@dataclass(frozen=True)
class Discussion:
    """One page of threads, how many published comments take which stance, how many replies there are, names by person,
    and who of them is staff. A reply takes no stance: where its writer stands is said in a comment of their own."""

    threads: Page[Thread]
    stances: dict[Stance, int]
    replies: int = 0
    names: dict[uuid.UUID, str] = field(default_factory=dict)
    staff: frozenset[uuid.UUID] = frozenset()


def comment(session: Session, comment_id: uuid.UUID) -> Comment | None:
    """The comment with that id, whatever its state."""
    return session.get(Comment, comment_id)


def visible_comment(session: Session, actor: Actor, comment_id: uuid.UUID) -> Comment:
    """The comment if `actor` may see it: published ones everybody, others their author and moderators. Raises NotFound.

    Whether the proposal itself may be seen is asked of `visible_proposal`.
    """
    found = session.get(Comment, comment_id)
    if found is None:
        raise NotFound
    if found.state is CommentState.PUBLISHED or (actor.person_id is not None and actor.person_id == found.author_id):
        return found
    process_id = session.scalar(select(Proposal.process_id).where(Proposal.id == found.proposal_id))
    if process_id is None or not actor.may(Permission.MODERATE, process_id):
        raise NotFound
    return found


def discussion(
    session: Session,
    actor: Actor,
    proposal: Proposal,
    *,
    order: CommentOrder = CommentOrder.NEWEST,
    page: int = 1,
    size: int = COMMENTS_A_PAGE,
) -> Discussion:
    """What is said about the proposal: six statements at most, however long it is.

    A comment that is hidden or withdrawn stays as an empty place when somebody replied to it; its text is for its author
    (and hidden ones for moderators) only. Replies of others that are not published are not there at all.
    """
    stances, number_of_replies = _counted(session, proposal)
    top = [Comment.proposal_id == proposal.id, Comment.parent_id.is_(None), _has_a_place(actor, proposal)]
    total = session.scalar(select(func.count()).select_from(Comment).where(*top)) or 0
    found = Page[Thread]([], page, size, total)
    number = min(page, found.pages)
    direction = (Comment.created_at.desc(), Comment.id) if order is CommentOrder.NEWEST else (Comment.created_at, Comment.id)
    comments = session.scalars(select(Comment).where(*top).order_by(*direction).limit(size).offset((number - 1) * size)).all()
    replies = _replies(session, actor, proposal, [one.id for one in comments])
    threads = [Thread(one, replies[one.id]) for one in comments]
    people = {one.author_id for thread in threads for one in (thread.comment, *thread.replies) if one.author_id}
    names = accounts.people_names(session, people) if people else {}
    staff = _staff(session, proposal.process_id, people) if people else frozenset()
    return Discussion(Page(threads, number, size, total), stances, number_of_replies, names, staff)


def _counted(session: Session, proposal: Proposal) -> tuple[dict[Stance, int], int]:
    """Published comments by stance, and published replies apart."""
    is_reply = Comment.parent_id.is_not(None)
    counted = (
        select(is_reply, Comment.stance, func.count())
        .where(Comment.proposal_id == proposal.id, Comment.state == CommentState.PUBLISHED)
        .group_by(is_reply, Comment.stance)
    )
    stances, replies = dict.fromkeys(Stance, 0), 0
    for reply, stance, number in session.execute(counted):
        if reply:
            replies += number
        else:
            stances[stance] += number
    return stances, replies


def _staff(session: Session, process_id: uuid.UUID, people: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Who of `people` has a role in the process: their comments say so."""
    roles = Model.metadata.tables["role_assignment"]
    held = select(roles.c.person_id).where(roles.c.process_id == process_id, roles.c.person_id.in_(people))
    return frozenset(session.scalars(held))


def _replies(
    session: Session, actor: Actor, proposal: Proposal, parents: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[Comment]]:
    found: dict[uuid.UUID, list[Comment]] = defaultdict(list)
    if parents:
        query = select(Comment).where(Comment.parent_id.in_(parents), _readable(actor, proposal))
        for reply in session.scalars(query.order_by(Comment.created_at, Comment.id)):
            if reply.parent_id is not None:
                found[reply.parent_id].append(reply)
    return found


def _readable(actor: Actor, proposal: Proposal) -> ColumnElement[bool]:
    """Rows whose text this reader may read."""
    seen: ColumnElement[bool] = Comment.state == CommentState.PUBLISHED
    if actor.person_id is not None:
        seen = or_(seen, Comment.author_id == actor.person_id)
    if actor.may(Permission.MODERATE, proposal.process_id):
        seen = or_(seen, Comment.state == CommentState.HIDDEN)
    return seen


def _has_a_place(actor: Actor, proposal: Proposal) -> ColumnElement[bool]:
    reply = aliased(Comment)
    answered = select(reply.id).where(and_(reply.parent_id == Comment.id, reply.state == CommentState.PUBLISHED)).exists()
    return or_(_readable(actor, proposal), answered)
