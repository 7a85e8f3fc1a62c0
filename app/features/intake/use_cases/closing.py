"""A batch is counted against its declaration, signed, closed, and reopened with a reason."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.intake import rules
from app.features.intake.commands import MoveBatch
from app.features.intake.models import BatchState, IntakeBatch, IntakeSheet, SheetState
from app.features.intake.use_cases.becoming import become
from app.features.intake.use_cases.held import held_batch, note, require_clerk, written_reason
from app.kernel import clock
from app.kernel.errors import Conflict, Invalid, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor

ANY = frozenset(BatchState)


def finish_entering(session: Session, actor: Actor, command: MoveBatch) -> IntakeBatch:
    """Sign that all sheets are entered: the batch waits for its second reader. A second click changes nothing.

    Raises Conflict when it takes no sheets now, Refused when it is empty, or when its sheets are not as many as declared and no
    reason is written.
    """
    batch = held_batch(session, actor, command.batch_id, ANY, msg("This batch is not open."))
    if batch.state is BatchState.ENTERED and batch.entered_by == actor.person_id:
        return batch
    if batch.state not in rules.TAKES_SHEETS:
        raise Conflict(msg("The entering of this batch is finished already."))
    numbers = rules.equation(batch, _states(session, batch))
    if not numbers.entered and not numbers.void:
        raise Refused(msg("There is no sheet in this batch yet."))
    _explain(batch, numbers, command.reason)
    batch.state, batch.entered_by, batch.entered_at = BatchState.ENTERED, require_clerk(actor, batch.process_id), clock.now()
    _signed(session, actor, "intake_batch.finished", batch, numbers)
    return batch


def reconcile_batch(session: Session, actor: Actor, command: MoveBatch) -> IntakeBatch:
    """Sign that every sheet was read twice and the numbers agree: declared = entered + void, or a reason is written.

    Raises Refused while sheets wait for a second reading or differ, or without a needed reason. A second click changes nothing.
    """
    batch = held_batch(session, actor, command.batch_id, ANY, msg("This batch is not open."))
    if batch.state is BatchState.RECONCILED and batch.reconciled_by == actor.person_id:
        return batch
    if batch.state not in rules.READS:
        raise Conflict(msg("Only a batch that is read a second time can be reconciled."))
    states = _states(session, batch)
    if missing := rules.missing_before_reconciling(states):
        raise Refused(missing)
    numbers = rules.equation(batch, states)
    _explain(batch, numbers, command.reason or batch.count_reason)
    clerk = require_clerk(actor, batch.process_id)
    batch.state, batch.reconciled_by, batch.reconciled_at = BatchState.RECONCILED, clerk, clock.now()
    _signed(session, actor, "intake_batch.reconciled", batch, numbers)
    return batch


def close_batch(session: Session, actor: Actor, command: MoveBatch) -> IntakeBatch:
    """Let every sheet become what it says: all of them, or none. Repeating it, after a crash too, doubles nothing.

    Raises Conflict before it is reconciled, Refused with the number of the sheet that cannot become what it says, and why.
    """
    batch = held_batch(session, actor, command.batch_id, ANY, msg("This batch is not open."))
    if batch.state is BatchState.CLOSED:
        return batch
    if batch.state is not BatchState.RECONCILED:
        raise Conflict(msg("A batch is closed after it is reconciled."))
    sheets = session.scalars(
        select(IntakeSheet).where(IntakeSheet.batch_id == batch.id).order_by(IntakeSheet.number).with_for_update()
    ).all()
    for sheet in sheets:
        if sheet.state is not SheetState.VOID:
            try:
                become(session, actor, batch, sheet, command.secret)
            except Refused as refusal:
                raise Refused(
                    msg(
                        "Sheet %(number)s cannot be taken in: %(why)s Nothing of this batch has appeared.",
                        number=sheet.number,
                        why=_why(refusal),
                    )
                ) from refusal
    clerk = require_clerk(actor, batch.process_id)
    batch.state, batch.closed_by, batch.closed_at = BatchState.CLOSED, clerk, clock.now()
    _signed(session, actor, "intake_batch.closed", batch, rules.equation(batch, [sheet.state for sheet in sheets]))
    return batch


def reopen_batch(session: Session, actor: Actor, command: MoveBatch) -> IntakeBatch:
    """Take sheets again, with a reason. What has become something stays; every signature is to be given anew.

    Raises Refused without a reason, Conflict for a batch that is open.
    """
    batch = held_batch(session, actor, command.batch_id, rules.REOPENABLE, msg("This batch is open already."))
    batch.reopened_reason = written_reason(command.reason, msg("Write why the batch is opened again."))
    before, batch.state = batch.state, BatchState.REOPENED
    batch.entered_by = batch.reconciled_by = batch.closed_by = None
    batch.entered_at = batch.reconciled_at = batch.closed_at = None
    note(session, actor, "intake_batch.reopened", batch, batch, reason=batch.reopened_reason, before=before.value)
    session.flush()
    return batch


def note_slips(session: Session, actor: Actor, batch_id: uuid.UUID) -> IntakeBatch:
    """Write down that a clerk gets the slips of a closed batch with their codes, to print them. Raises Conflict before that."""
    otherwise = msg("Slips are printed when the batch is closed.")
    batch = held_batch(session, actor, batch_id, frozenset({BatchState.CLOSED}), otherwise)
    note(session, actor, "intake_batch.slips_shown", batch, batch)
    session.flush()
    return batch


def _states(session: Session, batch: IntakeBatch) -> list[SheetState]:
    return list(session.scalars(select(IntakeSheet.state).where(IntakeSheet.batch_id == batch.id)))


def _explain(batch: IntakeBatch, numbers: rules.Equation, reason: str) -> None:
    """The reason for a difference; none where there is no difference. Raises Refused where one is missing."""
    if numbers.balances:
        batch.count_reason = ""
        return
    batch.count_reason = written_reason(
        reason,
        msg(
            "%(declared)s sheets were declared, %(found)s are here. Count again, or write why they differ.",
            declared=numbers.declared,
            found=numbers.entered + numbers.void,
        ),
    )


def _signed(session: Session, actor: Actor, action: str, batch: IntakeBatch, numbers: rules.Equation) -> None:
    note(
        session,
        actor,
        action,
        batch,
        batch,
        reason=batch.count_reason,
        declared=numbers.declared,
        entered=numbers.entered,
        void=numbers.void,
    )
    session.flush()


def _why(refusal: Refused) -> Message:
    return next(iter(refusal.errors.values())) if isinstance(refusal, Invalid) else refusal.message
