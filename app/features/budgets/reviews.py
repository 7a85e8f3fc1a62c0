"""How reviews are looked up: the one that holds for a proposal is the newest that was not taken back."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Subquery, case, func, select
from sqlalchemy.orm import Session, aliased

from app.features.budgets.models import Feasibility, FeasibilityReview, Pot, PotState, Project, ProjectProposal
from app.features.proposals.queries import Proposal, ProposalState
from app.kernel.paging import Page


def holding_reviews() -> Subquery:
    """Of each proposal the number of the review that holds, with its outcome, for other statements to join."""
    other = aliased(FeasibilityReview)
    newer = (
        select(other.id)
        .where(
            other.proposal_id == FeasibilityReview.proposal_id,
            other.taken_back_at.is_(None),
            other.number > FeasibilityReview.number,
        )
        .exists()
    )
    columns = (FeasibilityReview.id, FeasibilityReview.proposal_id, FeasibilityReview.outcome)
    return select(*columns).where(FeasibilityReview.taken_back_at.is_(None), ~newer).subquery()


def review_of(session: Session, proposal_id: uuid.UUID, *, fresh: bool = False) -> FeasibilityReview | None:
    """The review that holds for a proposal."""
    query = select(FeasibilityReview).where(
        FeasibilityReview.proposal_id == proposal_id, FeasibilityReview.taken_back_at.is_(None)
    )
    ordered = query.order_by(FeasibilityReview.number.desc()).limit(1)
    return session.scalars(ordered.execution_options(populate_existing=fresh)).one_or_none()


def reviews_of(session: Session, proposal_id: uuid.UUID) -> Sequence[FeasibilityReview]:
    """Every review of a proposal, the newest first, those taken back too."""
    query = select(FeasibilityReview).where(FeasibilityReview.proposal_id == proposal_id)
    return session.scalars(query.order_by(FeasibilityReview.number.desc())).all()


def costs_of(session: Session, proposal_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """What the reviews that hold estimate, by proposal; without those that name no sum."""
    holds = holding_reviews()
    query = (
        select(FeasibilityReview.proposal_id, FeasibilityReview.cost)
        .join(holds, holds.c.id == FeasibilityReview.id)
        .where(FeasibilityReview.proposal_id.in_(proposal_ids), FeasibilityReview.cost.is_not(None))
    )
    return {proposal_id: cost for proposal_id, cost in session.execute(query).tuples() if cost is not None}


def project_of(session: Session, proposal_id: uuid.UUID) -> Project | None:
    """The project that was made from a proposal."""
    query = select(Project).join(ProjectProposal, ProjectProposal.project_id == Project.id)
    return session.scalars(query.where(ProjectProposal.proposal_id == proposal_id)).one_or_none()


def fixed_pot_of(session: Session, proposal_id: uuid.UUID) -> uuid.UUID | None:
    """The fixed pot on whose ballot a proposal is."""
    query = (
        select(Pot.id)
        .join(Project, Project.pot_id == Pot.id)
        .join(ProjectProposal, ProjectProposal.project_id == Project.id)
        .where(ProjectProposal.proposal_id == proposal_id, Pot.state != PotState.DRAFT)
    )
    return session.scalars(query).first()


@dataclass(frozen=True)
class Reviewed:
    """A proposal with the review that holds, None where there is none yet."""

    proposal: Proposal
    review: FeasibilityReview | None


def published_reviews(
    session: Session, process_id: uuid.UUID, outcome: Feasibility | None, *, number: int, size: int
) -> Page[Reviewed]:
    """One page of the published proposals of a process that were reviewed, the last review first."""
    holds = holding_reviews()
    query = (
        select(Proposal, FeasibilityReview)
        .join(FeasibilityReview, FeasibilityReview.proposal_id == Proposal.id)
        .join(holds, holds.c.id == FeasibilityReview.id)
        .where(Proposal.process_id == process_id, Proposal.state == ProposalState.PUBLISHED)
    )
    if outcome is not None:
        query = query.where(FeasibilityReview.outcome == outcome)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    number = min(number, max(1, -(-total // size)))
    ordered = query.order_by(FeasibilityReview.created_at.desc(), FeasibilityReview.id)
    rows = session.execute(ordered.limit(size).offset((number - 1) * size)).tuples()
    return Page([Reviewed(*row) for row in rows], number, size, total)


def outcomes_of(session: Session, process_id: uuid.UUID) -> dict[Feasibility, int]:
    """How many published proposals of a process have each outcome."""
    holds = holding_reviews()
    query = (
        select(holds.c.outcome, func.count())
        .join(Proposal, Proposal.id == holds.c.proposal_id)
        .where(Proposal.process_id == process_id, Proposal.state == ProposalState.PUBLISHED)
        .group_by(holds.c.outcome)
    )
    return dict(session.execute(query).tuples().all())


def candidates(session: Session, process_id: uuid.UUID, *, waiting: bool, number: int, size: int) -> Page[Reviewed]:
    """One page of the published proposals that staff review, or have reviewed: accepted ones first, then by supports."""
    holds = holding_reviews()
    query = (
        select(Proposal, FeasibilityReview)
        .outerjoin(holds, holds.c.proposal_id == Proposal.id)
        .outerjoin(FeasibilityReview, FeasibilityReview.id == holds.c.id)
        .where(Proposal.process_id == process_id, Proposal.state == ProposalState.PUBLISHED)
    )
    if waiting:
        query = query.where(holds.c.id.is_(None), func.coalesce(Proposal.answer_status, "") != "rejected")
    else:
        query = query.where(holds.c.id.is_not(None))
    total = session.scalar(select(func.count()).select_from(query.with_only_columns(Proposal.id).subquery())) or 0
    number = min(number, max(1, -(-total // size)))
    first = case((Proposal.answer_status == "accepted", 0), else_=1)
    ordered = query.order_by(first, Proposal.supports_count.desc(), Proposal.id)
    rows = session.execute(ordered.limit(size).offset((number - 1) * size)).tuples()
    return Page([Reviewed(*row) for row in rows], number, size, total)
