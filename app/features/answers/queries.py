"""How answers, what waits for one, and what is carried out are looked up."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.features.answers.models import (
    DEFAULT_DAYS,
    AnswerPromise,
    AnswerStatus,
    AnswerVersion,
    Implementation,
    ImplementationFollow,
    ImplementationSource,
    Milestone,
    MilestoneState,
    OfficialAnswer,
)
from app.features.answers.rules import due_at, progress_of
from app.features.proposals.queries import Proposal, ProposalState, Recipient, followers, supports_by_channel
from app.features.spaces.queries import may_see
from app.features.spaces.queries import process as process_by_id
from app.kernel.errors import NotFound
from app.kernel.paging import Page
from app.kernel.permissions import Actor, Channel

QUEUE_PAGE = 25
WAITS = or_(Proposal.answer_status.is_(None), Proposal.answer_status == AnswerStatus.UNDER_EVALUATION)
"""No answer yet, or one that is not final: what the queue shows and the overview counts."""


def answer_of(session: Session, proposal_id: uuid.UUID) -> OfficialAnswer | None:
    """The official answer to a proposal, if there is one."""
    return session.scalars(select(OfficialAnswer).where(OfficialAnswer.proposal_id == proposal_id)).first()


def versions_of(session: Session, answer_id: uuid.UUID) -> Sequence[AnswerVersion]:
    """What was published before, newest first."""
    return session.scalars(
        select(AnswerVersion).where(AnswerVersion.answer_id == answer_id).order_by(AnswerVersion.version.desc())
    ).all()


@dataclass(frozen=True)
class Waiting:
    """A proposal in the officers' queue and until when it is to be answered."""

    id: uuid.UUID
    reference: str
    title: str
    language: str
    process_id: uuid.UUID
    category_id: uuid.UUID | None
    area_id: uuid.UUID | None
    published_at: datetime
    supports: int
    supports_by: Mapping[str, int]
    """The supports by the way they came in; empty where there is nothing to compare."""
    channel: Channel
    status: str | None
    due: datetime
    overdue: bool


@dataclass(frozen=True)
class QueueFilter:
    """`waiting` (none yet, or under evaluation) or `answered`; in which processes; about which category."""

    view: str = "waiting"
    process_ids: Collection[uuid.UUID] | None = None
    category_id: uuid.UUID | None = None
    page: int = 1


def queue(session: Session, wanted: QueueFilter, now: datetime) -> Page[Waiting]:
    """Published proposals in the order in which their answers are due; answered ones newest first."""
    days = dict(session.execute(select(AnswerPromise.process_id, AnswerPromise.days)).tuples().all())
    conditions = [Proposal.state == ProposalState.PUBLISHED, Proposal.published_at.is_not(None)]
    if wanted.process_ids is not None:
        conditions.append(Proposal.process_id.in_(wanted.process_ids))
    if wanted.category_id is not None:
        conditions.append(Proposal.category_id == wanted.category_id)
    conditions.append(WAITS if wanted.view == "waiting" else ~WAITS)
    order = Proposal.published_at.asc() if wanted.view == "waiting" else Proposal.published_at.desc()
    total = session.scalar(select(func.count()).select_from(Proposal).where(*conditions)) or 0
    rows = session.scalars(
        select(Proposal)
        .where(*conditions)
        .order_by(order, Proposal.id)
        .limit(QUEUE_PAGE)
        .offset((wanted.page - 1) * QUEUE_PAGE)
    ).all()
    ways = supports_by_channel(session, [proposal.id for proposal in rows])
    items = [_waiting(proposal, days, now, ways.get(proposal.id, {})) for proposal in rows]
    return Page(items, wanted.page, QUEUE_PAGE, total)


def _waiting(proposal: Proposal, days: dict[uuid.UUID, int], now: datetime, ways: Mapping[str, int]) -> Waiting:
    published = proposal.published_at or proposal.created_at
    due = due_at(published, days.get(proposal.process_id, DEFAULT_DAYS))
    return Waiting(
        proposal.id,
        proposal.reference,
        proposal.title,
        proposal.language,
        proposal.process_id,
        proposal.category_id,
        proposal.area_id,
        published,
        proposal.supports_count,
        ways,
        proposal.channel,
        proposal.answer_status,
        due,
        overdue=due < now and proposal.answer_status is None,
    )


def waiting_count(session: Session, process_ids: Collection[uuid.UUID] | None) -> int:
    """How many published proposals stand in the queue: without an answer, or under evaluation."""
    conditions = [Proposal.state == ProposalState.PUBLISHED, Proposal.published_at.is_not(None), WAITS]
    if process_ids is not None:
        conditions.append(Proposal.process_id.in_(process_ids))
    return session.scalar(select(func.count()).select_from(Proposal).where(*conditions)) or 0


