"""Whole ballots as arrays: equal ballots are joined into one class with a weight, and each class is a row."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np
import numpy.typing as npt

from app.features.counting.ballots import Ballot
from app.features.counting.numbers import Score
from app.features.counting.rule import TooManyPoints
from app.features.counting.tally import Tally

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

EXACT_IN_A_FLOAT = 2**53
"""Sums of whole numbers up to here are exact in floating point, whatever the order in which they are added."""


REMEMBERED = 4_000_000
"""So many choices of supporters, all projects together, are kept at hand; with more ballots they are looked up each time."""


@dataclass(frozen=True, slots=True)
class Choices:
    """All choices of the classes that support one project. `place` is the class's place among these supporters."""

    place: Whole
    project: Whole
    pull: Floats


class Supporters:
    """The classes that support one project: which ones, how many people each of them is, and what they gave it.

    `points` are whole numbers: one for each supporter where ballots have no points, else those of the ballots on a common
    scale; a single number where all gave the same. `pull` is weight times points.
    """

    def __init__(self, rows: Whole, weights: Floats, points: Floats) -> None:
        self.rows, self.weights = rows, weights
        self.pull = weights * points
        self.number = int(weights.sum())
        self.total_pull = int(self.pull.sum())
        self.least_pull = float(self.pull.min()) if len(rows) else 1.0
        same = len(rows) > 0 and bool((points == points[0]).all())
        self.points: Floats | float = float(points[0]) if same else points
        self.choices: Choices | None = None


class Classes:
    """The ballots of a tally that has kept them, without the blank ones, which support nothing and pay for nothing."""

    def __init__(self, tally: Tally) -> None:
        ballots = tally.ballots or Counter()
        self.voters = tally.voters
        self.project_ids = tally.project_ids
        number = {project: index for index, project in enumerate(self.project_ids)}
        counted = [(choices, ballot.points, weight) for ballot, weight in ballots.items() if (choices := ballot.choices)]
        lengths = np.array([len(choices) for choices, _, _ in counted], dtype=np.int64)
        projects = np.array([number[one] for choices, _, _ in counted for one in choices], dtype=np.int64)
        weights = np.array([weight for _, _, weight in counted], dtype=np.float64)
        rows = np.repeat(np.arange(len(counted), dtype=np.int64), lengths)
        if tally.vote_type.gives_points:
            self.scale, points = _on_one_scale(list(ballots))
        else:
            self.scale, points = 1, np.ones(len(projects))
        supporting = points > 0
        projects, rows, points = projects[supporting], rows[supporting], points[supporting]
        self.size = len(counted)
        self.weights = weights
        self.row_of, self.project_of, self.points_of = rows, projects, points
        self.pull_of = weights[rows] * points if len(rows) else points
        self.starts = np.searchsorted(rows, np.arange(self.size + 1))
        self.longest = int(np.diff(self.starts).max(initial=0))
        self._remember = int((np.diff(self.starts) ** 2).sum()) <= REMEMBERED
        if float(self.pull_of.sum()) >= EXACT_IN_A_FLOAT:
            raise TooManyPoints
        self.supporters = self._supporters()

    def choices(self, supporters: Supporters) -> Choices:
        """All choices of a project's supporters; remembered where that does not take much memory."""
        if supporters.choices is not None:
            return supporters.choices
        entries = self._entries(supporters.rows)
        lengths = self.starts[supporters.rows + 1] - self.starts[supporters.rows]
        place = np.repeat(np.arange(len(lengths)), lengths)
        choices = Choices(place, self.project_of[entries], self.pull_of[entries])
        if self._remember:
            supporters.choices = choices
        return choices

    def _entries(self, rows: Whole) -> Whole:
        """Where the choices of these classes stand in `project_of`, `points_of` and `pull_of`."""
        starts = self.starts[rows]
        lengths = self.starts[rows + 1] - starts
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        return np.arange(total) + np.repeat(starts - (ends - lengths), lengths)

    def with_a_winner(self, winners: Sequence[str]) -> Whole:
        """For each class, how many of its supported projects are among the winners."""
        chosen = np.isin(self.project_of, [index for index, one in enumerate(self.project_ids) if one in set(winners)])
        return np.bincount(self.row_of[chosen], minlength=self.size)

    def _supporters(self) -> list[Supporters]:
        order = np.argsort(self.project_of, kind="stable")
        ends = np.searchsorted(self.project_of[order], np.arange(len(self.project_ids) + 1))
        parts = [order[ends[index] : ends[index + 1]] for index in range(len(self.project_ids))]
        return [Supporters(self.row_of[one], self.weights[self.row_of[one]], self.points_of[one]) for one in parts]


def _on_one_scale(ballots: Sequence[Ballot]) -> tuple[int, Floats]:
    """All points as whole numbers: multiplied by the smallest number that leaves no fraction."""
    points: list[Score] = [number for ballot in ballots for number in ballot.points or ()]
    scale = lcm(*(number.denominator for number in points if isinstance(number, Fraction)))
    whole = [int(number * scale) for number in points]
    if any(abs(number) >= EXACT_IN_A_FLOAT for number in whole):
        raise TooManyPoints
    return scale, np.array(whole, dtype=np.float64)
