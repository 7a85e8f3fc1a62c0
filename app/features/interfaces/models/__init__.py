"""What we remember about other systems: `clients` their programs and tokens, `profiles` who somebody is elsewhere, `govstack`
what only that interface knows."""

from app.features.interfaces.models.clients import InterfaceClient, InterfaceToken, InterfaceUse
from app.features.interfaces.models.govstack import (
    AgreementPaper,
    Individual,
    Policy,
    PolicyRevision,
    Signature,
    Webhook,
)
from app.features.interfaces.models.profiles import CityProfile

__all__ = [
    "AgreementPaper",
    "CityProfile",
    "Individual",
    "InterfaceClient",
    "InterfaceToken",
    "InterfaceUse",
    "Policy",
    "PolicyRevision",
    "Signature",
    "Webhook",
]
