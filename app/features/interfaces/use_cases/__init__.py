"""What can happen with other systems' programs and with linked profiles."""

from app.features.interfaces.use_cases.answers import Asked, forget_answers, pass_on
from app.features.interfaces.use_cases.clients import change_client, register_client, revoke_client, rotate_secret
from app.features.interfaces.use_cases.counting import count_use
from app.features.interfaces.use_cases.individuals import register_individual
from app.features.interfaces.use_cases.papers import end_paper, write_paper
from app.features.interfaces.use_cases.policies import delete_policy, write_policy
from app.features.interfaces.use_cases.profiles import link_profile, unlink_profile
from app.features.interfaces.use_cases.signing import begin_signature, complete_signature
from app.features.interfaces.use_cases.tokens import (
    BadClient,
    BadRequest,
    GivenToken,
    forget_what_is_over,
    give_token,
    revoke_token,
)
from app.features.interfaces.use_cases.webhooks import KIND, delete_webhook, packed, write_webhook

__all__ = [
    "KIND",
    "Asked",
    "BadClient",
    "BadRequest",
    "GivenToken",
    "begin_signature",
    "change_client",
    "complete_signature",
    "count_use",
    "delete_policy",
    "delete_webhook",
    "end_paper",
    "forget_answers",
    "forget_what_is_over",
    "give_token",
    "link_profile",
    "packed",
    "pass_on",
    "register_client",
    "register_individual",
    "revoke_client",
    "revoke_token",
    "rotate_secret",
    "unlink_profile",
    "write_paper",
    "write_policy",
    "write_webhook",
]
