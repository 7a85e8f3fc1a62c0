"""Somebody asks to be erased, confirms it by the link in a letter, and may change their mind until its day."""

from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.accounts.queries import person as person_by_id
from app.features.erasure import mails
from app.features.erasure.commands import AskForErasure
from app.features.erasure.models import Erasure, ErasureState, Origin
from app.features.erasure.queries import by_token, erasure_of
from app.features.erasure.rules import GRACE, is_lapsed, may_cancel
from app.features.erasure.use_cases.beginning import begin, refuse_obstacles
from app.features.notifications.use_cases import notify
from app.kernel import audit, clock
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor
from app.kernel.references import token_hash


def ask_for_erasure(session: Session, actor: Actor, command: AskForErasure) -> Erasure:
    """Send the person who asks a letter with the link that confirms it: nobody erases from a screen that was left open.

    Asking again sends another letter, whose link replaces the one before. Raises SignInRequired, Refused when something stands
    in the way, Conflict when it is confirmed already.
    """
    person_id = actor.require_signed_in()
    refuse_obstacles(session, person_id)
    found = erasure_of(session, person_id)
    if found is not None and found.state is not ErasureState.ASKED:
        raise Conflict(msg("You have confirmed this already. Cancel it first if you want something else."))
    if found is None:
        try:
            with session.begin_nested():
                found = Erasure(person_id=person_id, origin=Origin.OWN, state=ErasureState.ASKED)
                session.add(found)
                session.flush()
        except IntegrityError:
            raise Conflict(msg("You have asked for this already, in another window.")) from None
    found.origin, found.first_hand = Origin.OWN, None
    found.at_once, found.asked_at, found.token_hash = command.at_once, clock.now(), None
    session.flush()
    notify(session, mails.CONFIRM, person_id=person_id, params={"erasure_id": str(found.id)})
    return found


def confirm_erasure(session: Session, actor: Actor, token: str) -> Erasure:
    """The link in the letter was opened and its button pressed. It begins now, or in some days, as it was asked for.

    Pressed twice, nothing changes. Raises Refused when the link does not work any more, or something stands in the way.
    """
    found = by_token(session, token_hash(token))
    if found is None or found.person_id is None or is_lapsed(found, clock.now()):
        raise Refused(msg("This link does not work any more. It works for a day, and the newest one only."))
    if found.state is not ErasureState.ASKED:
        return found
    person_actor = Actor(person_id=found.person_id, channel=actor.channel, locale=actor.locale)
    if found.at_once:
        begin(session, person_actor, found)
        return found
    wait(session, person_actor, found, GRACE)
    return found


def wait(session: Session, actor: Actor, erasure: Erasure, days: timedelta) -> None:
    """From now on it is certain, unless it is cancelled before its day. Raises Refused when something stands in the way."""
    person = person_by_id(session, erasure.person_id) if erasure.person_id else None
    if person is None:
        raise NotFound
    refuse_obstacles(session, person.id)
    erasure.state, erasure.runs_at = ErasureState.WAITING, clock.now() + days
    session.flush()
    audit.record(session, actor, "account.erasure_set", person, voice_id=person.id, runs_at=erasure.runs_at.isoformat())
    if person.email:
        notify(session, mails.SET, person_id=person.id, params={"day": erasure.runs_at.isoformat()})


def cancel_erasure(session: Session, actor: Actor) -> None:
    """Stop what has not begun. Raises SignInRequired, NotFound when nothing was asked for."""
    person_id = actor.require_signed_in()
    found = erasure_of(session, person_id)
    if found is None or not may_cancel(found):
        raise NotFound
    person = person_by_id(session, person_id)
    was_certain = found.state is ErasureState.WAITING
    drop(session, found)
    if was_certain:
        audit.record(session, actor, "account.erasure_cancelled", person)
        notify(session, mails.CANCELLED, person_id=person_id)
        session.flush()


def drop(session: Session, erasure: Erasure) -> None:
    """It will not happen."""
    erasure.state, erasure.person_id, erasure.token_hash = ErasureState.CANCELLED, None, None
    session.flush()
