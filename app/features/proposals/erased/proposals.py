"""What becomes of proposals, their photos, and their words in the search."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, null, or_, select, text, update
from sqlalchemy.orm import Session, aliased

from app.features.notifications.use_cases import forget_letters
from app.features.proposals.erased.parts import TYPED, UNSEEN, count_of, part
from app.features.proposals.erased.voices import needed_comment
from app.features.proposals.models import (
    Comment,
    GuestContact,
    Photo,
    Proposal,
    ProposalState,
    Support,
)
from app.features.proposals.use_cases.photos import erase_keys
from app.kernel.erasing import (
    Fate,
    Subject,
    anonymous,
    changed,
    is_needed,
)
from app.kernel.messages import msg


def _needed_proposal(subject: Subject) -> ColumnElement[bool]:
    """Somebody else supports or discusses it, or the city has answered it, reviewed it, put it on a ballot, decided on it."""
    comment = aliased(Comment)
    return or_(
        exists().where(Support.proposal_id == Proposal.id, Support.person_id != subject.person_id),
        exists().where(
            comment.proposal_id == Proposal.id,
            or_(comment.author_id.is_distinct_from(subject.person_id), needed_comment(comment, subject)),
        ),
        is_needed("proposal", Proposal),
    )


def _own_proposal(subject: Subject, *, needed: bool, published: bool | None = None) -> ColumnElement[bool]:
    condition = _needed_proposal(subject)
    found = [Proposal.author_id == subject.person_id, condition if needed else ~condition]
    if published is not None:
        state = Proposal.state == ProposalState.PUBLISHED
        found.append(state if published else ~state)
    return and_(*found)


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
        Proposal.follow_code_hash,
    )
)


def _empty_proposals(session: Session, subject: Subject, most: int) -> int:
    found = session.scalars(select(Proposal.id).where(_own_proposal(subject, needed=True, published=False)).limit(most)).all()
    if found:
        changed(session, delete(GuestContact).where(GuestContact.proposal_id.in_(found)))
        forget_letters(session, found)
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
        forget_letters(session, found)
        values: dict[Any, Any] = {
            Proposal.author_id: None,
            Proposal.author_name: "",
            Proposal.hands_id: func.nullif(Proposal.hands_id, subject.person_id),
            Proposal.follow_token_hash: None,
            Proposal.follow_code_hash: None,
        }
        changed(session, update(Proposal).where(Proposal.id.in_(found)).values(values))
    return len(found)


def _tidy_search(session: Session, _subject: Subject, _most: int) -> int:
    """SQLite's index notes what is deleted and drops the words when it is merged: it is merged now. PostgreSQL's rows are gone
    with the proposal's."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO proposal_fts(proposal_fts) VALUES ('optimize')"))
    return 0


part(
    "photos",
    Fate.GOES,
    msg("Photos of proposals that are deleted, as files in all sizes"),
    39,
    _count_photos,
    _take_photos,
    Photo.alternative_text,
    files=_photo_keys,
)


part(
    "proposals",
    Fate.GOES,
    msg("Proposals of yours that nobody else supported, discussed or decided on, drafts too"),
    40,
    count_of(Proposal, _own_proposal, needed=False),
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


part(
    "proposals_supported",
    Fate.ANONYMOUS,
    msg("Published proposals of yours that others supported, discussed or decided on"),
    41,
    count_of(Proposal, _own_proposal, needed=True, published=True),
    _unname_proposals,
    why=msg(
        "Others have put their voice to them. They stay with text, place and photos under “A resident”. If you want one gone, "
        "withdraw it before you erase everything."
    ),
)


part(
    "proposals_unseen",
    Fate.ANONYMOUS,
    msg("Proposals of yours that are not shown (hidden, withdrawn, waiting), and that others or moderators refer to"),
    41,
    count_of(Proposal, _own_proposal, needed=True, published=False),
    _empty_proposals,
    why=UNSEEN,
)


part(
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
