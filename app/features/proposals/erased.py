"""What becomes of what somebody wrote, backed and followed.

A support is one person's: it goes, and the number with it, so that nobody supports twice by erasing themselves in between. What
nobody else built on is deleted. What others supported, answered or decided on stays where they can find it, under "A resident";
of what only moderators see, the text goes, too.
"""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, null, or_, select, text, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.features.proposals.models import (
    Comment,
    CommentState,
    Follow,
    GuestContact,
    Photo,
    Proposal,
    ProposalState,
    Support,
)
from app.features.proposals.use_cases.photos import erase_keys
from app.kernel.erasing import (
    Fate,
    Part,
    Subject,
    anonymous,
    changed,
    declare,
    goes,
    is_needed,
)
from app.kernel.messages import Message, msg

TYPED = msg("It is somebody else's voice. That your hands typed it is no longer said.")
UNSEEN = msg("Moderators or others refer to them, so an empty entry stays. Their text goes.")


def _needed_comment(comment: Any, subject: Subject) -> ColumnElement[bool]:
    """Somebody else has replied, or a moderator has looked at it."""
    reply = aliased(Comment)
    replied = exists().where(
        reply.parent_id == comment.id, or_(reply.author_id.is_distinct_from(subject.person_id), is_needed("comment", reply))
    )
    return or_(replied, is_needed("comment", comment))


def _needed_proposal(subject: Subject) -> ColumnElement[bool]:
    """Somebody else supports or discusses it, or the city has answered it, reviewed it, put it on a ballot, decided on it."""
    comment = aliased(Comment)
    return or_(
        exists().where(Support.proposal_id == Proposal.id, Support.person_id != subject.person_id),
        exists().where(
            comment.proposal_id == Proposal.id,
            or_(comment.author_id.is_distinct_from(subject.person_id), _needed_comment(comment, subject)),
        ),
        is_needed("proposal", Proposal),
    )


def _own_comment(subject: Subject, *, needed: bool, published: bool | None = None) -> ColumnElement[bool]:
    condition = _needed_comment(Comment, subject)
    found = [Comment.author_id == subject.person_id, condition if needed else ~condition]
    if published is not None:
        found.append((Comment.state == CommentState.PUBLISHED) if published else (Comment.state != CommentState.PUBLISHED))
    return and_(*found)


def _own_proposal(subject: Subject, *, needed: bool, published: bool | None = None) -> ColumnElement[bool]:
    condition = _needed_proposal(subject)
    found = [Proposal.author_id == subject.person_id, condition if needed else ~condition]
    if published is not None:
        state = Proposal.state == ProposalState.PUBLISHED
        found.append(state if published else ~state)
    return and_(*found)


def _taken_off(session: Session, column: InstrumentedAttribute[int], proposals: Sequence[uuid.UUID]) -> None:
    """Take away from a proposal's number as many as the proposal is named. A number that was too small already ends at
    nothing: it must not keep anybody from being erased.
    """
    times: dict[uuid.UUID, int] = {}
    for one in proposals:
        times[one] = times.get(one, 0) + 1
    for number in sorted(set(times.values())):
        same = sorted(one for one, count in times.items() if count == number)
        changed(
            session,
            update(Proposal).where(Proposal.id.in_(same)).values({column: case((column >= number, column - number), else_=0)}),
        )


def _count_of(model: Any, condition: Any, **which: Any) -> Any:
    def count(session: Session, subject: Subject) -> int:
        return session.scalar(select(func.count()).select_from(model).where(condition(subject, **which))) or 0

    return count


def _take_supports(session: Session, subject: Subject, most: int) -> int:
    rows = session.execute(
        select(Support.id, Support.proposal_id).where(Support.person_id == subject.person_id).limit(most)
    ).all()
    if rows:
        changed(session, delete(Support).where(Support.id.in_([row.id for row in rows])))
        _taken_off(session, Proposal.supports_count, [row.proposal_id for row in rows])
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
        _taken_off(session, Proposal.comments_count, counted)
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


def _gone_photos(subject: Subject) -> Any:
    """Photos of what is deleted or emptied."""
    gone = or_(_own_proposal(subject, needed=False), _own_proposal(subject, needed=True, published=False))
    return select(Photo.id, Photo.key, Photo.thumbnail_key).join(Proposal).where(gone)


def _count_photos(session: Session, subject: Subject) -> int:
    return session.scalar(select(func.count()).select_from(_gone_photos(subject).subquery())) or 0


def _photo_keys(session: Session, subject: Subject) -> Iterator[str]:
    for row in session.execute(_gone_photos(subject)):
        yield from (row.key, row.thumbnail_key)


def _take_photos(session: Session, subject: Subject, most: int) -> int:
    """The rows now, the files once that is kept."""
    rows = session.execute(_gone_photos(subject).limit(most)).all()
    if rows:
        erase_keys(session, [key for row in rows for key in (row.key, row.thumbnail_key)])
        changed(session, delete(Photo).where(Photo.id.in_([row.id for row in rows])))
    return len(rows)


def _take_proposals(session: Session, subject: Subject, most: int) -> int:
    found = session.scalars(select(Proposal.id).where(_own_proposal(subject, needed=False)).limit(most)).all()
    if found:
        changed(session, delete(Proposal).where(Proposal.id.in_(found)))
    return len(found)


_NOWHERE = dict.fromkeys(
    (
        Proposal.place_kind,
        Proposal.lon,
        Proposal.lat,
        Proposal.west,
        Proposal.south,
        Proposal.east,
        Proposal.north,
        Proposal.follow_token_hash,
    )
)


