"""Who somebody is: by our own identifier, or by that of their profile at the city's identity provider."""

import uuid

from sqlalchemy import Result, select
from sqlalchemy.orm import Session

from app.features.accounts.queries import Person
from app.features.interfaces.models import CityProfile, Individual, InterfaceClient


def person_known_as(session: Session, identifier: uuid.UUID) -> uuid.UUID | None:
    """The person whose linked profile, or else whose own identifier here, this is. None when nobody's, or when erased."""
    linked = select(CityProfile.person_id).where(CityProfile.profile_id == identifier)
    query = select(Person.id).where(Person.erased_at.is_(None))
    for one in (query.where(Person.id.in_(linked)), query.where(Person.id == identifier)):
        if (found := session.scalars(one).first()) is not None:
            return found
    return None


def profile_of(session: Session, person_id: uuid.UUID) -> CityProfile | None:
    """The profile linked to a person."""
    return session.scalars(select(CityProfile).where(CityProfile.person_id == person_id)).first()


def individuals_of(session: Session, person_id: uuid.UUID) -> Result[Individual, str]:
    """Under whom programs have registered a person, each with the program's name."""
    return session.execute(
        select(Individual, InterfaceClient.name)
        .join(InterfaceClient, InterfaceClient.id == Individual.client_id)
        .where(Individual.person_id == person_id)
        .order_by(Individual.created_at)
    )
