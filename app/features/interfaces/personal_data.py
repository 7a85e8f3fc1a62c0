"""What this room keeps about a person."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.features.interfaces.queries import individuals_of, profile_of
from app.kernel.messages import msg
from app.kernel.personal_data import collection


@collection(
    "city_profile",
    msg("Your profile at the city's identity provider"),
    tables=("city_profile",),
    columns={"profile_id": msg("The identifier of your profile there"), "created_at": msg("When it was linked (UTC)")},
)
def _profile_of(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    profile = profile_of(session, person_id)
    if profile is not None:
        yield {"profile_id": str(profile.profile_id), "created_at": profile.created_at.isoformat()}


@collection(
    "individuals",
    msg("Under which identifiers other systems know you"),
    tables=("interface_individual",),
    columns={
        "program": msg("The program that registered you"),
        "identifier": msg("Your identifier in its system"),
        "kind": msg("What kind of identifier that is"),
        "provider": msg("Who gave it"),
        "created_at": msg("When it registered you (UTC)"),
    },
)
def _individuals_of(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    for found, program in individuals_of(session, person_id):
        yield {
            "program": program,
            "identifier": found.external_id,
            "kind": found.external_id_type,
            "provider": found.identity_provider_id,
            "created_at": found.created_at.isoformat(),
        }