def _empty_proposals(session: Session, subject: Subject, most: int) -> int:
    found = session.scalars(select(Proposal.id).where(_own_proposal(subject, needed=True, published=False)).limit(most)).all()
    if found:
        changed(session, delete(GuestContact).where(GuestContact.proposal_id.in_(found)))
        values = dict[Any, Any](_NOWHERE) | {
            Proposal.author_id: None,
            Proposal.author_name: "",
            Proposal.hands_id: func.nullif(Proposal.hands_id, subject.person_id),
            Proposal.title: Proposal.reference,
            Proposal.text: "",
            Proposal.place_label: "",
            Proposal.geojson: null(),
        }
        changed(session, update(Proposal).where(Proposal.id.in_(found)).values(values))
    return len(found)


def _unname_proposals(session: Session, subject: Subject, most: int) -> int:
    found = session.scalars(select(Proposal.id).where(_own_proposal(subject, needed=True, published=True)).limit(most)).all()
    if found:
        changed(session, delete(GuestContact).where(GuestContact.proposal_id.in_(found)))
        values: dict[Any, Any] = {
            Proposal.author_id: None,
            Proposal.author_name: "",
            Proposal.hands_id: func.nullif(Proposal.hands_id, subject.person_id),
            Proposal.follow_token_hash: None,
        }
        changed(session, update(Proposal).where(Proposal.id.in_(found)).values(values))
    return len(found)


def _tidy_search(session: Session, _subject: Subject, _most: int) -> int:
    """SQLite's index notes what is deleted and drops the words when it is merged: it is merged now. PostgreSQL's rows are gone
    with the proposal's."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO proposal_fts(proposal_fts) VALUES ('optimize')"))
    return 0


def _part(name: str, fate: Fate, title: Message, order: int, count: Any, run: Any, *columns: Any, **more: Any) -> None:
    names = tuple(f"{column.class_.__tablename__}.{column.key}" for column in columns)
    declare(Part(name, fate, title, names, more.pop("why", None), order, count, run, **more))


goes("follows", msg("Which proposals you follow"), Follow.person_id, order=20)
_part(
    "supports",
    Fate.GOES,
    msg("Your supports; the proposals have that many fewer"),
    20,
    _count_of(Support, lambda subject: Support.person_id == subject.person_id),
    _take_supports,
    Support.person_id,
)
_part(
    "comments",
    Fate.GOES,
    msg("Comments of yours that nobody else replied to"),
    30,
    _count_of(Comment, _own_comment, needed=False),
    _take_comments,
    Comment.author_id,
    Comment.author_name,
    Comment.text,
)
_part(
    "comments_answered",
    Fate.ANONYMOUS,
    msg("Comments of yours that others replied to, or that moderators looked at"),
    31,
    _count_of(Comment, _own_comment, needed=True, published=True),
    _unname_comments(published=True),
    why=msg("The replies make sense only beside them. They stay under “A resident”."),
)
_part(
    "comments_unseen",
    Fate.ANONYMOUS,
    msg("Comments of yours that were hidden or withdrawn, and that others replied to or moderators decided on"),
    31,
    _count_of(Comment, _own_comment, needed=True, published=False),
    _unname_comments(published=False),
    why=UNSEEN,
)
_part(
    "photos",
    Fate.GOES,
    msg("Photos of proposals that are deleted, as files in all sizes"),
    39,
    _count_photos,
    _take_photos,
    Photo.alternative_text,
    files=_photo_keys,
)
_part(
    "proposals",
    Fate.GOES,
    msg("Proposals of yours that nobody else supported, discussed or decided on, drafts too"),
    40,
    _count_of(Proposal, _own_proposal, needed=False),
    _take_proposals,
    Proposal.author_id,
    Proposal.author_name,
    Proposal.title,
    Proposal.text,
    Proposal.place_label,
    Proposal.geojson,
    GuestContact.email,
    GuestContact.postal,
)
_part(
    "proposals_supported",
    Fate.ANONYMOUS,
    msg("Published proposals of yours that others supported, discussed or decided on"),
    41,
    _count_of(Proposal, _own_proposal, needed=True, published=True),
    _unname_proposals,
    why=msg(
        "Others have put their voice to them. They stay with text, place and photos under “A resident”. If you want one gone, "
        "withdraw it before you erase everything."
    ),
)
_part(
    "proposals_unseen",
    Fate.ANONYMOUS,
    msg("Proposals of yours that are not shown (hidden, withdrawn, waiting), and that others or moderators refer to"),
    41,
    _count_of(Proposal, _own_proposal, needed=True, published=False),
    _empty_proposals,
    why=UNSEEN,
)
_part(
    "search_words",
    Fate.GOES,
    msg("Words of deleted proposals in the search"),
    45,
    lambda _session, _subject: 0,
    _tidy_search,
)
anonymous(
    "proposals_typed",
    msg("Proposals you typed in for others"),
    Proposal.hands_id,
    why=TYPED,
    order=46,
    where=lambda subject: and_(Proposal.hands_id == subject.person_id, Proposal.author_id.is_distinct_from(subject.person_id)),
)
anonymous(
    "comments_typed",
    msg("Comments you typed in for others"),
    Comment.hands_id,
    why=TYPED,
    order=46,
    where=lambda subject: and_(Comment.hands_id == subject.person_id, Comment.author_id.is_distinct_from(subject.person_id)),
)
