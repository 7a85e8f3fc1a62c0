"""The phases of a process: add, change, order, remove, restore."""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.spaces import rules
from app.features.spaces.commands import AddPhase, ChangePhase, PhaseDetails
from app.features.spaces.models import Action, Phase, Process
from app.features.spaces.use_cases.held import require_time_free
from app.features.spaces.use_cases.shared import apply, moved, plain, process_to_change
from app.kernel import audit, clock
from app.kernel.errors import NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor


def add_phase(session: Session, actor: Actor, command: AddPhase) -> Phase:
    """Put a phase into the timeline, in the order of beginnings. The same command again finds what the first one made.

    Raises Forbidden, NotFound, Refused (fields: title, ends_at), Conflict for a phase of a vote that has begun.
    """
    process = process_to_change(session, actor, command.process_id)
    existing = session.get(Phase, command.phase_id)
    if existing is not None:
        if existing.process_id != process.id:
            raise NotFound
        return existing
    values = _values(command.details)
    if Action.VOTE in values["actions"]:
        require_time_free(session, process)
    position = sum(phase.starts_at <= command.details.starts_at for phase in process.phases)
    for later in process.phases[position:]:
        later.position += 1
    phase = Phase(id=command.phase_id, position=position, **values)
    process.phases.append(phase)
    session.flush()
    after = {name: plain(value) for name, value in values.items()}
    audit.record(session, actor, "phase.added", phase, process_id=process.id, after=after)
    return phase


def change_phase(session: Session, actor: Actor, command: ChangePhase) -> Phase:
    """Change a phase's texts, dates and the actions it opens.

    Raises Forbidden, NotFound, Stale when somebody else changed it since, Refused (fields: title, ends_at), Conflict for other
    dates or actions of a vote that has begun.
    """
    process = process_to_change(session, actor, command.process_id)
    phase = _phase(session, process, command.phase_id)
    rules.require_current(command.version, phase.version)
    values = _values(command.details)
    timed = any(values[name] != getattr(phase, name) for name in ("starts_at", "ends_at", "actions"))
    if timed and (Action.VOTE in phase.actions or Action.VOTE in values["actions"]):
        require_time_free(session, process)
    before, after = apply(phase, values)
    if after:
        session.flush()
        audit.record(session, actor, "phase.changed", phase, process_id=process.id, before=before, after=after)
    return phase


def move_phase(session: Session, actor: Actor, process_id: uuid.UUID, phase_id: uuid.UUID, by: int) -> None:
    """Show a phase one place earlier (-1) or later (1). Raises Forbidden, NotFound."""
    process = process_to_change(session, actor, process_id)
    phase = _phase(session, process, phase_id)
    rows = list(process.phases)
    if moved(rows, rows.index(phase), by):
        session.flush()
        session.expire(process, ["phases"])
        audit.record(session, actor, "phase.moved", phase, process_id=process.id, by=by)


def remove_phase(session: Session, actor: Actor, process_id: uuid.UUID, phase_id: uuid.UUID) -> Phase:
    """Take a phase out of the timeline; it can be restored. Raises Forbidden, NotFound, Conflict once people vote in it."""
    process = process_to_change(session, actor, process_id)
    phase = _phase(session, process, phase_id, removed_too=True)
    if phase.removed_at is None:
        if Action.VOTE in phase.actions:
            require_time_free(session, process)
        phase.removed_at = clock.now()
        phase.version += 1
        session.flush()
        session.expire(process, ["phases"])
        audit.record(session, actor, "phase.removed", phase, process_id=process.id)
    return phase


def restore_phase(session: Session, actor: Actor, process_id: uuid.UUID, phase_id: uuid.UUID) -> Phase:
    """Put a removed phase back where it was. Raises Forbidden, NotFound, Conflict when the vote has begun."""
    process = process_to_change(session, actor, process_id)
    phase = _phase(session, process, phase_id, removed_too=True)
    if phase.removed_at is not None:
        if Action.VOTE in phase.actions:
            require_time_free(session, process)
        phase.removed_at = None
        phase.version += 1
        session.flush()
        session.expire(process, ["phases"])
        audit.record(session, actor, "phase.restored", phase, process_id=process.id)
    return phase


def _phase(session: Session, process: Process, phase_id: uuid.UUID, *, removed_too: bool = False) -> Phase:
    query = select(Phase).where(Phase.id == phase_id, Phase.process_id == process.id)
    phase = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if phase is None or (phase.removed_at is not None and not removed_too):
        raise NotFound
    return phase


def _values(details: PhaseDetails) -> dict[str, Any]:
    if not details.title:
        raise Refused(msg("Write the title in at least one language."), field="title")
    rules.check_phase(details.starts_at, details.ends_at)
    return {
        "title": details.title,
        "description": details.description,
        "starts_at": details.starts_at,
        "ends_at": details.ends_at,
        "actions": [action.value for action in Action if action in details.actions],
    }
