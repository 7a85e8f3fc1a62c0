"""How programs, their tokens and linked profiles are looked up."""

from app.features.interfaces.models import CityProfile, InterfaceClient
from app.features.interfaces.queries.clients import (
    Registered,
    client,
    client_by_id,
    clients,
    processes_of,
    working_token,
)
from app.features.interfaces.queries.profiles import individuals_of, person_known_as, profile_of
from app.features.interfaces.queries.usages import UsageRow, count_usages, usages_page

__all__ = [
    "CityProfile",
    "InterfaceClient",
    "Registered",
    "UsageRow",
    "client",
    "client_by_id",
    "clients",
    "count_usages",
    "individuals_of",
    "person_known_as",
    "processes_of",
    "profile_of",
    "usages_page",
    "working_token",
]
