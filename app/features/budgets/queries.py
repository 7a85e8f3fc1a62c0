"""How pots and projects are looked up; other rooms ask here."""

import uuid
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, selectinload

from app.features.budgets.announcing import ballot_steps
from app.features.budgets.ballots import ballot_file
from app.features.budgets.checklist import Step, missing_before_fixing, more_steps
from app.features.budgets.choices import (
    NOTHING,
    Choices,
    check_choices,
    check_new_choices,
    gives_points,
    in_order,
    is_ranking,
    least_projects,
    listed,
    most_cost,
    most_points_each,
    most_projects,
    withdrawn_from,
)
from app.features.budgets.downloads import result_text
from app.features.budgets.gone import Gone, gone_from
from app.features.budgets.holding import (
    HELD,
    HELD_FROM,
    OF_HELD,
    THIS_POT,
    OpenPot,
    give_fixed_projects,
    held_pot,
    held_pot_in,
    hold_pots,
    process_of_fixed,
)
from app.features.budgets.models import (
    ElectionImport,
    Feasibility,
    FeasibilityReview,
    Pot,
    PotState,
    Project,
    ProjectCategory,
    ProjectProposal,
)
from app.features.budgets.money import decimals_of
from app.features.budgets.money import show as show_money
from app.features.budgets.outcomes import ballot_name, rule_name, score_head, score_number, score_words, tie_words
from app.features.budgets.reviews import fixed_pot_of, holding_reviews, project_of, review_of, reviews_of
from app.features.budgets.rules import ANNULLED, FEW_BALLOTS, few_ballots, joined, paper_apart, require_valid, too_few
from app.features.budgets.ties import tied_sentences
from app.features.proposals.queries import Proposal, ProposalState
from app.features.spaces.queries import Process, ProcessState, dated, may_see
from app.kernel.errors import NotFound
from app.kernel.permissions import Actor, Permission

__all__ = [
    "ANNULLED",
    "FEW_BALLOTS",
    "HELD",
    "HELD_FROM",
    "NOTHING",
    "OF_HELD",
    "THIS_POT",
    "Choices",
    "ElectionImport",
    "Feasibility",
    "FeasibilityReview",
    "Gone",
    "OpenPot",
    "Pot",
    "PotState",
    "Project",
    "ProjectCategory",
    "Step",
    "accepted_proposals",
    "ballot_file",
    "ballot_name",
    "ballot_steps",
    "ballots_by_channel",
    "categories_of_numbers",
    "check_choices",
    "check_new_choices",
    "decimals_of",
    "few_ballots",
    "fixed_pot_of",
    "give_fixed_projects",
    "gives_points",
    "gone_from",
    "held_pot",
    "held_pot_in",
    "hold_pots",
    "holding_reviews",
    "in_order",
    "is_ranking",
    "joined",
    "least_projects",
    "listed",
    "missing_before_fixing",
    "more_steps",
    "most_cost",
    "most_points_each",
    "most_projects",
    "paper_apart",
    "pot",
    "pots_in",
    "pots_of",
    "process_of_fixed",
    "project_of",
    "project_places",
    "projects_of",
    "require_valid",
    "result_text",
    "review_of",
    "reviews_of",
    "rule_name",
    "score_head",
    "score_number",
    "score_words",
    "show_money",
    "tie_words",
    "tied_sentences",
    "too_few",
    "usable_proposals",
    "visible_pot",
    "visible_pot_with_process",
    "visible_pots",
    "votes_to_keep",
    "withdrawn_from",
]


def pot(session: Session, pot_id: uuid.UUID, *, fresh: bool = False) -> Pot | None:
    """A pot with its projects, their categories and the proposals they were made from.

    `fresh`: read again what this session has read before, for whoever has locked the pot meanwhile.
    """
    query = (
        select(Pot)
        .where(Pot.id == pot_id)
        .options(
            selectinload(Pot.projects).selectinload(Project.categories),
            selectinload(Pot.projects).selectinload(Project.proposals),
        )
    )
    return session.scalars(query.execution_options(populate_existing=fresh)).one_or_none()


def visible_pot(session: Session, actor: Actor, pot_id: uuid.UUID) -> Pot:
    """The pot if `actor` may see it: fixed ones of visible processes, drafts for those who set them up. Raises NotFound."""
    found = pot(session, pot_id)
    if found is None:
        raise NotFound
    return _shown_to(session, actor, found)


def visible_pot_with_process(session: Session, actor: Actor, pot_id: uuid.UUID) -> tuple[Pot, Process]:
    """The same without its projects, which it reads when it is asked for them, and its process with its phases."""
    row = session.execute(_WITH_PROCESS, {"id": pot_id}).unique().one_or_none()
    if row is None:
        raise NotFound
    return _shown_to(session, actor, row[0]), row[1]


_WITH_PROCESS = dated(select(Pot, Process).join(Process, Process.id == Pot.process_id).where(Pot.id == bindparam("id")))


def _shown_to(session: Session, actor: Actor, found: Pot) -> Pot:
    if actor.may(Permission.BUDGET_MANAGE, found.process_id) or actor.may(Permission.BUDGET_INSPECT, found.process_id):
        return found
    space = session.get(Process, found.process_id)
    if found.state is PotState.DRAFT or space is None or (space.state is ProcessState.DRAFT and not _rehearses(actor, space)):
        raise NotFound
    return found


