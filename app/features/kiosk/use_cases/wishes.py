"""Somebody at a screen wants a form in large letters: the desk prints it, and they hold a number."""

import secrets
import uuid
from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.kiosk.models import PrintWish
from app.kernel import audit, clock
from app.kernel.errors import NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission

_TRIES = 40


def wish_for_print(session: Session, device_id: uuid.UUID, process_id: uuid.UUID, language: str, today: date) -> PrintWish:
    """Put the form of a process into the queue of the desk. The number is drawn, not counted: it tells nothing but itself.

    Raises Refused when hundreds wait already.
    """
    for _ in range(_TRIES):
        number = 100 + secrets.randbelow(900)
        wish = PrintWish(day=today, number=number, device_id=device_id, process_id=process_id, language=language)
        try:
            with session.begin_nested():
                session.add(wish)
                session.flush()
        except IntegrityError:  # somebody else holds this number today
            continue
        return wish
    raise Refused(msg("Too many forms are waiting to be printed. Ask at the desk."))


def finish_wish(session: Session, actor: Actor, wish_id: uuid.UUID) -> PrintWish:
    """The desk has printed it. Doing it twice changes nothing."""
    wish = _wish(session, actor, wish_id)
    if wish.done_at is None:
        wish.done_at = clock.now()
        audit.record(session, actor, "print_wish.printed", wish, process_id=wish.process_id, number=wish.number)
    session.flush()
    return wish


def reopen_wish(session: Session, actor: Actor, wish_id: uuid.UUID) -> PrintWish:
    """It was not printed after all: it waits again."""
    wish = _wish(session, actor, wish_id)
    if wish.done_at is not None:
        wish.done_at = None
        audit.record(session, actor, "print_wish.reopened", wish, process_id=wish.process_id, number=wish.number)
    session.flush()
    return wish


def _wish(session: Session, actor: Actor, wish_id: uuid.UUID) -> PrintWish:
    wish = session.get(PrintWish, wish_id, with_for_update=True, populate_existing=True)
    if wish is None or not actor.may(Permission.INTAKE, wish.process_id):
        raise NotFound
    return wish
