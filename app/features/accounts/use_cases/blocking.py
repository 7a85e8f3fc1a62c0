"""Administrators block an account and open it again, with a reason. What the person wrote stays where it is."""

import uuid

from sqlalchemy.orm import Session

from app.features.accounts import mails
from app.features.accounts.models import Person
from app.features.accounts.rules import LONGEST_REASON
from app.features.accounts.use_cases.links import burn_links
from app.features.accounts.use_cases.roles import keep_one_administrator, lock_administrators
from app.features.accounts.use_cases.sessions import end_sessions
from app.features.notifications.use_cases import notify
from app.kernel import audit, clock
from app.kernel.errors import NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission


def block_account(session: Session, actor: Actor, person_id: uuid.UUID, reason: str) -> bool:
    """Close an account until somebody opens it again: its sessions and links end at once. False when it was closed already.

    Raises Forbidden for everybody but administrators, NotFound, Conflict for the last administrator, Refused without a reason,
    for one's own account, and for people without an account.
    """
    person = _checked(session, actor, person_id, reason)
    if person.id == actor.person_id:
        raise Refused(msg("You cannot block your own account. Ask another administrator."))
    if person.email is None:
        raise Refused(msg("This person takes part without an account, so there is nothing to block."))
    if person.blocked_at is not None:
        return False
    if person.is_administrator:
        keep_one_administrator(session, person)
    person.blocked_at = clock.now()
    end_sessions(session, person.id)
    burn_links(session, person)
    audit.record(session, actor, "account.blocked", person, reason=reason)
    notify(session, mails.BLOCKED, email=person.email, locale=person.locale, params={"name": person.display_name})
    session.flush()
    return True


def unblock_account(session: Session, actor: Actor, person_id: uuid.UUID, reason: str) -> bool:
    """Open a blocked account again; the person signs in anew. False when it was open already.

    Raises Forbidden for everybody but administrators, NotFound, Refused without a reason.
    """
    person = _checked(session, actor, person_id, reason)
    if person.blocked_at is None:
        return False
    person.blocked_at = None
    audit.record(session, actor, "account.unblocked", person, reason=reason)
    if person.email:
        notify(session, mails.UNBLOCKED, email=person.email, locale=person.locale, params={"name": person.display_name})
    session.flush()
    return True


def _checked(session: Session, actor: Actor, person_id: uuid.UUID, reason: str) -> Person:
    actor.require(Permission.ROLE_ASSIGN)
    if not reason.strip():
        raise Refused(msg("Write why. The reason is kept in the audit log."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(msg("Write at most %(most)s characters.", most=LONGEST_REASON), field="reason")
    lock_administrators(session)  # before the one person, because that one may be an administrator
    person = session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None or person.erased_at is not None:
        raise NotFound
    return person
