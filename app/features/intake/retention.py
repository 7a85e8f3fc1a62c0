"""What this room removes by itself: what was typed from sheets, once it has become something."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from app.features.consents.queries import kept_pictures
from app.features.intake.models import BatchState, IntakeBatch, IntakeSheet, SheetState
from app.features.intake.rules import record_of
from app.features.scans.use_cases import keep_pictures, keep_scans_of, keep_scans_while
from app.kernel import clock
from app.kernel.messages import msg
from app.kernel.retention import Rule, declare

ENTRIES_KEPT = 90
LEFT_KEPT = 365
NOTHING: dict[str, Any] = {}


@keep_scans_while
def _may_take_scans(process_id: Any) -> ColumnElement[bool]:
    """Somebody works on a batch of this process, or of the whole city: accepted pages may still become sheets of it."""
    return exists().where(or_(IntakeBatch.process_id == process_id, IntakeBatch.process_id.is_(None)), _worked_on())


@keep_scans_of
def _not_yet(session: Session) -> list[str]:
    """Sheets that are entered and have become nothing yet."""
    waiting = (_worked_on(), IntakeSheet.became_at.is_(None), IntakeSheet.state != SheetState.VOID)
    query = select(IntakeSheet.id).join(IntakeBatch, IntakeBatch.id == IntakeSheet.batch_id).where(*waiting)
    return [record_of(sheet_id) for sheet_id in session.scalars(query)]


def _worked_on() -> ColumnElement[bool]:
    """A batch is not closed, and somebody goes on with it."""
    recent = clock.now() - timedelta(days=LEFT_KEPT)
    return and_(IntakeBatch.state != BatchState.CLOSED, IntakeBatch.changed_at >= recent)


keep_pictures(kept_pictures)


def _done_with(before: datetime) -> ColumnElement[bool]:
    """Sheets that have become what they say, or whose batch was closed, before; and of which something typed is still there.

    What became something counts by itself: its batch may publish at once and never be closed, or was opened again and left.
    """
    closed = select(IntakeBatch.id).where(IntakeBatch.state == BatchState.CLOSED, IntakeBatch.closed_at < before)
    typed = or_(*(column != NOTHING for column in (IntakeSheet.first, IntakeSheet.second, IntakeSheet.settled)))
    return and_(or_(IntakeSheet.batch_id.in_(closed), IntakeSheet.became_at < before), typed)


def _count_entries(session: Session, before: datetime) -> int:
    return session.scalar(select(func.count()).select_from(IntakeSheet).where(_done_with(before))) or 0


def _empty_entries(session: Session, before: datetime, most: int) -> int:
    found = session.scalars(select(IntakeSheet.id).where(_done_with(before)).limit(most)).all()
    if found:
        session.execute(
            update(IntakeSheet).where(IntakeSheet.id.in_(found)).values(first=NOTHING, second=NOTHING, settled=NOTHING),
            execution_options={"synchronize_session": False},
        )
    return len(found)


def _left(before: datetime) -> ColumnElement[bool]:
    """Batches that nobody went on with, and of which nothing has become anything."""
    became = exists().where(IntakeSheet.batch_id == IntakeBatch.id, IntakeSheet.became_at.is_not(None))
    return and_(IntakeBatch.state != BatchState.CLOSED, IntakeBatch.changed_at < before, ~became)


def _left_sheets(before: datetime) -> ColumnElement[bool]:
    """Sheets that have become nothing, in batches that nobody went on with although others of their sheets have."""
    left = select(IntakeBatch.id).where(IntakeBatch.state != BatchState.CLOSED, IntakeBatch.changed_at < before)
    gone = select(IntakeBatch.id).where(_left(before))
    return and_(IntakeSheet.batch_id.in_(left), IntakeSheet.batch_id.not_in(gone), IntakeSheet.became_at.is_(None))


def _count_left(session: Session, before: datetime) -> int:
    batches = session.scalar(select(func.count()).select_from(IntakeBatch).where(_left(before))) or 0
    return batches + (session.scalar(select(func.count()).select_from(IntakeSheet).where(_left_sheets(before))) or 0)


def _delete_left(session: Session, before: datetime, most: int) -> int:
    found = session.scalars(select(IntakeBatch.id).where(_left(before)).limit(most)).all()
    if found:
        session.execute(delete(IntakeBatch).where(IntakeBatch.id.in_(found)), execution_options={"synchronize_session": False})
    sheets = session.scalars(select(IntakeSheet.id).where(_left_sheets(before)).limit(most - len(found))).all()
    if sheets:
        session.execute(delete(IntakeSheet).where(IntakeSheet.id.in_(sheets)), execution_options={"synchronize_session": False})
    return len(found) + len(sheets)


declare(
    Rule(
        "intake_entries",
        msg("What two clerks typed from a sheet of paper, with how to reach the person"),
        msg("after its batch was closed, or it appeared"),
        msg("Until then a mistake can be found and told. What has become of the sheet, and its number, stay."),
        ENTRIES_KEPT,
        _count_entries,
        _empty_entries,
    )
)
declare(
    Rule(
        "intake_left",
        msg("Batches of paper that nobody went on with: their sheets of which nothing has appeared"),
        msg("after somebody last worked on them"),
        msg("Nothing of these sheets has appeared. The paper itself is kept or destroyed by the office."),
        LEFT_KEPT,
        _count_left,
        _delete_left,
        fewest_days=30,
    )
)
