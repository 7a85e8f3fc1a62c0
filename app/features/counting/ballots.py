"""What a voter says in one pot."""

from dataclasses import dataclass
from enum import StrEnum

from app.features.counting.numbers import Score


class VoteType(StrEnum):
    """What voters may say. The words are those of the `.pb` format."""

    APPROVAL = "approval"
    CHOOSE_ONE = "choose-1"
    CUMULATIVE = "cumulative"
    ORDINAL = "ordinal"
    SCORING = "scoring"

    @property
    def gives_points(self) -> bool:
        """Whether a ballot carries a number of points for each project it names."""
        return self in (VoteType.CUMULATIVE, VoteType.SCORING)


@dataclass(frozen=True, slots=True)
class Ballot:
    """One ballot. `choices` are project ids, the most wanted first where the order counts; none is a blank ballot.

    `points` stand beside the choices one by one, and are there only for vote types that give points.
    """

    choices: tuple[str, ...]
    points: tuple[Score, ...] | None = None
