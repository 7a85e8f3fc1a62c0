"""What we remember about other systems: `clients` their programs and tokens, `profiles` who somebody is elsewhere."""

from app.features.interfaces.models.clients import InterfaceClient, InterfaceToken, InterfaceUse
from app.features.interfaces.models.profiles import CityProfile

__all__ = ["CityProfile", "InterfaceClient", "InterfaceToken", "InterfaceUse"]
