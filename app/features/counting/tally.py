"""The sums that a rule needs, added up one ballot at a time: a million ballots take no more memory than one."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from app.features.counting.ballots import Ballot, VoteType
from app.features.counting.numbers import Score, simplest


class BallotRefused(ValueError):
    """A ballot cannot be counted: it names a project that is not on the list, or one twice, or its points do not fit.

    Ballots are checked when they are cast or read; a wrong one here is a mistake of the caller and must not be counted.
    """


class Tally:
    """Votes and scores by project. Independent of the order in which ballots are added.

    The score of a project is, by vote type: the number of ballots that name it (approval, choose-1); the sum of its points
    (cumulative, scoring); or Borda points (ordinal): `max_length` for a first place, one less for each further place, 0 where
    it is not ranked. Without an announced `max_length` each ballot's own length takes its place. `default_score` is what a
    scoring ballot gives to each project it does not name.

    With `keep_ballots`, equal ballots are kept together with their number, for rules that look at whole ballots.
    """

    def __init__(
        self,
        vote_type: VoteType | str,
        project_ids: Iterable[str],
        *,
        max_length: int | None = None,
        default_score: Score = 0,
        keep_ballots: bool = False,
    ) -> None:
        self.vote_type = VoteType(vote_type)
        self.max_length = max_length
        self.default_score = default_score
        self.voters = 0
        self.blank = 0
        self.ballots: Counter[Ballot] | None = Counter() if keep_ballots else None
        self._votes: dict[str, int] = dict.fromkeys(project_ids, 0)
        self._scores: dict[str, Score] = dict.fromkeys(self._votes, 0)
        self._points_of: Callable[[Ballot], Iterable[Score]] | None = None
        if self.vote_type.gives_points:
            self._points_of = _written_points
        elif self.vote_type is VoteType.ORDINAL:
            self._points_of = self._borda_points

    def add(self, ballot: Ballot, weight: int = 1) -> None:
        """Count `weight` equal ballots. Raises BallotRefused, and then counts none of them."""
        choices = ballot.choices
        votes, scores = self._votes, self._scores
        if not self._in_order(ballot, weight):
            self._refuse(ballot, weight)
        if self._points_of is None:
            for project in choices:
                votes[project] += weight
        else:
            for project, points in zip(choices, self._points_of(ballot), strict=True):
                votes[project] += weight
                scores[project] += points * weight
        self.voters += weight
        if not choices:
            self.blank += weight
        if self.ballots is not None:
            self.ballots[ballot] += weight

    def add_all(self, ballots: Iterable[tuple[Ballot, int]]) -> "Tally":
        """Count classes of equal ballots with their numbers, and return this tally."""
        for ballot, weight in ballots:
            self.add(ballot, weight)
        return self

    def add_totals(self, ballots: int, blank: int, votes: Mapping[str, int], points: Mapping[str, int] | None = None) -> None:
        """Add what others have added up by hand: so many ballots, so many of them blank, votes and points by project.

        Raises BallotRefused where the sums cannot be those of such ballots, or where this tally must keep whole ballots.
        """
        filled = ballots - blank
        points = points or {}
        if self.ballots is not None:
            raise BallotRefused("totals without rows, in a tally that keeps whole ballots")
        if not 0 <= blank <= ballots or any(not 0 <= number <= filled for number in votes.values()):
            raise BallotRefused("more votes for a project than ballots, or a negative number")
        if unknown := (votes.keys() | points.keys()) - self._votes.keys():
            raise BallotRefused(f"unknown project {min(unknown)!r}")
        for project, number in votes.items():
            self._votes[project] += number
        if self._points_of is not None:
            for project, given in points.items():
                self._scores[project] += given
        self.voters += ballots
        self.blank += blank

    @property
    def project_ids(self) -> tuple[str, ...]:
        """The projects of this tally, in the order of the published list."""
        return tuple(self._votes)

    def votes(self, project: str) -> int:
        """How many ballots name the project."""
        return self._votes[project]

    def score(self, project: str) -> Score:
        """The score by which projects are put in order."""
        if self._points_of is None:
            return self._votes[project]
        score = self._scores[project]
        if self.default_score and self.vote_type is VoteType.SCORING:
            score += self.default_score * (self.voters - self._votes[project])
        return simplest(score)

    def _in_order(self, ballot: Ballot, weight: int) -> bool:
        named = set(ballot.choices)
        return (
            weight > 0
            and len(named) == len(ballot.choices)
            and named <= self._votes.keys()
            and (self._points_of is not _written_points or len(ballot.points or ()) == len(named))
        )

    def _refuse(self, ballot: Ballot, weight: int) -> None:
        choices = ballot.choices
        if weight < 1:
            raise BallotRefused(f"a weight of {weight}")
        if len(choices) > 1 and len(set(choices)) != len(choices):
            raise BallotRefused(f"a project twice in {choices}")
        if self._points_of is _written_points and len(ballot.points or ()) != len(choices):
            raise BallotRefused(f"{len(choices)} projects, {len(ballot.points or ())} numbers of points")
        for project in choices:
            if project not in self._votes:
                raise BallotRefused(f"unknown project {project!r}")

    def _borda_points(self, ballot: Ballot) -> Iterable[int]:
        best = len(ballot.choices) if self.max_length is None else self.max_length
        return (max(best - place, 0) for place in range(len(ballot.choices)))


def _written_points(ballot: Ballot) -> tuple[int | Fraction, ...]:
    return ballot.points or ()


def ballots_with_a_winner(ballots: Iterable[tuple[Ballot, int]], winners: Iterable[str]) -> int:
    """On how many ballots at least one winner stands, with points above nothing where there are points.

    `ballots` come with the number of people who cast them, as in `tally.ballots.items()` or a list of `ballot_classes()`.
    """
    won = frozenset(winners)
    return sum(number for ballot, number in ballots if not won.isdisjoint(_wanted(ballot)))


def _wanted(ballot: Ballot) -> Iterable[str]:
    if ballot.points is None:
        return ballot.choices
    return (choice for choice, points in zip(ballot.choices, ballot.points, strict=True) if points > 0)
