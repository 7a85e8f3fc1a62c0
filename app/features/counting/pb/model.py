"""An election as a `.pb` file holds it (format: https://pabulib.org/format). Money is in the smallest unit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from app.features.counting.announced import Project
from app.features.counting.ballots import Ballot, VoteType
from app.features.counting.numbers import DECIMALS, Score, money_text, score_text


@dataclass(frozen=True, slots=True)
class PbMeta:
    """What is announced about the election. `fields` are all keys and values as they stand in the file, known or not."""

    num_projects: int
    num_votes: int
    budget: int
    vote_type: VoteType
    rule: str
    decimals: int = DECIMALS
    min_length: int | None = None
    max_length: int | None = None
    min_sum_cost: int | None = None
    max_sum_cost: int | None = None
    min_points: Score | None = None
    max_points: Score | None = None
    min_sum_points: Score | None = None
    max_sum_points: Score | None = None
    default_score: Score | None = None
    min_project_score_threshold: Score | None = None
    fields: tuple[tuple[str, str], ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    def text(self, key: str) -> str:
        """The value of a key as it stands in the file, empty where it is missing."""
        return next((value for name, value in self.fields if name == key), "")

    @property
    def currency(self) -> str:
        """The code of the currency, or an empty text."""
        return self.text("currency")


@dataclass(frozen=True, slots=True)
class PbProject:
    """One row of PROJECTS. `selected` is 1 for official winners; `extra` are the columns that only this file has, and those
    whose value could not be read, as they are written.
    """

    project_id: str
    cost: int
    votes: int | None = None
    score: Score | None = None
    name: str = ""
    categories: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    selected: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    extra: tuple[tuple[str, str], ...] = ()
    line: int | None = field(default=None, compare=False)

    def cell(self, column: str, decimals: int = DECIMALS) -> str:
        """What stands in a column, in its shortest form."""
        extra = dict(self.extra)
        if column in _CELLS and column not in extra:
            return _CELLS[column](self, decimals)
        return extra.get(column, "")


@dataclass(frozen=True, slots=True)
class PbVote:
    """One row of VOTES. `extra` holds the values of `PbHead.vote_extras`, in their order."""

    voter_id: str
    ballot: Ballot
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PbHead:
    """Everything before the first ballot: META, PROJECTS in the order of the list, and the columns of both tables."""

    meta: PbMeta
    projects: tuple[PbProject, ...]
    project_columns: tuple[str, ...]
    vote_columns: tuple[str, ...]

    @property
    def vote_extras(self) -> tuple[str, ...]:
        """The columns of VOTES beside the voter, the choices and their points."""
        return tuple(column for column in self.vote_columns if column not in ("voter_id", "vote", "points"))

    def on_ballot(self) -> tuple[Project, ...]:
        """The projects as counting wants them."""
        return tuple(Project(project.project_id, project.cost) for project in self.projects)


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _degrees(value: float | None) -> str:
    return "" if value is None else format(Decimal(repr(value)), "f")


_CELLS: dict[str, Callable[[PbProject, int], str]] = {
    "project_id": lambda project, _: project.project_id,
    "cost": lambda project, decimals: money_text(project.cost, decimals),
    "votes": lambda project, _: _number(project.votes),
    "score": lambda project, _: "" if project.score is None else score_text(project.score),
    "name": lambda project, _: project.name,
    "category": lambda project, _: ",".join(project.categories),
    "beneficiaries": lambda project, _: ",".join(project.targets),
    "target": lambda project, _: ",".join(project.targets),
    "selected": lambda project, _: _number(project.selected),
    "latitude": lambda project, _: _degrees(project.latitude),
    "longitude": lambda project, _: _degrees(project.longitude),
}
