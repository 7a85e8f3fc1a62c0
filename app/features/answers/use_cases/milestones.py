"""The steps of carrying out: written, changed, undone, taken off and brought back; those who follow are told."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.answers import mails, rules
from app.features.answers.commands import ChangeMilestone, WriteMilestone
from app.features.answers.models import Implementation, Milestone, MilestoneState, MilestoneVersion
from app.features.answers.queries import implementation_by_reference, people_to_tell
from app.features.notifications.use_cases import notify
from app.kernel import audit, clock, outbox
from app.kernel.errors import Conflict, Invalid, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission

CHANGED = msg("A colleague has changed this step meanwhile. Look at it again.")
STOPPED = msg("Confirm that this is stopped: everybody who follows it gets a letter with your reason.")


def write_milestone(session: Session, actor: Actor, command: WriteMilestone) -> Milestone:
    """Add a step or change one; whoever follows is told after the commit.

    Raises NotFound outside the officer's processes, Invalid for missing words, impossible dates, and for "stopped" without
    a confirmation; Conflict when a colleague has changed the step since the officer opened the page.
    """
    implementation = implementation_by_reference(session, command.reference)
    if implementation is None or not actor.may(Permission.ANSWER, implementation.process_id):
        raise NotFound
    if command.milestone_id is None:
        last = select(func.max(Milestone.position)).where(Milestone.implementation_id == implementation.id)
        step = Milestone(
            implementation_id=implementation.id, title={}, note={}, version=0, position=(session.scalar(last) or 0) + 1
        )
    else:
        step = _step(session, implementation, command.milestone_id)
        _require_seen(step, command.seen_version)
    _check(command, implementation, step)
    before = step.state if command.milestone_id else None
    step.title, step.note, step.state = command.title, command.note, command.state
    step.planned_for, step.done_on, step.cost = command.planned_for, command.done_on, command.cost
    keep_step(session, actor, step)
    audit.record(
        session,
        actor,
        "milestone.written",
        step,
        process_id=implementation.process_id,
        before=before,
        after=step.state,
        version=step.version,
        implementation=implementation.reference,
    )
    return step


def undo_milestone(session: Session, actor: Actor, command: ChangeMilestone) -> Milestone:
    """Bring back what stood before the last change of a step; that is a change too, and can be undone.

    Raises NotFound, Conflict when a colleague was faster, Refused for a step that was never changed.
    """
    step, implementation = _mine(session, actor, command)
    kept = select(MilestoneVersion).where(MilestoneVersion.milestone_id == step.id).order_by(MilestoneVersion.version.desc())
    now = _content(step)
    earlier = next((one for one in session.scalars(kept) if one.content != now), None)
    if earlier is None:
        raise Refused(msg("This step was never changed, so there is nothing to undo. You can take it off."))
    before = step.state
    _bring_back(step, earlier.content)
    keep_step(session, actor, step)
    audit.record(
        session,
        actor,
        "milestone.undone",
        step,
        process_id=implementation.process_id,
        before=before,
        after=step.state,
        version=step.version,
        implementation=implementation.reference,
    )
    return step


def remove_milestone(session: Session, actor: Actor, command: ChangeMilestone) -> Milestone:
    """Take a step off the page. It is kept, and can be brought back. Raises NotFound, Conflict when a colleague was faster."""
    step, implementation = _mine(session, actor, command)
    step.removed_at = clock.now()
    step.version += 1
    session.flush()
    _look_again(session, step)
    note_step(session, actor, "milestone.removed", step, implementation)
    return step


def restore_milestone(session: Session, actor: Actor, command: ChangeMilestone) -> Milestone:
    """Put a step back that was taken off. Raises NotFound, Conflict when a colleague was faster."""
    step, implementation = _mine(session, actor, command, removed=True)
    step.removed_at = None
    step.version += 1
    session.flush()
    _look_again(session, step)
    note_step(session, actor, "milestone.restored", step, implementation)
    return step


def note_step(session: Session, actor: Actor, action: str, step: Milestone, implementation: Implementation) -> None:
    """Record that something happened to a step."""
    audit.record(
        session,
        actor,
        action,
        step,
        process_id=implementation.process_id,
        title=step.title,
        implementation=implementation.reference,
    )


def _mine(
    session: Session, actor: Actor, command: ChangeMilestone, *, removed: bool = False
) -> tuple[Milestone, Implementation]:
    step = session.scalars(select(Milestone).where(Milestone.id == command.milestone_id).with_for_update()).first()
    if step is None:
        raise NotFound
    session.refresh(step)
    implementation = session.get_one(Implementation, step.implementation_id)
    if not actor.may(Permission.ANSWER, implementation.process_id):
        raise NotFound
    _require_seen(step, command.seen_version)
    if removed is (step.removed_at is None):
        raise Conflict(CHANGED)
    return step, implementation


def _step(session: Session, implementation: Implementation, milestone_id: UUID) -> Milestone:
    step = session.scalars(select(Milestone).where(Milestone.id == milestone_id).with_for_update()).first()
    if step is None or step.implementation_id != implementation.id or step.removed_at is not None:
        raise NotFound
    session.refresh(step)
    return step


def _require_seen(step: Milestone, seen: int) -> None:
    if step.version != seen:
        raise Conflict(CHANGED)


def _check(command: WriteMilestone, implementation: Implementation, step: Milestone) -> None:
    dates = (command.planned_for, command.done_on)
    today = clock.now().date()
    problems = rules.step_problems(command.state, command.title, command.note, dates, implementation.won_on, today)
    if command.cost is not None and command.cost < 0:
        problems["cost"] = msg("The cost cannot be below zero.")
    stops = command.state is MilestoneState.STOPPED and step.state is not MilestoneState.STOPPED
    if stops and not command.stop_confirmed and not problems:
        problems["stop_confirmed"] = STOPPED
    if problems:
        raise Invalid(problems)


def keep_step(session: Session, actor: Actor, step: Milestone) -> None:
    """Count the change, remember what stands now, and tell those who follow."""
    step.version += 1
    try:
        with session.begin_nested():
            session.add(step)
            session.flush()
            kept = MilestoneVersion(
                milestone_id=step.id, version=step.version, officer_id=actor.person_id, content=_content(step)
            )
            session.add(kept)
            session.flush()
    except IntegrityError:
        raise Conflict(CHANGED) from None
    _look_again(session, step)
    outbox.post(session, "answers.carry_on", milestone_id=str(step.id), version=step.version)


def _look_again(session: Session, step: Milestone) -> None:
    """The list of steps that this session may have read before is not what stands now."""
    session.expire(session.get_one(Implementation, step.implementation_id), ["milestones"])


def _content(step: Milestone) -> dict[str, Any]:
    return {
        "title": step.title,
        "state": step.state,
        "planned_for": step.planned_for.isoformat() if step.planned_for else None,
        "done_on": step.done_on.isoformat() if step.done_on else None,
        "note": step.note,
        "cost": step.cost,
    }


def _bring_back(step: Milestone, content: dict[str, Any]) -> None:
    step.title, step.note, step.cost = content["title"], content["note"], content["cost"]
    step.state = MilestoneState(content["state"])
    step.planned_for = date.fromisoformat(content["planned_for"]) if content["planned_for"] else None
    step.done_on = date.fromisoformat(content["done_on"]) if content["done_on"] else None


@outbox.handler("answers.carry_on")
def tell(session: Session, row: outbox.OutboxRow) -> None:
    """Write one letter to each who follows the implementation or a proposal it came from, in one transaction.

    A change that was undone, changed again or taken off before the worker came says nothing any more.
    """
    step = session.get(Milestone, UUID(row.payload["milestone_id"]))
    if step is None or step.version != row.payload["version"] or step.removed_at is not None:
        return
    implementation = session.get_one(Implementation, step.implementation_id)
    params = {
        "title": next(iter(implementation.title.values()), implementation.reference),
        "step": next(iter(step.title.values()), ""),
        "state": step.state,
        "note": next(iter(step.note.values()), ""),
        "path": f"/implementations/{implementation.reference}",
    }
    for reader in people_to_tell(session, implementation.id):
        notify(
            session,
            mails.CARRIED_ON,
            person_id=reader.person_id,
            email=reader.email,
            locale=reader.locale,
            postal=reader.postal,
            params=params,
        )
