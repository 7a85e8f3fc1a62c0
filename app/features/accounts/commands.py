"""What people and administrators ask for."""

from dataclasses import dataclass
from uuid import UUID

from app.kernel.permissions import Role


@dataclass(frozen=True)
class SignUp:
    """Somebody wants an account. The password comes as its hash, or not at all for those who prefer links."""

    email: str
    display_name: str
    password_hash: str | None
    next_path: str
    locale: str


@dataclass(frozen=True)
class AskForLink:
    """Somebody wants to sign in by a letter."""

    email: str
    next_path: str
    locale: str


@dataclass(frozen=True)
class ChangeDetails:
    """Another name beside one's contributions, another language for letters."""

    display_name: str
    locale: str


@dataclass(frozen=True)
class ChangeRole:
    """Give or take one role: in one process, or everywhere for administrators (then without a process). With the reason."""

    person_id: UUID
    role: Role
    process_id: UUID | None
    reason: str
