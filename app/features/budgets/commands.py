"""What staff ask of this room."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.features.budgets.models import Feasibility
from app.kernel.texts import Texts


@dataclass(frozen=True)
class WritePot:
    """Set up a pot, or change it before it is frozen. `amount` is in the smallest unit of `currency`.

    What a voter may do, by `vote_type`: approval: choose by cost (`limit_by_cost`: together at most `max_sum_cost`, or else the
    pot's money), or up to `max_projects`, or both; choose-1: one project; cumulative: give `max_points`, at most
    `max_points_per_project` to one project, to `max_projects` or to any number; ordinal: put up to `max_projects` in an order.
    Who chooses anything chooses at least `min_projects`; a blank ballot is always valid.

    `minimum` is what a project must reach to win, written as a decimal number: a score, or with `minimum_is_share` a
    percentage of all ballots; with `minimum_above` it must have more than that.
    """

    process_id: UUID
    title: Texts
    amount: int
    currency: str
    description: Texts = field(default_factory=dict)
    area_id: UUID | None = None
    vote_type: str = "approval"
    limit_by_cost: bool = False
    max_sum_cost: int | None = None
    min_projects: int = 1
    max_projects: int | None = None
    max_points: int | None = None
    max_points_per_project: int | None = None
    rule: str = "greedy"
    minimum: str | None = None
    minimum_is_share: bool = False
    minimum_above: bool = False
    stop_when_exhaustive: bool = False
    tie_rules: tuple[str, ...] = ("listed_first",)
    pot_id: UUID | None = None


@dataclass(frozen=True)
class WriteGroup:
    """Say which projects exclude each other, by their numbers; `place` changes the group that stands there."""

    pot_id: UUID
    name: Texts
    numbers: tuple[str, ...]
    place: int | None = None


@dataclass(frozen=True)
class RemoveGroup:
    """Projects of this group no longer exclude each other."""

    pot_id: UUID
    place: int


@dataclass(frozen=True)
class MovePot:
    """Put a pot one place up or down among the pots of its process."""

    pot_id: UUID
    up: bool


@dataclass(frozen=True)
class WriteProject:
    """Put a project on the ballot, or change it before the pot is frozen; made from accepted proposals or by staff."""

    pot_id: UUID
    title: Texts
    cost: int
    description: Texts = field(default_factory=dict)
    proposal_ids: tuple[UUID, ...] = ()
    area_id: UUID | None = None
    lon: float | None = None
    lat: float | None = None
    category_ids: tuple[UUID, ...] = ()
    project_id: UUID | None = None


@dataclass(frozen=True)
class RemoveProject:
    """Take a project off the ballot before the pot is frozen."""

    project_id: UUID


@dataclass(frozen=True)
class FreezePot:
    """Fix projects, costs and rule for the vote."""

    pot_id: UUID


@dataclass(frozen=True)
class UnfreezePot:
    """Go back to changing a pot whose vote has not begun."""

    pot_id: UUID


@dataclass(frozen=True)
class CertifyPot:
    """Two members of the committee certify the count; the result is public from then on. `signed_by`: who they are."""

    pot_id: UUID
    signed_by: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class AnnulPot:
    """Two members of the committee let the vote on a pot not count."""

    pot_id: UUID
    signed_by: tuple[UUID, ...]


@dataclass(frozen=True)
class WithdrawProject:
    """Two members of the committee withdraw a project while people vote. `reason` is published, by language."""

    pot_id: UUID
    number: str
    reason: Texts
    signed_by: tuple[UUID, ...]


@dataclass(frozen=True)
class CorrectResult:
    """Two members of the committee put a new count in the place of a certified one."""

    pot_id: UUID
    result: dict[str, Any]
    signed_by: tuple[UUID, ...]


@dataclass(frozen=True)
class ReviewProposal:
    """Say whether a proposal can be built, and why; the review is public at once. `cost` is in the smallest unit."""

    proposal_id: UUID
    outcome: Feasibility
    reason: Texts
    currency: str
    cost: int | None = None
    seen: int = 0


@dataclass(frozen=True)
class TakeBackReview:
    """Take the newest review of a proposal back; the one before it holds again."""

    review_id: UUID