def _rehearses(actor: Actor, process: Process) -> bool:
    return process.rehearsal_of is not None and may_see(actor, process)


def visible_pots(session: Session) -> Sequence[Pot]:
    """Every pot that residents can see, the newest process first."""
    return session.scalars(
        select(Pot)
        .join(Process, Process.id == Pot.process_id)
        .where(Pot.state != PotState.DRAFT, Process.state != ProcessState.DRAFT)
        .order_by(Process.created_at.desc(), Pot.position, Pot.id)
    ).all()


def pots_of(session: Session, process_id: uuid.UUID) -> Sequence[Pot]:
    """All pots of a process, drafts too."""
    return session.scalars(select(Pot).where(Pot.process_id == process_id).order_by(Pot.position, Pot.id)).all()


def pots_in(session: Session, process_ids: Collection[uuid.UUID] | None) -> Sequence[Pot]:
    """All pots of several processes (None: all), for staff; those of rehearsals are reached from their own page."""
    query = select(Pot).join(Process, Process.id == Pot.process_id).where(Process.rehearsal_of.is_(None))
    query = query.order_by(Pot.position, Pot.created_at.desc(), Pot.id)
    return session.scalars(query if process_ids is None else query.where(Pot.process_id.in_(process_ids))).all()


def votes_to_keep(session: Session) -> set[uuid.UUID]:
    """The processes with a ballot that was fixed here, and is neither certified nor annulled."""
    return set(
        session.scalars(
            select(Pot.process_id).where(
                Pot.state.in_((PotState.READY, PotState.COUNTED)),
                Pot.annulled_at.is_(None),
                Pot.options["digest"].as_string().is_not(None),  # imported elections were fixed elsewhere
            )
        )
    )


def projects_of(session: Session, pot_id: uuid.UUID) -> Sequence[Project]:
    """The projects of a pot in the order of the ballot."""
    return session.scalars(select(Project).where(Project.pot_id == pot_id).order_by(Project.position, Project.id)).all()


def project_numbers(session: Session, pot_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many projects each pot has."""
    rows = session.execute(select(Project.pot_id, func.count()).where(Project.pot_id.in_(pot_ids)).group_by(Project.pot_id))
    return dict(rows.tuples().all())


def accepted_proposals(session: Session, process_id: uuid.UUID) -> Sequence[Proposal]:
    """Published proposals that the city accepted and that are on no ballot yet, those with the most supports first."""
    return session.scalars(_accepted(process_id)).all()


def usable_proposals(session: Session, process_id: uuid.UUID) -> Sequence[Proposal]:
    """Those of the accepted ones that were found feasible: they can become projects."""
    holds = holding_reviews()
    feasible = select(holds.c.proposal_id).where(holds.c.outcome != Feasibility.NOT_FEASIBLE)
    return session.scalars(_accepted(process_id).where(Proposal.id.in_(feasible))).all()


def _accepted(process_id: uuid.UUID) -> Select[Proposal]:
    used = select(ProjectProposal.proposal_id)
    return (
        select(Proposal)
        .where(
            Proposal.process_id == process_id,
            Proposal.state == ProposalState.PUBLISHED,
            Proposal.answer_status == "accepted",
            Proposal.id.not_in(used),
        )
        .order_by(Proposal.supports_count.desc(), Proposal.id)
    )


def project_places(session: Session, pot_id: uuid.UUID) -> Iterator[dict[str, Any]]:
    """Number, title, cost and place of each located project: what a map needs."""
    rows = session.execute(
        select(Project.number, Project.reference, Project.title, Project.cost, Project.lon, Project.lat)
        .where(Project.pot_id == pot_id, Project.lon.is_not(None))
        .order_by(Project.position)
    )
    return (dict(row) for row in rows.mappings())


def categories_of_numbers(session: Session, pot_id: uuid.UUID) -> dict[str, list[uuid.UUID]]:
    """Category ids of the projects of a pot, by the number that stands on the ballot."""
    found: dict[str, list[uuid.UUID]] = {}
    rows = session.execute(
        select(Project.number, ProjectCategory.category_id)
        .join(Project, Project.id == ProjectCategory.project_id)
        .where(Project.pot_id == pot_id)
    )
    for number, category_id in rows:
        found.setdefault(number, []).append(category_id)
    return found


def sources_of(session: Session, project: Project) -> Sequence[Proposal]:
    """The proposals a project was made from, whatever has become of them; staff pages only."""
    ids = select(ProjectProposal.proposal_id).where(ProjectProposal.project_id == project.id)
    return session.scalars(select(Proposal).where(Proposal.id.in_(ids)).order_by(Proposal.reference)).all()


def ballots_by_channel(session: Session, process_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    """How the ballots of the certified pots of some processes came in, as their results tell it: small numbers together."""
    query = select(Pot.process_id, Pot.result["channels"]).where(Pot.state == PotState.CERTIFIED, Pot.annulled_at.is_(None))
    found: dict[uuid.UUID, dict[str, int]] = {}
    for process_id, channels in session.execute(query.where(Pot.process_id.in_(process_ids)).order_by(Pot.position)):
        sums = found.setdefault(process_id, {})
        for name, number in (channels or {}).items():
            sums[name] = sums.get(name, 0) + number
    return found
