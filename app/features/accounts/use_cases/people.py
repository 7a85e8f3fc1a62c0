"""People come into being: with an account, or as somebody whom a clerk met."""

from sqlalchemy.orm import Session

from app.features.accounts.models import Person
from app.features.accounts.rules import name_problem
from app.kernel.errors import Refused
from app.kernel.permissions import Actor, Permission
from app.kernel.texts import clean_line


def add_person_without_account(session: Session, actor: Actor, display_name: str) -> Person:
    """Note somebody who takes part on paper or by phone: a name, no address, nothing to sign in with.

    Raises Forbidden for everybody but clerks, Refused for a name that shows nothing.
    """
    actor.require(Permission.INTAKE)
    name = clean_line(display_name)
    if problem := name_problem(name):
        raise Refused(problem, field="display_name")
    person = Person(email=None, display_name=name, locale=actor.locale)
    session.add(person)
    session.flush()
    return person
