"""A program registers whom it speaks of: somebody with an account here, if it may, or else somebody without one."""

import uuid
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.accounts.queries import Person, person_by_email
from app.features.accounts.use_cases import add_person_without_account
from app.features.interfaces.commands import RegisterIndividual
from app.features.interfaces.models import Individual
from app.features.interfaces.queries.profiles import person_known_as
from app.kernel import audit
from app.kernel.errors import Conflict, NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Role

ACCOUNT_BY = {"email", "plaza", "city_profile"}
"""Kinds of identifiers by which a program may mean somebody who has an account here."""


def register_individual(session: Session, actor: Actor, command: RegisterIndividual) -> Individual:
    """Register an individual, or change how they are known. The same identifier again is the same individual.

    With `may_be_account` the identifier may be that of somebody with an account. Without it, and for identifiers that nobody
    here has, a person without an account comes into being: the answer tells nobody whether an address has an account.
    """
    if command.individual_id is not None:
        return _changed(session, actor, command)
    if command.external_id and (known := _known(session, command)) is not None:
        return known
    person_id = account_of(session, command) if command.may_be_account else None
    if person_id is None:
        clerk = replace(actor, everywhere=actor.everywhere | {Role.CLERK})
        person_id = add_person_without_account(session, clerk, f"Individual of {command.client_name}"[:80]).id
    found = Individual(client_id=command.client_id, person_id=person_id)
    _write(found, command)
    try:
        with session.begin_nested():
            session.add(found)
            session.flush()
    except IntegrityError:  # another request registered them at this moment
        again = _known(session, command)
        if again is None:
            raise
        return again
    audit.record(session, actor, "individual.registered", found, voice_id=person_id)
    return found


def _changed(session: Session, actor: Actor, command: RegisterIndividual) -> Individual:
    found = session.get(Individual, command.individual_id, with_for_update=True, populate_existing=True)
    if found is None or found.client_id != command.client_id:
        raise NotFound
    try:
        with session.begin_nested():
            _write(found, command)
            session.flush()
    except IntegrityError:
        raise Conflict(msg("Another individual has this identifier.")) from None
    audit.record(session, actor, "individual.changed", found, voice_id=found.person_id)
    return found


def _write(found: Individual, command: RegisterIndividual) -> None:
    found.external_id, found.external_id_type = command.external_id or str(uuid.uuid4()), command.external_id_type
    found.identity_provider_id = command.identity_provider_id


def _known(session: Session, command: RegisterIndividual) -> Individual | None:
    return session.scalars(
        select(Individual).where(
            Individual.client_id == command.client_id,
            Individual.external_id == command.external_id,
            Individual.external_id_type == command.external_id_type,
            Individual.identity_provider_id == command.identity_provider_id,
        )
    ).first()


def account_of(session: Session, named: RegisterIndividual | Individual) -> uuid.UUID | None:
    """Who has this identifier here: a confirmed address, a linked profile, or our own identifier."""
    if named.external_id_type == "email":
        found: Person | None = person_by_email(session, named.external_id)
        return found.id if found and found.email_confirmed_at and not found.erased_at else None
    if named.external_id_type not in ACCOUNT_BY:
        return None
    try:
        return person_known_as(session, uuid.UUID(named.external_id))
    except ValueError:
        return None
