"""Who may do what, by role. Deny by default: what is not written here, nobody may.

Roles are given per process by an administrator; the administrator is a global role. A staff member's permissions count
only after the second factor, which `accounts` sees to when it builds the actor.
"""

from collections.abc import Set
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from app.kernel.errors import Forbidden, SignInRequired


class Role(StrEnum):
    """What somebody is in one process (ADMINISTRATOR: in all)."""

    ADMINISTRATOR = "administrator"
    MODERATOR = "moderator"
    CLERK = "clerk"
    OFFICER = "officer"
    COMMITTEE = "committee"
    STEWARD = "steward"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """One thing that staff can be allowed to do."""

    STAFF_AREA = "see the staff area"
    PROCESS_MANAGE = "create and change processes, phases, categories and areas"
    ROLE_ASSIGN = "give and take roles"
    MODERATE = "decide on reports and new contributions"
    ANSWER = "write official answers"
    INTAKE = "take in paper and phone calls"
    BUDGET_MANAGE = "set up pots and projects"
    BUDGET_CERTIFY = "close, reconcile and certify a count"
    BUDGET_INSPECT = "see a pot's totals and protocol before publication"
    RELEASE = "release data sets"
    NEWSLETTER = "write newsletters"
    AGREEMENT_MANAGE = "write data agreements"
    AUDIT_READ = "read the audit log"
    INTERFACE_MANAGE = "let programs of other systems in, and shut them out"
    KIOSK_MANAGE = "set up public screens and switch them off"
    MAIL_READ = "see the mail of a development server"


_STAFF = {Permission.STAFF_AREA}
GRANTS: dict[Role, Set[Permission]] = {
    Role.ADMINISTRATOR: _STAFF
    | {
        Permission.PROCESS_MANAGE,
        Permission.ROLE_ASSIGN,
        Permission.BUDGET_MANAGE,
        Permission.AGREEMENT_MANAGE,
        Permission.NEWSLETTER,
        Permission.AUDIT_READ,
        Permission.INTERFACE_MANAGE,
        Permission.KIOSK_MANAGE,
    },
    Role.MODERATOR: _STAFF | {Permission.MODERATE},
    Role.CLERK: _STAFF | {Permission.INTAKE},
    Role.OFFICER: _STAFF | {Permission.ANSWER},
    Role.COMMITTEE: _STAFF | {Permission.BUDGET_MANAGE, Permission.BUDGET_CERTIFY, Permission.BUDGET_INSPECT},
    Role.STEWARD: _STAFF | {Permission.RELEASE, Permission.AGREEMENT_MANAGE, Permission.NEWSLETTER},
    Role.AUDITOR: _STAFF | {Permission.BUDGET_INSPECT, Permission.AUDIT_READ},
}


class Channel(StrEnum):
    """How something came in."""

    WEB = "web"
    KIOSK = "kiosk"
    PAPER = "paper"
    DESK = "desk"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, for use cases. Built at the door; never a web or database object."""

    person_id: UUID | None = None
    channel: Channel = Channel.WEB
    is_administrator: bool = False
    roles: frozenset[tuple[Role, UUID]] = field(default_factory=frozenset)
    is_system: bool = False
    locale: str = "en"
    client_id: UUID | None = None
    """The registered program that asks, where no person does: its token's scopes have become roles."""
    everywhere: frozenset[Role] = field(default_factory=frozenset)
    """Roles of a program that works in all processes. People are given theirs per process."""

    @property
    def is_signed_in(self) -> bool:
        """True for a person with an account who has signed in."""
        return self.person_id is not None

    @property
    def is_staff(self) -> bool:
        """True for anybody with at least one role, second factor passed."""
        return self.is_administrator or bool(self.roles)

    def may(self, permission: Permission, process_id: UUID | None = None) -> bool:
        """Whether this actor holds `permission` in that process, or in any process when none is named."""
        if self.is_system:
            return True
        if self.is_administrator and permission in GRANTS[Role.ADMINISTRATOR]:
            return True
        if any(permission in GRANTS[role] for role in self.everywhere):
            return True
        return any(permission in GRANTS[role] for role, process in self.roles if process_id is None or process == process_id)

    def processes_where(self, permission: Permission) -> frozenset[UUID] | None:
        """The processes in which this actor holds `permission`; None means all of them."""
        if self.is_system or (self.is_administrator and permission in GRANTS[Role.ADMINISTRATOR]):
            return None
        if any(permission in GRANTS[role] for role in self.everywhere):
            return None
        return frozenset(process for role, process in self.roles if permission in GRANTS[role])

    def require(self, permission: Permission, process_id: UUID | None = None) -> None:
        """Raise Forbidden unless `may`."""
        if not self.may(permission, process_id):
            raise Forbidden

    def require_signed_in(self) -> UUID:
        """The person's id; raises SignInRequired for everybody else."""
        if self.person_id is None:
            raise SignInRequired
        return self.person_id


ANONYMOUS = Actor()
SYSTEM = Actor(is_system=True)
