"""What an officer asks of this room."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from app.features.answers.models import AnswerStatus, MilestoneState
from app.kernel.texts import Texts


@dataclass(frozen=True)
class PublishAnswer:
    """Reply to a proposal, or change the reply. `cost` is in the smallest unit of the city's currency.

    `seen_version` is the version the officer had before their eyes (0: none), so that nobody overwrites a colleague.
    """

    proposal_id: UUID
    status: AnswerStatus
    reasons: str
    department: str
    language: str
    currency: str
    cost: int | None = None
    planned_for: date | None = None
    seen_version: int = 0


@dataclass(frozen=True)
class PromiseAnswers:
    """Say within how many days a process answers."""

    process_id: UUID
    days: int


@dataclass(frozen=True)
class BeginImplementation:
    """A certified winner, as `budgets` knows it. `cost` is in the smallest unit of `currency`."""

    process_id: UUID
    pot_id: UUID
    project_id: UUID
    reference: str
    title: Texts
    pot_title: Texts
    cost: int
    currency: str
    won_on: date
    lon: float | None = None
    lat: float | None = None
    proposal_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class WriteMilestone:
    """Add a step of carrying out, or change one. `stop_confirmed`: the officer has read what "stopped" tells everybody."""

    reference: str
    title: Texts
    state: MilestoneState
    planned_for: date | None = None
    done_on: date | None = None
    note: Texts = field(default_factory=dict)
    cost: int | None = None
    milestone_id: UUID | None = None
    seen_version: int = 0
    stop_confirmed: bool = False


@dataclass(frozen=True)
class ChangeMilestone:
    """One button beside a step: undo its last change, take it off, bring it back; as it stood when the officer looked."""

    milestone_id: UUID
    seen_version: int
