"""Somebody objects to a vote, with an account, without one, or on paper, until the days for it are over."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.features.accounts.queries import people_names
from app.features.committee.commands import Object
from app.features.committee.models import Objection, ObjectionOutcome
from app.features.committee.queries import objection_deadline
from app.features.committee.rules import CONTACT_KEPT, MOST_CONTACT, MOST_NAME
from app.features.spaces.queries import Process, ProcessState, process
from app.features.voting.queries import fixed_pots
from app.kernel import audit, clock
from app.kernel.errors import Conflict, Invalid, NotFound, PhaseClosed, Refused
from app.kernel.messages import Ending, Message, msg
from app.kernel.permissions import SYSTEM, Actor, Permission
from app.kernel.references import new_reference

MOST_WORDS = 5000
MOST_EACH = 5


def object_to(session: Session, actor: Actor, command: Object) -> Objection:
    """Object to a vote of a published process. The committee reads the words; that there is an objection is public.

    Nobody needs an account; who has none says a name and how to reach them. Raises NotFound where there is no vote, PhaseClosed
    after the last day, Refused without words, Invalid without name and contact, Conflict for a sixth one of the same account.
    """
    words = _accepted(session, command)
    if actor.person_id is None:
        return _filed(session, actor, command, words, **_reachable(command, needs_contact=True))
    mine = select(func.count()).select_from(Objection).where(Objection.process_id == command.process_id)
    if (session.scalar(mine.where(Objection.person_id == actor.person_id)) or 0) >= MOST_EACH:
        raise Conflict(msg("You have objected several times already. The committee answers each of your objections."))
    return _filed(session, actor, command, words, person_id=actor.person_id)


def record_objection(session: Session, actor: Actor, command: Object) -> Objection:
    """Write down what somebody brings on paper or says at a desk, in their name: it counts like their own.

    Raises NotFound for everybody but clerks and the committee of that process; else what `object_to` raises.
    """
    if not may_record(actor, command.process_id):
        raise NotFound
    words = _accepted(session, command)
    clerk = people_names(session, [actor.person_id]).get(actor.require_signed_in(), "")
    hand: dict[str, Any] = {"recorded_name": clerk or "–", "recorded_by": actor.person_id}
    return _filed(session, actor, command, words, **hand, **_reachable(command, needs_contact=False))


def may_record(actor: Actor, process_id: uuid.UUID) -> bool:
    """Whether this person writes down objections of others."""
    return actor.may(Permission.INTAKE, process_id) or actor.may(Permission.BUDGET_CERTIFY, process_id)


def _accepted(session: Session, command: Object) -> str:
    """The words of an objection that can be taken now. Locks the process, so that numbers are given one after the other."""
    space = process(session, command.process_id)
    if space is None or space.state is ProcessState.DRAFT or not fixed_pots(session, command.process_id):
        raise NotFound
    session.execute(select(Process.id).where(Process.id == command.process_id).with_for_update(key_share=True))
    until = objection_deadline(session, command.process_id)
    if until is not None and until <= clock.now():
        raise PhaseClosed(msg("The time for objections ended on %(when)s.", when=Ending(until)))
    words = command.words.strip()
    if not words:
        raise Refused(msg("Write what you object to, and why."), field="words")
    if len(words) > MOST_WORDS:
        raise Refused(msg("This is too long. Shorten it."), field="words")
    return words


def _reachable(command: Object, *, needs_contact: bool) -> dict[str, str]:
    """Name and contact of somebody without an account."""
    name, contact = command.name.strip(), command.contact.strip()
    errors: dict[str, Message] = {}
    if not name:
        errors["name"] = msg("Write the name of whoever objects.")
    if needs_contact and not contact:
        errors["contact"] = msg("Write how the committee can reach you.")
    for field, text, most in (("name", name, MOST_NAME), ("contact", contact, MOST_CONTACT)):
        if len(text) > most:
            errors[field] = msg("This is too long. Shorten it.")
    if errors:
        raise Invalid(errors)
    return {"name": name, "contact": contact}


def _filed(session: Session, actor: Actor, command: Object, words: str, **who: Any) -> Objection:
    number = (session.scalar(select(func.max(Objection.number)).where(Objection.process_id == command.process_id)) or 0) + 1
    objection = Objection(
        process_id=command.process_id,
        number=number,
        wording=words,
        outcome=ObjectionOutcome.OPEN,
        reference=new_reference("E", length=7),
        **who,
    )
    session.add(objection)
    session.flush()
    how = "recorded" if objection.recorded_name else "filed"
    audit.record(session, actor, f"objection.{how}", objection, process_id=command.process_id, number=number)
    return objection


def forget_contacts(session: Session, before: datetime | None = None) -> int:
    """Delete name and contact of those who objected without an account, some days after the decision (`before`: which was
    made before that moment). Returns how many."""
    decided = select(Objection).where(
        Objection.outcome != ObjectionOutcome.OPEN,
        Objection.decided_at <= (before or clock.now() - CONTACT_KEPT),
        or_(Objection.name != "", Objection.contact != ""),
    )
    found = session.scalars(decided.with_for_update()).all()
    for one in found:
        one.name = one.contact = ""
        audit.record(session, SYSTEM, "objection.contact_deleted", one, process_id=one.process_id, number=one.number)
    session.flush()
    return len(found)


def anybody_waits(session: Session, process_id: uuid.UUID) -> bool:
    """Whether an objection is not decided yet."""
    query = select(Objection.id).where(Objection.process_id == process_id, Objection.outcome == ObjectionOutcome.OPEN)
    return session.scalar(query.limit(1)) is not None
