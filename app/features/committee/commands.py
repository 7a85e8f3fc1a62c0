"""What members of the committee, and those who object, ask for."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.features.committee.models import DecisionKind, ObjectionOutcome
from app.kernel.texts import Texts


@dataclass(frozen=True)
class Propose:
    """A member proposes a decision, and so signs it first. `reason` is published, by language. `draw`: its place, from 0.

    `project`: the number on the ballot of the one that is withdrawn.
    """

    process_id: UUID
    kind: DecisionKind
    reason: Texts
    pot_id: UUID | None = None
    until: datetime | None = None
    objection_id: UUID | None = None
    outcome: ObjectionOutcome | None = None
    station_id: UUID | None = None
    draw: int | None = None
    project: str | None = None


@dataclass(frozen=True)
class Decline:
    """A member does not sign, and says why."""

    decision_id: UUID
    answer: str


@dataclass(frozen=True)
class Object:
    """Somebody objects to a vote; `words` are for the committee alone. Without an account: who, and how to reach them."""

    process_id: UUID
    words: str = field(repr=False)
    name: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)


@dataclass(frozen=True)
class EnterTotals:
    """What was counted at a station of the ballots of a pot. `ballots` with the blank ones, without the invalid ones."""

    station_id: UUID
    pot_id: UUID
    participations: int
    ballots: int
    blank: int
    invalid: int
    votes: dict[str, int]
    points: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Explain:
    """Why participations and ballots of a pot differ, on the web or at a station."""

    pot_id: UUID
    reason: str
    station_id: UUID | None = None


@dataclass(frozen=True)
class SetRetention:
    """How many days people can object after certification, and how long voters' data is kept after the keys."""

    process_id: UUID
    objection_days: int
    keep_days: int
