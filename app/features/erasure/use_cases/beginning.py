"""From the moment an erasure begins nobody comes in by the account any more, and what follows goes on until it is done."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.accounts.queries import person as person_by_id
from app.features.accounts.use_cases import close_for_erasure
from app.features.erasure.models import Erasure, ErasureState, Origin
from app.features.erasure.queries import erasure_of
from app.features.erasure.rules import AT_ONCE, is_due
from app.features.erasure.use_cases.running import GO_ON
from app.kernel import audit, clock, erasing, outbox
from app.kernel.erasing import Subject
from app.kernel.errors import Conflict, Forbidden, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor


def erase_now(session: Session, actor: Actor, person_id: uuid.UUID, *, origin: Origin = Origin.INTERFACE) -> Erasure:
    """Begin to erase somebody, without days to change one's mind: they are signed out in this transaction and cannot come back;
    the rest is done by the worker after the commit, in steps that survive a crash. `preview_erasure` says what that will be.

    For the person themselves, and for the system (an interface that acts on their behalf and has checked that, a restored
    backup). Raises Forbidden for everybody else, NotFound when there is no such person or they are being erased, Refused when
    something stands in the way.
    """
    if not actor.is_system and actor.person_id != person_id:
        raise Forbidden
    erasure = erasure_of(session, person_id)
    if erasure is None:
        erasure = Erasure(person_id=person_id, origin=origin, state=ErasureState.WAITING, at_once=True)
        session.add(erasure)
    begin(session, actor, erasure)
    return erasure


def begin(session: Session, actor: Actor, erasure: Erasure) -> None:
    """Sign the person out everywhere and have the rest done after the commit. Raises as `erase_now` does."""
    if erasure.person_id is None or erasure.state in (ErasureState.RUNNING, ErasureState.DONE, ErasureState.CANCELLED):
        raise Conflict(msg("This has begun already, or was cancelled."))
    _deal_with_what_goes_at_once(session, erasure)  # before the account is locked, in the order in which everybody locks
    person = close_for_erasure(session, erasure.person_id)
    _deal_with_what_goes_at_once(session, erasure)  # what another window has given meanwhile
    refuse_obstacles(session, erasure.person_id)
    now = clock.now()
    erasure.state, erasure.runs_at, erasure.begun_at, erasure.touched_at = ErasureState.RUNNING, now, now, now
    erasure.token_hash = None
    session.flush()
    audit.record(session, actor, "account.erasure_begun", person, origin=erasure.origin.value)
    outbox.post(session, GO_ON, erasure_id=str(erasure.id))
    session.flush()


def _deal_with_what_goes_at_once(session: Session, erasure: Erasure) -> None:
    """Consents are over when this commits, not when the worker comes to them."""
    person = person_by_id(session, erasure.person_id) if erasure.person_id else None
    if person is None:
        return
    subject = Subject(person.id, person.email, person.display_name, erasure.pseudonym)
    for part in erasing.parts():
        while part.at_once and (number := part.run(session, subject, AT_ONCE)):
            erasure.counts = erasure.counts | {part.name: erasure.counts.get(part.name, 0) + number}


def begin_due(session: Session, erasure_id: uuid.UUID) -> bool:
    """Begin an erasure whose time has come. Returns False when it has been cancelled or begun meanwhile.

    One that meets an obstacle waits: the person has become the last administrator, say. It is tried again at the next sweep.
    """
    query = select(Erasure).where(Erasure.id == erasure_id).with_for_update()
    erasure = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if erasure is None or not is_due(erasure, clock.now()):
        return False
    begin(session, Actor(is_system=True), erasure)
    return True


def refuse_obstacles(session: Session, person_id: uuid.UUID) -> None:
    """Raises Refused with the first thing that stands in the way."""
    for found in erasing.obstacles(session, person_id):
        raise Refused(found.message)
