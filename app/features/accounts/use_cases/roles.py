"""Roles are given and taken by administrators, with a reason; each change is audited and counts at once."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.accounts import mails
from app.features.accounts.commands import ChangeRole
from app.features.accounts.models import Person, RoleAssignment
from app.features.accounts.queries import process_titles, rehearsals_of
from app.features.accounts.rules import LONGEST_REASON, may_sign_in
from app.features.notifications.queries import Mail
from app.features.notifications.use_cases import notify
from app.kernel import audit
from app.kernel.errors import Conflict, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission, Role


def give_role(session: Session, actor: Actor, command: ChangeRole) -> bool:
    """Give a role. Returns False when the person has it already. It counts once they pass the second factor.

    A rehearsal of the process that runs has the same staff: there the role counts, too.

    Raises Forbidden for everybody but administrators, Refused without a reason or for an account that is closed.
    """
    person = _checked(session, actor, command)
    if not may_sign_in(person):
        raise Refused(msg("This account is closed, or has no e-mail address to sign in with."))
    if command.role is Role.ADMINISTRATOR:
        given = not person.is_administrator
        person.is_administrator = True
        session.flush()
    else:
        given = _assign(session, actor, command)
        for copy_id in rehearsals_of(session, command.process_id):
            _assign(session, actor, replace(command, process_id=copy_id))
    if given:
        _note(session, actor, "role.given", person, command, mails.ROLE_GIVEN)
    return given


def take_role(session: Session, actor: Actor, command: ChangeRole) -> bool:
    """Take a role away, at once, in a rehearsal of the process, too. Returns False when the person does not have it.

    Raises Forbidden for everybody but administrators, Conflict for the last administrator, Refused without a reason.
    """
    person = _checked(session, actor, command)
    if command.role is Role.ADMINISTRATOR:
        lock_administrators(session)
        session.refresh(person)
        taken = person.is_administrator
        if taken:
            keep_one_administrator(session, person)
            person.is_administrator = False
            session.flush()
    else:
        copies = [_unassign(session, command, copy_id) for copy_id in rehearsals_of(session, command.process_id)]
        taken = _unassign(session, command, command.process_id) or any(copies)
        session.expire(person, ["assignments"])
    if taken:
        _note(session, actor, "role.taken", person, command, mails.ROLE_TAKEN)
    return taken


def make_administrator(session: Session, actor: Actor, email: str, name: str, locale: str) -> Person:
    """The first administrator, from the command line: an account if there is none, and the global role.

    Raises Forbidden for everybody but the system, Refused when the account is closed.
    """
    actor.require(Permission.ROLE_ASSIGN)
    person = session.scalars(select(Person).where(Person.email == email)).one_or_none()
    if person is None:
        person = Person(email=email, display_name=name, locale=locale)
        session.add(person)
        session.flush()
    if not may_sign_in(person):
        raise Refused(msg("This account is closed."))
    if not person.is_administrator:
        person.is_administrator = True
        session.flush()
        audit.record(session, actor, "role.given", person, reason="command line", role=Role.ADMINISTRATOR.value)
    return person


def _checked(session: Session, actor: Actor, command: ChangeRole) -> Person:
    actor.require(Permission.ROLE_ASSIGN)
    if not command.reason:
        raise Refused(msg("Write why. The reason is kept in the audit log."), field="reason")
    if len(command.reason) > LONGEST_REASON:
        raise Refused(msg("Write at most %(most)s characters.", most=LONGEST_REASON), field="reason")
    person = session.get(Person, command.person_id)
    if person is None:
        raise NotFound
    if command.role is not Role.ADMINISTRATOR and not process_titles(session, {command.process_id}):
        raise NotFound
    return person


def _assign(session: Session, actor: Actor, command: ChangeRole) -> bool:
    try:
        with session.begin_nested():
            session.add(
                RoleAssignment(
                    person_id=command.person_id,
                    process_id=command.process_id,
                    role=command.role,
                    given_by_id=actor.person_id,
                )
            )
            session.flush()
    except IntegrityError:  # the constraint knows it: they have this role
        return False
    return True


def _unassign(session: Session, command: ChangeRole, process_id: uuid.UUID | None) -> bool:
    query = delete(RoleAssignment).where(
        RoleAssignment.person_id == command.person_id,
        RoleAssignment.process_id == process_id,
        RoleAssignment.role == command.role,
    )
    return bool(session.execute(query).rowcount == 1)  # type: ignore[attr-defined]


def copy_roles(session: Session, process_id: uuid.UUID, copy_id: uuid.UUID) -> None:
    """Give everybody in the copy of a process the roles that they have in it. Nobody gets a letter: it is no new duty."""
    held = session.execute(
        select(RoleAssignment.person_id, RoleAssignment.role).where(RoleAssignment.process_id == process_id)
    ).all()
    session.add_all(RoleAssignment(person_id=one.person_id, process_id=copy_id, role=one.role) for one in held)
    session.flush()


def lock_administrators(session: Session) -> Sequence[Person]:
    """Lock all administrators in one order, so that two who remove each other at the same moment cannot both succeed.

    To be called before any single person is locked: who locks one of them first waits for somebody who waits for them.
    """
    query = select(Person).where(Person.is_administrator).order_by(Person.id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).all()


def keep_one_administrator(session: Session, person: Person) -> None:
    """Raises Conflict when nobody but `person` could administer; all administrators are locked until the commit."""
    if not any(other.id != person.id and may_sign_in(other) for other in lock_administrators(session)):
        raise Conflict(msg("This is the last administrator. Make somebody else an administrator first."))


def _note(session: Session, actor: Actor, action: str, person: Person, command: ChangeRole, mail: Mail) -> None:
    audit.record(session, actor, action, person, process_id=command.process_id, reason=command.reason, role=command.role.value)
    titles: dict[uuid.UUID, dict[str, str]] = process_titles(session, {command.process_id})
    params = {"role": command.role.value, "process": next(iter(titles.values()), {}), "name": person.display_name}
    notify(session, mail, person_id=person.id, params=params)