def promised_days(session: Session, process_id: uuid.UUID) -> int:
    """Within how many days this process promises an answer."""
    promise = session.get(AnswerPromise, process_id)
    return promise.days if promise else DEFAULT_DAYS


@dataclass(frozen=True)
class Carried:
    """An implementation in a list: where it stands, and how many of its steps are done."""

    implementation: Implementation
    state: MilestoneState
    done: int
    steps: int
    spent: int | None


def carried(implementation: Implementation) -> Carried:
    """Where an implementation stands, worked out from its steps."""
    steps = implementation.milestones
    costs = [step.cost for step in steps if step.cost is not None]
    return Carried(
        implementation,
        progress_of([step.state for step in steps]),
        sum(step.state is MilestoneState.DONE for step in steps),
        len(steps),
        sum(costs) if costs else None,
    )


def implementation_by_reference(session: Session, reference: str) -> Implementation | None:
    """An implementation by the reference of its project, with its steps."""
    query = select(Implementation).where(Implementation.reference == reference)
    return session.scalars(query.options(selectinload(Implementation.milestones))).one_or_none()


def visible_implementation(session: Session, actor: Actor, reference: str) -> Implementation:
    """The same if `actor` may see its process. Raises NotFound."""
    found = implementation_by_reference(session, reference)
    process = process_by_id(session, found.process_id) if found else None
    if found is None or process is None or not may_see(actor, process):
        raise NotFound
    return found


def implementations_in(session: Session, process_ids: Collection[uuid.UUID] | None) -> Sequence[Implementation]:
    """What is carried out in these processes (None: in all), with the steps, the last certified first."""
    query = select(Implementation).options(selectinload(Implementation.milestones))
    if process_ids is not None:
        query = query.where(Implementation.process_id.in_(process_ids))
    return session.scalars(query.order_by(Implementation.won_on.desc(), Implementation.reference)).all()


def implementation_of_project(session: Session, project_id: uuid.UUID) -> Implementation | None:
    """What became of a project that won."""
    query = select(Implementation).where(Implementation.project_id == project_id)
    return session.scalars(query.options(selectinload(Implementation.milestones))).one_or_none()


def implementations_of_proposal(session: Session, proposal_id: uuid.UUID) -> Sequence[Implementation]:
    """What became of a proposal that was part of a project that won."""
    made = select(ImplementationSource.implementation_id).where(ImplementationSource.proposal_id == proposal_id)
    query = select(Implementation).where(Implementation.id.in_(made)).options(selectinload(Implementation.milestones))
    return session.scalars(query.order_by(Implementation.won_on, Implementation.reference)).all()


def sources_of_implementation(session: Session, implementation_id: uuid.UUID) -> Sequence[Proposal]:
    """The published proposals that an implementation came from."""
    ids = select(ImplementationSource.proposal_id).where(ImplementationSource.implementation_id == implementation_id)
    query = select(Proposal).where(Proposal.id.in_(ids), Proposal.state == ProposalState.PUBLISHED)
    return session.scalars(query.order_by(Proposal.reference)).all()


def has_implementations(session: Session, process_id: uuid.UUID) -> bool:
    """Whether anything is carried out in a process."""
    return session.scalar(select(Implementation.id).where(Implementation.process_id == process_id).limit(1)) is not None


def removed_milestones(session: Session, implementation_id: uuid.UUID) -> Sequence[Milestone]:
    """Steps that were taken off and can be brought back, the last one first."""
    query = select(Milestone).where(Milestone.implementation_id == implementation_id, Milestone.removed_at.is_not(None))
    return session.scalars(query.order_by(Milestone.removed_at.desc())).all()


def follows_implementation(session: Session, person_id: uuid.UUID | None, implementation_id: uuid.UUID) -> bool:
    """Whether this person gets news of the implementation."""
    return person_id is not None and session.get(ImplementationFollow, (implementation_id, person_id)) is not None


def people_to_tell(session: Session, implementation_id: uuid.UUID) -> list[Recipient]:
    """Everybody who follows an implementation or a proposal it came from, each once."""
    people = select(ImplementationFollow.person_id).where(ImplementationFollow.implementation_id == implementation_id)
    found = [Recipient(person_id=one) for one in session.scalars(people.order_by(ImplementationFollow.person_id))]
    for proposal in sources_of_implementation(session, implementation_id):
        found.extend(followers(session, proposal.id))
    return list(dict.fromkeys(found))
