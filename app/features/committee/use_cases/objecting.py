"""Somebody objects to a vote, until the days for it are over."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.committee.commands import Object
from app.features.committee.models import Objection, ObjectionOutcome
from app.features.committee.queries import objection_deadline
from app.features.spaces.queries import Process, ProcessState, process
from app.features.voting.queries import fixed_pots
from app.kernel import audit, clock
from app.kernel.errors import Conflict, NotFound, PhaseClosed, Refused
from app.kernel.messages import Ending, msg
from app.kernel.permissions import Actor

MOST_WORDS = 5000
MOST_EACH = 5


def object_to(session: Session, actor: Actor, command: Object) -> Objection:
    """Object to a vote of a published process. The committee reads the words; that there is an objection is public.

    Raises NotFound where there is no vote, PhaseClosed after the last day, Refused without words, Conflict for a sixth one.
    """
    person_id = actor.require_signed_in()
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
    mine = select(func.count()).select_from(Objection).where(Objection.process_id == command.process_id)
    if (session.scalar(mine.where(Objection.person_id == person_id)) or 0) >= MOST_EACH:
        raise Conflict(msg("You have objected several times already. The committee answers each of your objections."))
    number = (session.scalar(select(func.max(Objection.number)).where(Objection.process_id == command.process_id)) or 0) + 1
    objection = Objection(
        process_id=command.process_id, person_id=person_id, number=number, wording=words, outcome=ObjectionOutcome.OPEN
    )
    session.add(objection)
    session.flush()
    audit.record(session, actor, "objection.filed", objection, process_id=command.process_id, number=number)
    return objection


def anybody_waits(session: Session, process_id: uuid.UUID) -> bool:
    """Whether an objection is not decided yet."""
    query = select(Objection.id).where(Objection.process_id == process_id, Objection.outcome == ObjectionOutcome.OPEN)
    return session.scalar(query.limit(1)) is not None
