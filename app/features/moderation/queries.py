"""How the queue and the history of decisions are looked up."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.features.accounts.queries import people_names
from app.features.moderation.models import Decision, Report, ReportState, Subject, Verb
from app.features.proposals.queries import Comment, CommentState, Proposal, ProposalState, followers
from app.kernel.automated import decides
from app.kernel.errors import NotFound
from app.kernel.paging import Page, page_of
from app.kernel.texts import excerpt

QUEUE_PAGE = 20


def can_be_told(session: Session, subject: Proposal | Comment) -> bool:
    """Whether whoever wrote it gets news of a decision: they have an account, or left an address with a proposal."""
    if subject.author_id is not None:
        return True
    if not isinstance(subject, Proposal):
        return False
    return any(one.email or one.postal for one in followers(session, subject.id))


@dataclass(frozen=True)
class QueueItem:
    """One thing that needs a decision, with all that a moderator must see to take it."""

    subject_type: Subject
    subject_id: uuid.UUID
    proposal_id: uuid.UUID
    reference: str
    process_id: uuid.UUID
    title: str
    text: str
    language: str
    author: str
    channel: str
    state: str
    since: datetime
    reports: Sequence[Report] = field(default_factory=list)
    author_id: uuid.UUID | None = None


@dataclass(frozen=True)
class QueueFilter:
    """What part of the queue is looked at: `waiting` (new and reported) or `hidden`; one process or all one may see."""

    view: str = "waiting"
    process_ids: Collection[uuid.UUID] | None = None
    page: int = 1


def _in_processes(
    column: InstrumentedAttribute[uuid.UUID], process_ids: Collection[uuid.UUID] | None
) -> list[ColumnElement[bool]]:
    return [] if process_ids is None else [column.in_(process_ids)]


def queue(session: Session, wanted: QueueFilter) -> Page[QueueItem]:
    """The queue, what has waited longest first. A constant number of queries for any length."""
    keys = _keys(session, wanted)
    page = page_of(keys, wanted.page, QUEUE_PAGE)
    return Page(_items(session, page.items), page.number, page.size, page.total)


@decides("moderation_queue")
def _keys(session: Session, wanted: QueueFilter) -> list[tuple[Subject, uuid.UUID, datetime]]:
    """Which subjects stand in the queue, in its order: type, id and since when."""
    keys: dict[tuple[Subject, uuid.UUID], datetime] = {}
    proposals = select(Proposal.id, func.coalesce(Proposal.changed_at, Proposal.created_at)).where(
        *_in_processes(Proposal.process_id, wanted.process_ids)
    )
    if wanted.view == "hidden":
        for row in session.execute(proposals.where(Proposal.state == ProposalState.HIDDEN)):
            keys[Subject.PROPOSAL, row[0]] = row[1]
        comments = (
            select(Comment.id, Comment.created_at)
            .join(Proposal, Proposal.id == Comment.proposal_id)
            .where(Comment.state == CommentState.HIDDEN, *_in_processes(Proposal.process_id, wanted.process_ids))
        )
        for row in session.execute(comments):
            keys[Subject.COMMENT, row[0]] = row[1]
    else:
        for row in session.execute(proposals.where(Proposal.state == ProposalState.PENDING)):
            keys[Subject.PROPOSAL, row[0]] = row[1]
        reported = (
            select(Report.subject_type, Report.subject_id, func.min(Report.created_at))
            .where(Report.state == ReportState.OPEN, *_in_processes(Report.process_id, wanted.process_ids))
            .group_by(Report.subject_type, Report.subject_id)
        )
        for kind, subject_id, since in session.execute(reported):
            earlier = keys.get((kind, subject_id), since)
            keys[kind, subject_id] = min(earlier, since)
    ordered = sorted(((kind, key, since) for (kind, key), since in keys.items()), key=lambda item: (item[2], str(item[1])))
    if wanted.view == "hidden":
        ordered.reverse()
    return ordered


def _items(session: Session, keys: Sequence[tuple[Subject, uuid.UUID, datetime]]) -> list[QueueItem]:
    comment_ids = [key for kind, key, _ in keys if kind is Subject.COMMENT]
    comments = {c.id: c for c in session.scalars(select(Comment).where(Comment.id.in_(comment_ids)))}
    proposal_ids = {key for kind, key, _ in keys if kind is Subject.PROPOSAL} | {c.proposal_id for c in comments.values()}
    proposals = {p.id: p for p in session.scalars(select(Proposal).where(Proposal.id.in_(proposal_ids)))}
    authors = {p.author_id for p in proposals.values()} | {c.author_id for c in comments.values()}
    names = people_names(session, {author for author in authors if author})
    reports: dict[uuid.UUID, list[Report]] = defaultdict(list)
    open_reports = select(Report).where(Report.subject_id.in_([key for _, key, _ in keys]), Report.state == ReportState.OPEN)
    for report in session.scalars(open_reports.order_by(Report.created_at)):
        reports[report.subject_id].append(report)
    items = []
    for kind, key, since in keys:
        if kind is Subject.PROPOSAL and (proposal := proposals.get(key)):
            items.append(_proposal_item(proposal, names, since, reports[key]))
        elif kind is Subject.COMMENT and (comment := comments.get(key)):
            items.append(_comment_item(comment, proposals[comment.proposal_id], names, since, reports[key]))
    return items


def _proposal_item(proposal: Proposal, names: dict[uuid.UUID, str], since: datetime, reports: Sequence[Report]) -> QueueItem:
    author = names.get(proposal.author_id, "") if proposal.author_id else proposal.author_name
    return QueueItem(
        Subject.PROPOSAL,
        proposal.id,
        proposal.id,
        proposal.reference,
        proposal.process_id,
        proposal.title,
        proposal.text,
        proposal.language,
        author,
        proposal.channel,
        proposal.state,
        since,
        reports,
        proposal.author_id,
    )


def _comment_item(
    comment: Comment, proposal: Proposal, names: dict[uuid.UUID, str], since: datetime, reports: Sequence[Report]
) -> QueueItem:
    return QueueItem(
        Subject.COMMENT,
        comment.id,
        proposal.id,
        proposal.reference,
        proposal.process_id,
        proposal.title,
        comment.text,
        comment.language,
        names.get(comment.author_id, "") if comment.author_id else comment.author_name,
        comment.channel,
        comment.state,
        since,
        reports,
        comment.author_id,
    )


def waiting_count(session: Session, process_ids: Collection[uuid.UUID] | None) -> int:
    """How many things need a decision, for the overview."""
    return len(_keys(session, QueueFilter(process_ids=process_ids)))


def reportable_comment(session: Session, comment_id: uuid.UUID) -> Comment:
    """A comment that everybody sees. Raises NotFound."""
    comment = session.get(Comment, comment_id)
    if comment is None or comment.state is not CommentState.PUBLISHED:
        raise NotFound
    return comment


def decisions_on(session: Session, subject_type: Subject, subject_id: uuid.UUID) -> Sequence[Decision]:
    """Every decision on one subject, newest first."""
    return session.scalars(
        select(Decision)
        .where(Decision.subject_type == subject_type, Decision.subject_id == subject_id)
        .order_by(Decision.created_at.desc())
    ).all()


def hiding_decision(session: Session, subject_type: Subject, subject_id: uuid.UUID) -> Decision | None:
    """The decision by which something is hidden now: what its author reads."""
    moved = (Verb.APPROVE, Verb.HIDE, Verb.RESTORE)  # settling a report on it, or taking that back, leaves it hidden
    standing = (one for one in decisions_on(session, subject_type, subject_id) if one.verb in moved)
    latest = next(standing, None)
    return latest if latest and latest.verb is Verb.HIDE else None


def taken_together(session: Session, together_id: uuid.UUID) -> Sequence[Decision]:
    """The decisions that one click took on several things."""
    return session.scalars(
        select(Decision).where(Decision.together_id == together_id).order_by(Decision.created_at, Decision.id)
    ).all()


@dataclass(frozen=True)
class Named:
    """How a list calls one contribution."""

    subject_type: Subject
    subject_id: uuid.UUID
    reference: str
    title: str
    words: str
    language: str


def named(
    session: Session, subjects: Collection[tuple[Subject, uuid.UUID]], process_ids: Collection[uuid.UUID] | None
) -> dict[tuple[Subject, uuid.UUID], Named]:
    """How those of them are called that stand in these processes; the others are nobody's business here."""
    found = {}
    ids = [key for kind, key in subjects if kind is Subject.PROPOSAL]
    inside = _in_processes(Proposal.process_id, process_ids)
    for proposal in session.scalars(select(Proposal).where(Proposal.id.in_(ids), *inside)):
        found[Subject.PROPOSAL, proposal.id] = Named(
            Subject.PROPOSAL, proposal.id, proposal.reference, proposal.title, "", proposal.language
        )
    ids = [key for kind, key in subjects if kind is Subject.COMMENT]
    query = select(Comment, Proposal).join(Proposal, Proposal.id == Comment.proposal_id).where(Comment.id.in_(ids), *inside)
    for comment, proposal in session.execute(query):
        found[Subject.COMMENT, comment.id] = Named(
            Subject.COMMENT, comment.id, proposal.reference, proposal.title, excerpt(comment.text, 80), comment.language
        )
    return found
