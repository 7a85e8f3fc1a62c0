"""What somebody asks of this room."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class RegisterClient:
    """Let a program of another system in. Without processes it works in all of them."""

    name: str
    contact: str
    scopes: tuple[str, ...]
    per_minute: int
    process_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class ChangeClient:
    """Change what a program may do; tokens it has keep what they were given, less what is taken away."""

    client_id: UUID
    registration: RegisterClient


@dataclass(frozen=True)
class AskForToken:
    """A program shows who it is and asks for a token: all its scopes, or some; for all interfaces, or one (RFC 8707)."""

    client_id: str
    secret: str
    scope: str | None = None
    audience: str = ""


@dataclass(frozen=True)
class LinkProfile:
    """Say which profile of the city's identity provider belongs to a person."""

    person_id: UUID
    profile_id: UUID
