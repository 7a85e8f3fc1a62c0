"""What people change about their own account."""

import uuid

from sqlalchemy.orm import Session

from app.features.accounts import mails
from app.features.accounts.commands import ChangeDetails
from app.features.accounts.models import Person
from app.features.accounts.rules import name_problem
from app.features.accounts.use_cases.links import burn_links
from app.features.accounts.use_cases.sessions import end_sessions
from app.features.notifications.use_cases import notify
from app.kernel.errors import Refused
from app.kernel.permissions import Actor


def change_details(session: Session, actor: Actor, command: ChangeDetails) -> Person:
    """Another name, another language for letters. Raises Refused for a name that shows nothing."""
    person = session.get_one(Person, actor.require_signed_in())
    if problem := name_problem(command.display_name):
        raise Refused(problem, field="display_name")
    person.display_name = command.display_name
    person.locale = command.locale
    session.flush()
    return person


def change_password(session: Session, actor: Actor, password_hash: str, *, session_id: uuid.UUID) -> Person:
    """Another password. Every other browser is signed out, waiting links end, and the owner of the mailbox is told."""
    person = session.get_one(Person, actor.require_signed_in())
    person.password_hash = password_hash
    end_sessions(session, person.id, but=session_id)
    burn_links(session, person)
    notify(session, mails.PASSWORD_CHANGED, person_id=person.id, params={"name": person.display_name})
    session.flush()
    return person
