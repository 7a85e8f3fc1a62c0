"""Somebody without e-mail asks at a desk. One clerk has seen who they are, a second one confirms."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.accounts.queries import person as person_by_id
from app.features.erasure.commands import AskAtDesk
from app.features.erasure.models import Erasure, ErasureState, Origin
from app.features.erasure.queries import erasure_of
from app.features.erasure.rules import GRACE
from app.features.erasure.use_cases.asking import drop, wait
from app.features.erasure.use_cases.beginning import begin, refuse_obstacles
from app.kernel import audit
from app.kernel.errors import Conflict, Forbidden, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission

SHOWN_MOST = 200
ASKS_ALONE = msg("They have an e-mail address, so they ask themselves on their page “My data”, and confirm it by e-mail.")


def ask_at_desk(session: Session, actor: Actor, command: AskAtDesk) -> Erasure:
    """Note that this person has asked for it. `shown` says how they showed who they are; it stands in the audit log.

    For people without an e-mail address alone: everybody else proves by a letter that it is their own wish. Raises Forbidden
    for everybody but clerks, for oneself and for people with an address, NotFound, Refused without a word on how they were
    known or when something stands in the way, Conflict when it was asked for already.
    """
    actor.require(Permission.INTAKE)
    person = person_by_id(session, command.person_id)
    if person is None or person.erased_at is not None:
        raise NotFound
    if person.id == actor.person_id:
        raise Forbidden(msg("For yourself, ask on your own page “My data”."))
    if person.email:
        raise Forbidden(ASKS_ALONE)
    shown = command.shown.strip()
    if not shown:
        raise Refused(msg("Write how they showed who they are, such as “identity card seen”. Write no number."), field="shown")
    if len(shown) > SHOWN_MOST:
        raise Refused(msg("Write at most %(most)s characters.", most=SHOWN_MOST), field="shown")
    refuse_obstacles(session, person.id)
    if erasure_of(session, person.id) is not None:
        raise Conflict(msg("This was asked for already."))
    try:
        with session.begin_nested():
            erasure = Erasure(
                person_id=person.id,
                origin=Origin.DESK,
                state=ErasureState.ASKED,
                first_hand=actor.person_id,
                at_once=True,
            )
            session.add(erasure)
            session.flush()
    except IntegrityError:
        raise Conflict(msg("This was asked for already.")) from None
    audit.record(session, actor, "account.erasure_asked", person, voice_id=person.id, shown=shown)
    session.flush()
    return erasure


def confirm_at_desk(session: Session, actor: Actor, erasure_id: uuid.UUID) -> Erasure:
    """A second clerk confirms. Somebody with an e-mail address is told and has the days in which one can change one's mind;
    for somebody without, who could not be told, it begins at once.

    Raises Forbidden for the first clerk, NotFound when it is not there to confirm.
    """
    erasure = _asked(session, actor, erasure_id)
    if erasure.first_hand == actor.person_id:
        raise Forbidden(msg("Somebody else has to confirm what you asked for."))
    if erasure.person_id == actor.person_id:
        raise Forbidden(msg("This is about yourself, so somebody else has to confirm it."))
    erasure.second_hand = actor.person_id
    person = person_by_id(session, erasure.person_id) if erasure.person_id else None
    if person is None or not person.email:  # by now: they may have got an address since
        begin(session, actor, erasure)
    else:
        wait(session, actor, erasure, GRACE)
    return erasure


def decline_at_desk(session: Session, actor: Actor, erasure_id: uuid.UUID) -> None:
    """It was a mistake, or the person has changed their mind. Either clerk may say so. Raises Forbidden, NotFound."""
    erasure = _asked(session, actor, erasure_id)
    person = person_by_id(session, erasure.person_id) if erasure.person_id else None
    drop(session, erasure)
    if person is not None:
        audit.record(session, actor, "account.erasure_cancelled", person, voice_id=person.id)
    session.flush()


def forget_lapsed(session: Session, before: datetime) -> int:
    """Drop requests made before that moment that nobody has confirmed. Returns how many."""
    query = select(Erasure).where(Erasure.state == ErasureState.ASKED, Erasure.asked_at < before)
    found = session.scalars(query.with_for_update()).all()
    for erasure in found:
        drop(session, erasure)
    return len(found)


def _asked(session: Session, actor: Actor, erasure_id: uuid.UUID) -> Erasure:
    actor.require(Permission.INTAKE)
    query = select(Erasure).where(Erasure.id == erasure_id).with_for_update()
    erasure = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if erasure is None or erasure.state is not ErasureState.ASKED or erasure.origin is not Origin.DESK:
        raise NotFound
    return erasure
