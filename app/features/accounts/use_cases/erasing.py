"""The end of an account. `erasure` calls this at the beginning and at the end; what lies between is elsewhere."""

import uuid

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.features.accounts.models import Person
from app.features.accounts.use_cases.links import burn_links
from app.features.accounts.use_cases.roles import keep_one_administrator
from app.features.accounts.use_cases.sessions import end_sessions
from app.kernel import clock
from app.kernel.errors import NotFound


def close_for_erasure(session: Session, person_id: uuid.UUID) -> Person:
    """Nobody comes in by this account from now on, in no window and by no link, and it holds no role.

    Raises NotFound when there is no such person or they are being erased, Conflict for the last administrator.
    """
    person = session.get(Person, person_id, with_for_update=True, populate_existing=True)
    if person is None or person.erased_at is not None:
        raise NotFound
    if person.is_administrator:
        keep_one_administrator(session, person)
        person.is_administrator = False
    person.erased_at = clock.now()
    end_sessions(session, person.id)
    burn_links(session, person)
    session.flush()
    return person


def delete_account(session: Session, person_id: uuid.UUID) -> None:
    """Delete the account itself. Whatever still points at it and was made meanwhile goes with it, or lets go of it."""
    session.execute(delete(Person).where(Person.id == person_id), execution_options={"synchronize_session": False})
    session.expire_all()
