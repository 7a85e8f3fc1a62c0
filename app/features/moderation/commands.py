"""What somebody asks of this room."""

from dataclasses import dataclass
from uuid import UUID

from app.features.moderation.models import Reason, Subject, Verb


@dataclass(frozen=True)
class WriteReport:
    """Tell moderators that a proposal or comment breaks the rules."""

    subject_type: Subject
    subject_id: UUID
    reason: Reason
    text: str = ""


@dataclass(frozen=True)
class Decide:
    """Approve, hide, restore, or dismiss the reports on a proposal or comment."""

    subject_type: Subject
    subject_id: UUID
    verb: Verb
    reason: Reason | None = None
    text: str = ""


@dataclass(frozen=True)
class DecideTogether:
    """The same decision on several things, with one reason."""

    verb: Verb
    subjects: tuple[tuple[Subject, UUID], ...]
    reason: Reason | None = None
    text: str = ""
