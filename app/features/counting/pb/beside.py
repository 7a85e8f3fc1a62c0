"""What our own files say beside the words of the format: the announced rule as it was, and ballots that can have no row.

The format knows no Phragmén, no tie rules, no exclusive groups, no blank ballots, no projects that cost nothing and none that
were withdrawn while people voted. All that stands in the `comment`, as JSON behind a mark, so that counting the file gives the
certified winners. Other programs pass over it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from itertools import pairwise
from typing import Any

from app.features.counting.announced import TieRule
from app.features.counting.ballots import Ballot
from app.features.counting.messages import msg
from app.features.counting.numbers import Score, TooPrecise, money_text, parse_money, parse_score, score_text, simplest
from app.features.counting.pb.errors import PbError, TooFine, shortened
from app.features.counting.pb.model import PbHead

MARK = "plaza-count-1 "
"""What stands before the JSON."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A project that has no row: what it costs in the smallest unit, and what ballots gave it."""

    cost: int
    votes: int
    score: Score


@dataclass(frozen=True, slots=True)
class Totals:
    """Ballots on paper, of which only sums are known."""

    ballots: int
    blank: int
    votes: Mapping[str, int]
    points: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Beside:
    """`order` is the published list of projects; the rows may stand in another order. Of the ballots `without_row`, all but
    the `blank` ones named projects that are left out. `ranks` says that the points of rankings are what was counted. What is
    `withdrawn` wins by no rule, and is left out.
    """

    rule: str
    order: tuple[str, ...]
    tie_rules: tuple[TieRule, ...] = ()
    drawn: tuple[str, ...] = ()
    conflicts: tuple[tuple[str, ...], ...] = ()
    stop_when_exhaustive: bool = False
    left_out: Mapping[str, LeftOut] = field(default_factory=dict)
    without_row: int = 0
    blank: int = 0
    ranks: bool = False
    paper: Totals | None = None
    withdrawn: tuple[str, ...] = ()

    def text(self, decimals: int) -> str:
        """As it stands in the comment, sums in whole units of the currency; what is not the case is not said."""
        content = {name: value for name, value in asdict(self).items() if value}
        for one in content.get("left_out", {}).values():
            one |= {"cost": money_text(one["cost"], decimals), "score": score_text(one["score"])}
        return MARK + json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @property
    def adds_ballots(self) -> bool:
        """Whether the rows alone are not what was counted."""
        return bool(self.left_out or self.without_row or self.ranks or self.paper)

    def completed(self, rows: Iterable[tuple[Ballot, int]]) -> Iterator[tuple[Ballot, int]]:
        """The rows with what they lack: ballots without a row, and the votes for projects that are left out.

        Who gave these is not known and does not matter: a project that costs nothing, or was withdrawn, takes no money from
        its supporters.
        """
        if self.blank:
            yield Ballot(()), self.blank
        people = [(Ballot(()), self.without_row - self.blank), *rows]
        supporters = _Supporters(sum(number for _, number in people))
        for one, told in self.left_out.items():
            supporters.add(one, told.votes, told.score)
        yield from supporters.beside(people)


class _Supporters:
    """Who supports projects that are left out: stretches of people in a row, each going on where the one before ends."""

    def __init__(self, people: int) -> None:
        self._people, self._next = people, 0
        self._stretches: list[tuple[int, int, str, Score]] = []

    def add(self, project: str, votes: int, score: Score) -> None:
        """So many people support the project; the first one gives it the whole score."""
        if votes > self._people:
            raise PbError(line=None, field="comment", expected=msg("no more votes for a project than ballots"))
        if votes:
            self._from_here(1, project, score)
            self._from_here(votes - 1, project, 0)

    def _from_here(self, number: int, project: str, points: Score) -> None:
        before_the_end = min(number, self._people - self._next)
        for length in (before_the_end, number - before_the_end):
            self._stretches.append((self._next, self._next + length, project, points))
            self._next = (self._next + length) % self._people

    def beside(self, people: Iterable[tuple[Ballot, int]]) -> Iterator[tuple[Ballot, int]]:
        """The ballots with the projects added, cut where a stretch begins or ends."""
        cuts = sorted({cut for start, end, _, _ in self._stretches for cut in (start, end)})
        begin = 0
        for ballot, number in people:
            end = begin + number
            inside = [cut for cut in cuts if begin < cut < end]
            for start, stop in pairwise((begin, *inside, end)):
                if stop > start:
                    yield self._with(ballot, start), stop - start
            begin = end

    def _with(self, ballot: Ballot, at: int) -> Ballot:
        added = [(project, points) for start, end, project, points in self._stretches if start <= at < end]
        choices = (*ballot.choices, *(project for project, _ in added))
        if ballot.points is None and ballot.choices:
            return Ballot(choices)
        return Ballot(choices, (*(ballot.points or ()), *(points for _, points in added)))


def beside_of(head: PbHead) -> Beside | None:
    """What a file says beside its rows, or None. Raises PbError where the mark is there and what follows cannot be read."""
    _, mark, rest = head.meta.text("comment").partition(MARK)
    if not mark:
        return None
    try:
        content = json.JSONDecoder().raw_decode(rest)[0]
        return _beside(content, head.meta.decimals)
    except TooPrecise:
        expected = msg("at most %(decimals)s decimals, found “%(found)s”", decimals=head.meta.decimals, found=shortened(rest))
        raise TooFine(line=head.meta.lines.get("comment"), field="comment", expected=expected) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        expected = msg("what %(mark)s stands for, found “%(found)s”", mark=MARK.strip(), found=shortened(rest))
        raise PbError(line=head.meta.lines.get("comment"), field="comment", expected=expected) from None


def _beside(content: dict[str, Any], decimals: int) -> Beside:
    known = {one.name for one in fields(Beside)}
    if unknown := content.keys() - known:
        raise ValueError(unknown)
    if _whole(content.get("blank", 0)) > _whole(content.get("without_row", 0)):
        raise ValueError("blank")
    texts = {name: tuple(map(_text, content.get(name, ()))) for name in ("order", "drawn", "withdrawn")}
    paper = content.get("paper")
    return Beside(
        rule=_text(content["rule"]),
        **texts,
        tie_rules=tuple(map(TieRule, content.get("tie_rules", ()))),
        conflicts=tuple(tuple(map(_text, group)) for group in content.get("conflicts", ())),
        stop_when_exhaustive=content.get("stop_when_exhaustive") is True,
        left_out={
            one: LeftOut(parse_money(told["cost"], decimals), _whole(told["votes"]), simplest(parse_score(told["score"])))
            for one, told in content.get("left_out", {}).items()
        },
        without_row=_whole(content.get("without_row", 0)),
        blank=_whole(content.get("blank", 0)),
        ranks=content.get("ranks") is True,
        paper=None if paper is None else Totals(_whole(paper["ballots"]), _whole(paper["blank"]), *_sums(paper)),
    )


def _sums(paper: dict[str, Any]) -> Iterator[dict[str, int]]:
    for name in ("votes", "points"):
        yield {one: _whole(number) for one, number in paper[name].items()}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _whole(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError
    return value
