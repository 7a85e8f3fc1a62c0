"""A person's profile at the city's identity provider is linked, and the link is taken away."""

import uuid

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.accounts.queries import person
from app.features.interfaces.commands import LinkProfile
from app.features.interfaces.models import CityProfile
from app.kernel import audit
from app.kernel.errors import Conflict, NotFound
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission

_TAKEN = msg("This profile belongs to another person here, or this person has a profile already. Take the link away first.")


def link_profile(session: Session, actor: Actor, command: LinkProfile) -> CityProfile:
    """Say which profile is whose: from then on the profile's owner can take or erase their data here from over there.

    Raises Forbidden for everybody but administrators, NotFound for nobody, Conflict when either has a link already.
    """
    actor.require(Permission.INTERFACE_MANAGE)
    found = person(session, command.person_id)
    if found is None or found.erased_at is not None:
        raise NotFound
    profile = CityProfile(person_id=found.id, profile_id=command.profile_id)
    try:
        with session.begin_nested():
            session.add(profile)
            session.flush()
    except IntegrityError:
        raise Conflict(_TAKEN) from None
    audit.record(session, actor, "profile.linked", found, voice_id=found.id)
    return profile


def unlink_profile(session: Session, actor: Actor, person_id: uuid.UUID) -> None:
    """Take the link away. Raises NotFound when there is none."""
    actor.require(Permission.INTERFACE_MANAGE)
    profile = session.scalars(select(CityProfile).where(CityProfile.person_id == person_id).with_for_update()).first()
    found = person(session, person_id)
    if profile is None or found is None:
        raise NotFound
    session.delete(profile)
    session.flush()
    audit.record(session, actor, "profile.unlinked", found, voice_id=found.id)
