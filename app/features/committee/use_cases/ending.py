"""The end of a vote: after the last objection its keys are destroyed, and after some more days its voters are forgotten."""

import uuid
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.budgets.use_cases import vote_begun
from app.features.committee.commands import SetRetention
from app.features.committee.models import Decision, DecisionKind, DecisionState, Retention
from app.features.committee.queries import being_corrected, objection_deadline, opened_differently, retention_of
from app.features.committee.rules import ANNOUNCED_FOR
from app.features.committee.use_cases.objecting import anybody_waits
from app.features.committee.use_cases.shared import locked_process, member
from app.features.spaces.queries import Process
from app.features.voting.queries import fixed_pots, votes_to_end
from app.features.voting.use_cases import (
    ask_to_destroy_keys,
    figures_of,
    forget_voters,
    keys_destroyed,
    undecided_contests,
)
from app.kernel import audit, clock
from app.kernel.errors import Conflict, Invalid
from app.kernel.messages import Message, msg
from app.kernel.permissions import SYSTEM, Actor

MOST_DAYS = 3650


def set_retention(session: Session, actor: Actor, command: SetRetention) -> Retention:
    """Say how many days people can object, and how long voters' data is kept afterwards. Raises Conflict once they run.

    Once people vote, these days are what they were told: Invalid for fewer days to object, or another time for the data.
    """
    locked_process(session, actor, command.process_id)
    member(session, actor, command.process_id)
    errors: dict[str, Message] = {}
    if not 1 <= command.objection_days <= MOST_DAYS:
        errors["objection_days"] = msg("Write a number of days, 1 or more.")
    if not 0 <= command.keep_days <= MOST_DAYS:
        errors["keep_days"] = msg("Write a number of days, 0 or more.")
    if errors:
        raise Invalid(errors)
    if objection_deadline(session, command.process_id) is not None:
        raise Conflict(msg("The days for objections run already, so they stay as they are."))
    found = _kept(session, command.process_id)
    if vote_begun(session, command.process_id) and (told := _other_than_told(found, command)):
        raise Invalid(told)
    before = {"objection_days": found.objection_days, "keep_days": found.keep_days}
    found.objection_days, found.keep_days = command.objection_days, command.keep_days
    session.flush()
    after = {"objection_days": found.objection_days, "keep_days": found.keep_days}
    audit.record(session, actor, "retention.changed", found, process_id=command.process_id, before=before, after=after)
    return found


def _other_than_told(kept: Retention, command: SetRetention) -> dict[str, Message]:
    errors: dict[str, Message] = {}
    if command.objection_days < kept.objection_days:
        errors["objection_days"] = msg(
            "The vote has begun, so there can only be more days: %(days)s or more.", days=kept.objection_days
        )
    if command.keep_days != kept.keep_days:
        errors["keep_days"] = msg("The vote has begun, so this number stays as it is: %(days)s.", days=kept.keep_days)
    return errors


def why_not(session: Session, process_id: uuid.UUID) -> Message | None:
    """What still needs the keys of a vote; None when nothing does."""
    if not votes_to_end(session, process_id):
        return msg("Nothing is kept about voters of this process, so there are no keys.")
    if retention_of(session, process_id).destroyed_at is not None:
        return msg("The keys have been destroyed.")
    if opened_differently(session, process_id):
        return msg("The box is to be opened anew, because its openings differed, so the keys are still needed.")
    until = objection_deadline(session, process_id)
    if until is None:
        return msg("Not every pot is certified or annulled yet, so the keys are still needed.")
    if clock.now() < until:
        return msg("People can still object, so the keys are still needed.")
    if anybody_waits(session, process_id):
        return msg("An objection is not decided yet, so the keys are still needed.")
    if undecided_contests(session, process_id):
        return msg("A contested participation is not decided yet, so the keys are still needed.")
    if any(being_corrected(session, pot) for pot in fixed_pots(session, process_id)):
        return msg("Totals or a draw of a certified pot are entered again, so the keys are still needed.")
    waiting = select(Decision.id).where(
        Decision.process_id == process_id,
        Decision.state == DecisionState.PROPOSED,
        Decision.kind != DecisionKind.DESTRUCTION,
    )
    if session.scalar(waiting.limit(1)) is not None:
        return msg("A decision of the committee waits for its second signature, so the keys are still needed.")
    return None


def require_destroyable(session: Session, process_id: uuid.UUID) -> None:
    """Raise Conflict while something needs the keys."""
    if (reason := why_not(session, process_id)) is not None:
        raise Conflict(reason)


def ask_for_destruction(session: Session, process_id: uuid.UUID) -> None:
    """Have the keys destroyed after this transaction: a file that was overwritten does not come back with a rollback."""
    _kept(session, process_id).decided_at = clock.now()
    session.flush()
    ask_to_destroy_keys(session, process_id)


def announce_destruction(session: Session, process_id: uuid.UUID) -> bool:
    """Say that the keys will be destroyed, once nothing needs them any more. Returns whether it was said now."""
    session.execute(select(Process.id).where(Process.id == process_id).with_for_update(key_share=True))
    found = _kept(session, process_id)
    if found.announced_at is not None or found.decided_at is not None or why_not(session, process_id) is not None:
        return False
    found.announced_at = clock.now()
    session.flush()
    when = (found.announced_at + ANNOUNCED_FOR).isoformat()
    audit.record(session, SYSTEM, "keys.announced", found, process_id=process_id, destroyed_from=when)
    return True


def keys_are_due(session: Session, process_id: uuid.UUID) -> bool:
    """Ask for the destruction of keys that was announced long enough ago, and that nothing speaks against."""
    session.execute(select(Process.id).where(Process.id == process_id).with_for_update(key_share=True))
    found = _kept(session, process_id)
    if found.announced_at is None or found.decided_at is not None or clock.now() < found.announced_at + ANNOUNCED_FOR:
        return False
    if why_not(session, process_id) is not None:  # somebody objected after all
        found.announced_at = None
        return False
    ask_for_destruction(session, process_id)
    return True


def _record_destruction(session: Session, process_id: uuid.UUID, destroyed: list[str]) -> None:
    """Record that the keys are gone. The second time nothing happens."""
    found = _kept(session, process_id)
    if found.destroyed_at is None:
        found.destroyed_at = clock.now()
        session.flush()
        audit.record(session, SYSTEM, "keys.destroyed", found, process_id=process_id, purposes=destroyed)


def forget_after(session: Session, process_id: uuid.UUID, *, dry_run: bool = False) -> dict[str, int] | None:
    """Forget who could vote, some days after the keys. Returns how many rows of which table; None while it is too early.

    What stays are numbers for the protocol: codes, contested participations, turnout by group.
    """
    found = retention_of(session, process_id)
    if found.destroyed_at is None or found.forgotten_at is not None:
        return None
    if clock.now() < found.destroyed_at + timedelta(days=found.keep_days):
        return None
    figures = {} if dry_run else figures_of(session, process_id)
    numbers = forget_voters(session, process_id, dry_run=dry_run)
    if not dry_run:
        found.forgotten_at, found.forgotten = clock.now(), {**numbers, "figures": figures}
        session.flush()
        audit.record(session, SYSTEM, "voters.forgotten", found, process_id=process_id, rows=numbers)
    return numbers


def _kept(session: Session, process_id: uuid.UUID) -> Retention:
    """The row about the end of a vote, made when it is first needed. The caller has locked the process."""
    found = retention_of(session, process_id)
    if found not in session:
        session.add(found)
        session.flush()
    return found


keys_destroyed.append(_record_destruction)
