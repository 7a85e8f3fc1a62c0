"""Lists of pots for residents: what is open, coming, being counted, finished; each page with a fixed number of statements."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, defer, selectinload

from app.features.budgets.models import ElectionImport, Pot, PotState, Project
from app.features.proposals.queries import Proposal, ProposalState
from app.features.spaces.queries import Area, Process, ProcessState
from app.kernel.paging import Page
from app.kernel.texts import Texts


@dataclass(frozen=True)
class PotRow:
    """A pot in a list, with its process (phases loaded), the number of its projects, and its area if it has its own."""

    pot: Pot
    process: Process
    projects: int
    area: Texts | None = None


def _visible(query: Select[Pot], process_id: uuid.UUID | None) -> Select[Pot]:
    query = query.join(Process, Process.id == Pot.process_id).where(
        Pot.state != PotState.DRAFT, Process.state != ProcessState.DRAFT
    )
    return query if process_id is None else query.where(Pot.process_id == process_id)


def running(session: Session, process_id: uuid.UUID | None = None) -> list[PotRow]:
    """Pots whose result is not certified yet, in the order of their processes."""
    query = _visible(select(Pot).options(defer(Pot.result)), process_id)
    query = query.where(Pot.state != PotState.CERTIFIED).order_by(Process.created_at.desc(), Pot.position, Pot.id)
    return _with_processes(session, session.scalars(query).all())


def finished(session: Session, *, imported: bool, process_id: uuid.UUID | None, number: int, size: int) -> Page[PotRow]:
    """One page of certified pots: our own, or those of imported elections; the last certified first."""
    query = _visible(select(Pot), process_id).where(Pot.state == PotState.CERTIFIED, Process.imported.is_(imported))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    number = min(number, max(1, -(-total // size)))
    ordered = query.order_by(Pot.certified_at.desc(), Pot.id).limit(size).offset((number - 1) * size)
    pots = session.scalars(ordered.options(defer(Pot.result))).all()
    return Page(_with_processes(session, pots), number, size, total)


def processes_with_pots(session: Session) -> list[tuple[str, Texts]]:
    """Address and title of each of our own processes that residents can see a pot of."""
    has_pot = select(Pot.id).where(Pot.process_id == Process.id, Pot.state != PotState.DRAFT).exists()
    query = select(Process.slug, Process.title).where(has_pot, Process.state != ProcessState.DRAFT, Process.imported.is_(False))
    return [(slug, title) for slug, title in session.execute(query.order_by(Process.created_at.desc())).tuples()]


def votable(session: Session) -> list[uuid.UUID]:
    """The processes that have a pot residents can see: without one there is nothing to vote on."""
    return list(session.scalars(select(Pot.process_id).where(Pot.state != PotState.DRAFT).distinct()))


def _with_processes(session: Session, pots: Sequence[Pot]) -> list[PotRow]:
    ids = {pot.process_id for pot in pots}
    query = select(Process).where(Process.id.in_(ids)).options(selectinload(Process.phases))
    processes = {process.id: process for process in session.scalars(query)}
    counted = select(Project.pot_id, func.count()).where(Project.pot_id.in_([pot.id for pot in pots]))
    numbers = dict(session.execute(counted.group_by(Project.pot_id)).tuples().all())
    areas = names_of_areas(session, {pot.area_id for pot in pots if pot.area_id})
    return [
        PotRow(pot, processes[pot.process_id], numbers.get(pot.id, 0), areas.get(pot.area_id) if pot.area_id else None)
        for pot in pots
    ]


def with_projects(session: Session, process_id: uuid.UUID) -> Sequence[Pot]:
    """The pots of a process that residents can see, with their projects and categories."""
    query = select(Pot).where(Pot.process_id == process_id, Pot.state != PotState.DRAFT).order_by(Pot.position, Pot.id)
    loaded = selectinload(Pot.projects).selectinload(Project.categories)
    return session.scalars(query.options(defer(Pot.result), loaded)).all()


def with_results(session: Session, process_id: uuid.UUID) -> Sequence[Pot]:
    """The fixed pots of a process with their projects and what was counted; for a page that has checked who may see it."""
    query = select(Pot).where(Pot.process_id == process_id, Pot.state != PotState.DRAFT).order_by(Pot.position, Pot.id)
    return session.scalars(query.options(selectinload(Pot.projects).selectinload(Project.categories))).all()


def has_certified(session: Session, process_id: uuid.UUID) -> bool:
    """Whether a pot of a process has a certified result."""
    query = select(Pot.id).where(Pot.process_id == process_id, Pot.state == PotState.CERTIFIED)
    return session.scalar(query.limit(1)) is not None


def names_of_areas(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Texts]:
    """The names of some areas."""
    return dict(session.execute(select(Area.id, Area.name).where(Area.id.in_(ids))).tuples().all())


def published_sources(session: Session, project: Project) -> Sequence[Proposal]:
    """The proposals that a project was made from and that residents may see, with their photos; hidden ones are left out."""
    ids = [link.proposal_id for link in project.proposals]
    query = select(Proposal).where(Proposal.id.in_(ids), Proposal.state == ProposalState.PUBLISHED)
    return session.scalars(query.options(selectinload(Proposal.photos)).order_by(Proposal.published_at)).all()


def import_of(session: Session, pot_id: uuid.UUID) -> ElectionImport | None:
    """Where an imported pot comes from."""
    return session.scalars(select(ElectionImport).where(ElectionImport.pot_id == pot_id)).one_or_none()
