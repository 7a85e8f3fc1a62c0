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


@dataclass(frozen=True)
class WritePolicy:
    """Write a policy, or its next revision. `content` is what the program says, by the names of GovStack's schema."""

    content: dict[str, str | int]
    policy_id: UUID | None = None


@dataclass(frozen=True)
class WritePaper:
    """Write an agreement, or its next revision, as a program says it.

    `active` asks to put it in force; that takes a second hand. `compatible`: earlier answers stay valid.
    """

    purpose: str
    lawful_basis: str
    version: str
    dpia: str
    language: str
    controller_id: UUID | None = None
    controller_name: str = ""
    controller_url: str = ""
    policy_id: UUID | None = None
    data_use: str = ""
    forgettable: bool = True
    active: bool = False
    compatible: bool = False
    attributes: tuple[str, ...] = ("account",)
    purpose_term: str = "services"
    agreement_id: UUID | None = None
    revision_id: UUID | None = None
    revision_hash: str = ""


@dataclass(frozen=True)
class RegisterIndividual:
    """A program says whom it will speak of, by the identifier that they have in its system."""

    client_id: UUID
    client_name: str
    external_id: str = ""
    external_id_type: str = ""
    identity_provider_id: str = ""
    may_be_account: bool = False
    individual_id: UUID | None = None


@dataclass(frozen=True)
class WriteWebhook:
    """Where a program wants to be told."""

    client_id: UUID
    url: str
    content_type: str
    disabled: bool
    secret: str
    webhook_id: UUID | None = None


@dataclass(frozen=True)
class RecordAnswer:
    """A program passes on what an individual said: yes or no, to the revision they were shown."""

    individual_id: UUID
    agreement_id: UUID
    opt_in: bool
    language: str
    revision_id: UUID | None = None
    revision_hash: str | None = None
