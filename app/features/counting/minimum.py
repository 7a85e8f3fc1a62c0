"""What a project must reach to win, as it was announced: a number, or a share of the ballots; as much as that, or more."""

from dataclasses import dataclass
from math import ceil, floor

from app.features.counting.numbers import Score


@dataclass(frozen=True, slots=True)
class Minimum:
    """`value` is a score, or with `of_ballots` a share between 0 and 1 of all ballots, blank ones included.

    With `above` a project needs more than that; without, as much is enough.
    """

    value: Score
    of_ballots: bool = False
    above: bool = False

    def least(self, ballots: int) -> int:
        """The least whole score that is enough. Exact as long as scores are whole numbers, as on ballots of the house."""
        bound = self.value * ballots if self.of_ballots else self.value
        return floor(bound) + 1 if self.above else ceil(bound)
