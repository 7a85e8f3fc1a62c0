"""Batches and their sheets, for the pages of clerks."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from app.features.accounts.queries import people_names
from app.features.intake.models import BatchState, IntakeBatch, IntakeSheet, SheetKind, SheetState
from app.features.intake.rules import READS, TAKES_SHEETS, Equation, equation, record_of
from app.features.proposals.queries import Proposal
from app.features.scans.queries import looked_through
from app.kernel.errors import NotFound
from app.kernel.paging import Page, last_page
from app.kernel.permissions import Actor, Permission

__all__ = [
    "READS",
    "TAKES_SHEETS",
    "BatchState",
    "IntakeBatch",
    "IntakeSheet",
    "SheetKind",
    "SheetState",
    "batch_of_clerk",
    "batches_begun",
    "batches_of_clerk",
    "batches_to_read",
    "last_of",
    "names_of",
    "next_to_read",
    "numbers_of",
    "numbers_of_all",
    "proposals_of",
    "readings_since",
    "sheet_of",
    "sheets_of",
    "sheets_since",
]
SHOWN = 50


def batches_of_clerk(session: Session, actor: Actor, *, closed: bool = False, number: int = 1) -> Page[IntakeBatch]:
    """The batches that this clerk may work on, what was changed last first, a page of them."""
    is_closed = IntakeBatch.state == BatchState.CLOSED
    which = _allowed(actor), is_closed if closed else ~is_closed
    total = session.scalar(select(func.count()).select_from(IntakeBatch).where(*which)) or 0
    number = last_page(number, total, SHOWN)
    query = select(IntakeBatch).where(*which).order_by(IntakeBatch.changed_at.desc(), IntakeBatch.id)
    return Page(session.scalars(query.limit(SHOWN).offset((number - 1) * SHOWN)).all(), number, SHOWN, total)


def batches_begun(session: Session, actor: Actor, kind: SheetKind, subject: uuid.UUID, most: int) -> Sequence[IntakeBatch]:
    """Batches of the same sheets, of a process or of an agreement, that take more; what was changed last first."""
    of = IntakeBatch.agreement_id if kind is SheetKind.CONSENT else IntakeBatch.process_id
    query = select(IntakeBatch).where(
        _allowed(actor), IntakeBatch.kind == kind, of == subject, IntakeBatch.state.in_(TAKES_SHEETS)
    )
    return session.scalars(query.order_by(IntakeBatch.changed_at.desc(), IntakeBatch.id).limit(most)).all()


def _allowed(actor: Actor) -> ColumnElement[bool]:
    processes = actor.processes_where(Permission.INTAKE)
    if processes is None:
        return IntakeBatch.id.is_not(None)
    whole_city = IntakeBatch.process_id.is_(None) if processes else IntakeBatch.id.is_(None)
    return or_(IntakeBatch.process_id.in_(processes), whole_city)


def batch_of_clerk(session: Session, actor: Actor, batch_id: uuid.UUID) -> IntakeBatch:
    """A batch that this clerk may work on. Raises NotFound for every other."""
    batch = session.get(IntakeBatch, batch_id)
    if batch is None or not actor.may(Permission.INTAKE, batch.process_id):
        raise NotFound
    return batch


def sheets_of(session: Session, batch: IntakeBatch) -> Sequence[IntakeSheet]:
    """All sheets of a batch by their numbers."""
    return session.scalars(select(IntakeSheet).where(IntakeSheet.batch_id == batch.id).order_by(IntakeSheet.number)).all()


def sheet_of(session: Session, batch: IntakeBatch, sheet_id: uuid.UUID) -> IntakeSheet:
    """One sheet of a batch. Raises NotFound."""
    sheet = session.get(IntakeSheet, sheet_id)
    if sheet is None or sheet.batch_id != batch.id:
        raise NotFound
    return sheet


def numbers_of(session: Session, batch: IntakeBatch) -> tuple[Equation, Mapping[SheetState, int]]:
    """Declared, entered and void; and how many sheets are in which state."""
    return numbers_of_all(session, [batch])[batch.id]


def numbers_of_all(
    session: Session, batches: Sequence[IntakeBatch]
) -> dict[uuid.UUID, tuple[Equation, Mapping[SheetState, int]]]:
    """The same of many batches, in one question."""
    rows = session.execute(
        select(IntakeSheet.batch_id, IntakeSheet.state, func.count())
        .where(IntakeSheet.batch_id.in_([batch.id for batch in batches]))
        .group_by(IntakeSheet.batch_id, IntakeSheet.state)
    )
    counted: dict[uuid.UUID, Counter[SheetState]] = {batch.id: Counter() for batch in batches}
    for batch_id, state, number in rows:
        counted[batch_id][state] = number
    return {batch.id: (equation(batch, counted[batch.id].elements()), counted[batch.id]) for batch in batches}


def next_to_read(session: Session, batch: IntakeBatch, reader_id: uuid.UUID) -> IntakeSheet | None:
    """The first sheet that waits for a second reader and was not entered by this one, at the keyboard or in the scans."""
    query = select(IntakeSheet).where(
        IntakeSheet.batch_id == batch.id,
        IntakeSheet.state == SheetState.ENTERED,
        IntakeSheet.first_by.is_distinct_from(reader_id),
    )
    waiting = session.scalars(query.order_by(IntakeSheet.number)).all()
    own = looked_through(session, reader_id, [record_of(sheet.id) for sheet in waiting])
    return next((sheet for sheet in waiting if record_of(sheet.id) not in own), None)


def batches_to_read(session: Session, actor: Actor) -> int:
    """How many batches have a sheet that somebody else entered and that this clerk can read a second time."""
    waits = exists().where(
        IntakeSheet.batch_id == IntakeBatch.id,
        IntakeSheet.state == SheetState.ENTERED,
        IntakeSheet.first_by.is_distinct_from(actor.require_signed_in()),
    )
    query = select(func.count()).select_from(IntakeBatch).where(_allowed(actor), IntakeBatch.state.in_(READS), waits)
    return session.scalar(query) or 0


def last_of(session: Session, batch: IntakeBatch, clerk_id: uuid.UUID) -> IntakeSheet | None:
    """The sheet that this clerk entered last, as long as it can be taken back."""
    query = select(IntakeSheet).where(IntakeSheet.batch_id == batch.id, IntakeSheet.first_by == clerk_id)
    sheet = session.scalars(query.order_by(IntakeSheet.number.desc()).limit(1)).first()
    return sheet if sheet is not None and sheet.state is SheetState.ENTERED else None


def sheets_since(session: Session, clerk_id: uuid.UUID, since: datetime) -> int:
    """How many sheets these hands entered since a moment."""
    query = select(func.count()).select_from(IntakeSheet)
    return session.scalar(query.where(IntakeSheet.first_by == clerk_id, IntakeSheet.created_at >= since)) or 0


def readings_since(session: Session, clerk_id: uuid.UUID, since: datetime) -> int:
    """How many sheets these hands read a second time since a moment."""
    query = select(func.count()).select_from(IntakeSheet)
    return session.scalar(query.where(IntakeSheet.second_by == clerk_id, IntakeSheet.second_at >= since)) or 0


def proposals_of(session: Session, sheets: Sequence[IntakeSheet]) -> dict[uuid.UUID, Proposal]:
    """What sheets have become, by the id of the proposal."""
    ids = [sheet.proposal_id for sheet in sheets if sheet.proposal_id]
    return {found.id: found for found in session.scalars(select(Proposal).where(Proposal.id.in_(ids)))}


def names_of(session: Session, batches: Sequence[IntakeBatch]) -> dict[uuid.UUID, str]:
    """The names of the clerks who opened and signed, by their ids."""
    return people_names(
        session,
        [one for batch in batches for one in (batch.opened_by, batch.entered_by, batch.reconciled_by, batch.closed_by)],
    )
