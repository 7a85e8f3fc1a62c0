"""As much of a signed-in browser as every request asks, as plain values: most need no more, and many come at once."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from app.kernel.permissions import Role


@dataclass(frozen=True)
class KnownRole:
    """A role of somebody in one process."""

    role: Role
    process_id: uuid.UUID


@dataclass(frozen=True)
class KnownPerson:
    """Somebody with an account."""

    id: uuid.UUID
    email: str | None
    display_name: str
    department: str
    is_administrator: bool
    totp_confirmed_at: datetime | None
    blocked_at: datetime | None
    erased_at: datetime | None
    assignments: tuple[KnownRole, ...] = ()


@dataclass(frozen=True)
class KnownSession:
    """A signed-in browser, and whose it is."""

    id: uuid.UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    second_factor_at: datetime | None
    ended_at: datetime | None
    person: KnownPerson
