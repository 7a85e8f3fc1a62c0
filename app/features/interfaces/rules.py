"""Scopes, audiences and limits of registered programs. Pure."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.features.interfaces.models import InterfaceClient
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Role
from app.kernel.references import token_hash
from app.kernel.vault import Vault

webhook_vault = Vault("interfaces")
"""The keys that seal the secrets of webhooks; bound when the application is built."""
TOKEN_LIVES = timedelta(minutes=30)
WINDOW = timedelta(minutes=1)
RATES = (60, 600, 6000)
"""How many requests a minute an administrator can choose from."""
GDPR_PER_MINUTE = 30
"""Requests about one person's own data, a minute. A profile page asks once for each click."""
MOST_LIVE_TOKENS = 1000


class Scope(StrEnum):
    """One thing that a program may do. `config`, `service` and `audit` are the three parts of GovStack's building block."""

    CONFIG = "config"
    APPROVE = "approve"
    SERVICE = "service"
    AUDIT = "audit"
    ACCOUNTS = "accounts"
    USAGES = "usages"


SCOPES: dict[Scope, Message] = {
    Scope.CONFIG: msg("Write policies and data agreements, register individuals and webhooks"),
    Scope.APPROVE: msg("Put agreements in force that somebody else has written: the second hand"),
    Scope.SERVICE: msg("Record and read what individuals allow and refuse"),
    Scope.AUDIT: msg("Read all consent records and data agreements"),
    Scope.ACCOUNTS: msg("With this, individuals may be residents who have an account here"),
    Scope.USAGES: msg("Read who used one person's data, to show it to that person"),
}


class Audience(StrEnum):
    """An interface as the resource that a token can be bound to: the end of its address."""

    GOVSTACK = "/api/govstack"
    TRACKER = "/api/tracker"


SPECIFICATION = "1.1.0"
"""The version of GovStack's description that Plaza speaks."""

OPENED_BY: dict[Scope, Audience] = {
    Scope.CONFIG: Audience.GOVSTACK,
    Scope.APPROVE: Audience.GOVSTACK,
    Scope.SERVICE: Audience.GOVSTACK,
    Scope.AUDIT: Audience.GOVSTACK,
    Scope.ACCOUNTS: Audience.GOVSTACK,
    Scope.USAGES: Audience.TRACKER,
}


def known_scopes(words: Iterable[str]) -> list[str]:
    """The scopes among `words`, in the order in which they are listed everywhere."""
    wanted = set(words)
    return [scope.value for scope in Scope if scope.value in wanted]


def secret_is_right(client: InterfaceClient, secret: str) -> bool:
    """Whether this is the program's secret. Takes as long for a wrong one."""
    return hmac.compare_digest(client.secret_hash, token_hash(secret))


def actor_for(client_id: UUID, scopes: Iterable[str], process_ids: Iterable[UUID] | None) -> Actor:
    """The program as use cases see it: its scopes as the roles that do the same work in person, in its processes or in all.

    `config` and `approve` work on agreements as a data steward does, `service` takes in answers as a clerk does. A program
    never holds a role beyond them, and is never an administrator.
    """
    held = {_ROLES[scope] for scope in scopes if scope in _ROLES}
    if process_ids is None:
        return Actor(client_id=client_id, everywhere=frozenset(held))
    return Actor(client_id=client_id, roles=frozenset((role, process) for role in held for process in process_ids))


_ROLES = {
    Scope.CONFIG.value: Role.STEWARD,
    Scope.APPROVE.value: Role.STEWARD,
    Scope.SERVICE.value: Role.CLERK,
    Scope.AUDIT.value: Role.AUDITOR,
}


def use_key(client_id: UUID) -> str:
    """The name under which a program's requests are counted."""
    return f"client {client_id}"


@dataclass(frozen=True)
class Allowance:
    """What is left of a caller's requests in the present window."""

    limit: int
    remaining: int
    resets_in: int

    @property
    def used_up(self) -> bool:
        """Whether this request is one too many."""
        return self.remaining < 0


def allowance(limit: int, count: int, began_at: datetime, now: datetime) -> Allowance:
    """The allowance after `count` requests since `began_at`; seconds are rounded up, so that who waits them is let in."""
    left = (began_at + WINDOW - now).total_seconds()
    return Allowance(limit, limit - count, max(1, int(left) + (left > int(left))))
