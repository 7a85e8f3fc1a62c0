"""What can happen with other systems' programs and with linked profiles."""

from app.features.interfaces.use_cases.clients import change_client, register_client, revoke_client, rotate_secret
from app.features.interfaces.use_cases.counting import count_use
from app.features.interfaces.use_cases.profiles import link_profile, unlink_profile
from app.features.interfaces.use_cases.tokens import (
    BadClient,
    BadRequest,
    GivenToken,
    forget_what_is_over,
    give_token,
    revoke_token,
)

__all__ = [
    "BadClient",
    "BadRequest",
    "GivenToken",
    "change_client",
    "count_use",
    "forget_what_is_over",
    "give_token",
    "link_profile",
    "register_client",
    "revoke_client",
    "revoke_token",
    "rotate_secret",
    "unlink_profile",
]
