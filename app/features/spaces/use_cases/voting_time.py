"""The time of the vote, changed by the committee: interrupted, taken up again, extended.

The committee room calls these when a decision with two signatures takes effect; phases are otherwise changed by whoever manages
the process.
"""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from app.features.spaces.models import Action, Phase, Process
from app.kernel import audit, clock
from app.kernel.errors import Conflict, NotFound
from app.kernel.messages import Ending, msg
from app.kernel.permissions import Actor, Permission


def interrupt_vote(session: Session, actor: Actor, process_id: uuid.UUID) -> Process:
    """Stop the vote now, on every channel. Raises Conflict when it is interrupted already or does not run."""
    process = _locked(session, actor, process_id)
    now = clock.now()
    running = any(phase.starts_at <= now < phase.ends_at for phase in _votes(process))
    if process.interrupted_at is not None or not running:
        raise Conflict(msg("The vote does not run now, so there is nothing to interrupt."))
    process.interrupted_at = now
    session.flush()
    audit.record(session, actor, "process.interrupted", process, process_id=process.id)
    return process


def resume_vote(session: Session, actor: Actor, process_id: uuid.UUID) -> Process:
    """Take an interrupted vote up again, until the end that its phase has. Raises Conflict when it is not interrupted."""
    process = _locked(session, actor, process_id)
    if process.interrupted_at is None:
        raise Conflict(msg("The vote is not interrupted."))
    since, process.interrupted_at = process.interrupted_at, None
    session.flush()
    audit.record(session, actor, "process.resumed", process, process_id=process.id, before=since.isoformat())
    return process


def extend_vote(session: Session, actor: Actor, process_id: uuid.UUID, until: datetime) -> Phase:
    """Let the last phase of the vote end later. Raises Conflict for a process without a vote, or an end that is not later."""
    process = _locked(session, actor, process_id)
    phase = max(_votes(process), key=lambda one: one.ends_at, default=None)
    if phase is None:
        raise Conflict(msg("There is no vote in this process."))
    if until <= max(phase.ends_at, clock.now()):
        raise Conflict(msg("The vote ends on %(when)s already. Choose a later end.", when=Ending(phase.ends_at)))
    before, phase.ends_at = phase.ends_at, until
    phase.version += 1
    session.flush()
    audit.record(
        session, actor, "phase.extended", phase, process_id=process.id, before=before.isoformat(), after=until.isoformat()
    )
    return phase


def _locked(session: Session, actor: Actor, process_id: uuid.UUID) -> Process:
    """The process as it is now, kept from other changes; those who write rows that belong to it need not wait."""
    actor.require(Permission.BUDGET_CERTIFY, process_id)
    query = select(Process).options(lazyload(Process.area)).where(Process.id == process_id).with_for_update(key_share=True)
    found = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFound
    for phase in found.phases:
        session.refresh(phase)
    return found


def _votes(process: Process) -> list[Phase]:
    return [phase for phase in process.phases if Action.VOTE in phase.actions]
