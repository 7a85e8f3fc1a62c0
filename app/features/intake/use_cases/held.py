"""A batch and a sheet while something is done to them: held, so that two clerks follow one another; and noted in the log.

Whoever needs both holds the batch first.
"""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.intake.models import IntakeBatch, IntakeSheet
from app.features.intake.rules import REASON_MOST
from app.kernel import audit, clock
from app.kernel.errors import Conflict, Forbidden, NotFound, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Permission
from app.kernel.texts import clean_text

NO_CLERK = msg("You do not take in paper for this process, or not any more. Give the sheet to a colleague.")


def held_batch(session: Session, actor: Actor, batch_id: uuid.UUID, states: frozenset[Any], otherwise: Message) -> IntakeBatch:
    """The batch, held until the end of the transaction. Raises NotFound, Forbidden for everybody but clerks of its process,
    Conflict with `otherwise` in any state but `states`."""
    query = select(IntakeBatch).where(IntakeBatch.id == batch_id).with_for_update().execution_options(populate_existing=True)
    batch = session.scalars(query).one_or_none()
    if batch is None:
        raise NotFound
    require_clerk(actor, batch.process_id)
    if batch.state not in states:
        raise Conflict(otherwise)
    batch.changed_at = clock.now()
    return batch


def require_clerk(actor: Actor, process_id: uuid.UUID | None) -> uuid.UUID:
    """The clerk's id. Raises SignInRequired, and Forbidden for whoever does not take in for the process."""
    clerk = actor.require_signed_in()
    if not actor.may(Permission.INTAKE, process_id):
        raise Forbidden(NO_CLERK)
    return clerk


def held_sheet(session: Session, batch: IntakeBatch, sheet_id: uuid.UUID) -> IntakeSheet:
    """A sheet of a batch that is held already. Raises NotFound."""
    query = select(IntakeSheet).where(IntakeSheet.id == sheet_id, IntakeSheet.batch_id == batch.id)
    sheet = session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if sheet is None:
        raise NotFound
    return sheet


def written_reason(text: str, otherwise: Message) -> str:
    """A reason that somebody wrote. Raises Refused with `otherwise` when there is none."""
    reason = clean_text(text)[:REASON_MOST]
    if not reason:
        raise Refused(otherwise, field="reason")
    return reason


def note(
    session: Session, actor: Actor, action: str, about: IntakeBatch | IntakeSheet, batch: IntakeBatch, **more: Any
) -> None:
    """Write into the audit log who did what. What a sheet says is never written there."""
    if isinstance(about, IntakeSheet):
        more |= {"batch": batch.reference, "number": about.number}
    voice_id = about.person_id if isinstance(about, IntakeSheet) else None
    audit.record(session, actor, action, about, process_id=batch.process_id, voice_id=voice_id, **more)
