"""What of an opened and counted pot can stand in the file of ballots, and under which name of a rule. Pure.

Every file must pass the checker of the format and count to the certified winners. So a project that costs nothing has no row,
nor has one that was withdrawn while people voted; one that nobody voted for has none where the rule of that name would choose
it; and a rule that the format does not know, or counts in another way, is called unknown there. All of it is said in the
comment.

Ballots on paper that are known one by one have rows as those of the box have, and a column says which is which; of those that
are known as totals alone the comment tells the sums.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count, repeat
from typing import Any

from app.features.budgets.queries import Pot, Project, decimals_of, gives_points, withdrawn_from
from app.features.counting.numbers import money_text
from app.features.counting.use_cases import (
    UNKNOWN,
    Ballot,
    Beside,
    LeftOut,
    PbVote,
    Tally,
    Totals,
    VoteType,
    Written,
    named_as_known,
    needs_rows,
)
from app.features.counting.use_cases import Project as OnBallot
from app.features.voting.announced import announced_minimum
from app.features.voting.box.opening import Choice

BOX, PAPER = "internet", "paper"
"""The words of the format for how a ballot came in; it knows no others, and no envelope says by which channel it came."""


@dataclass(frozen=True)
class Layout:
    """`rows` are the ballots as they stand in the file, `tally` their sums, `left_out` the projects that have no row.

    `on_paper` are those of the rows that are on paper; None where none are known one by one, and the file has no column for it.
    """

    pot: Pot
    written: Written
    projects: Sequence[Project]
    rows: Counter[Choice]
    on_paper: Counter[Choice] | None
    left_out: dict[str, LeftOut]
    blank: int
    without_row: int
    least: int | None

    @property
    def rule(self) -> str:
        """The name of the rule in the file."""
        return self.written.rule

    @property
    def tally(self) -> Tally:
        """The sums of the rows."""
        return self.written.tally

    @property
    def winners(self) -> frozenset[str]:
        """The certified winners that have a row."""
        return frozenset(self.written.selected)

    @property
    def with_points(self) -> bool:
        """Whether points stand beside the choices: those that people gave, or those of the places of a ranking."""
        return gives_points(self.pot) or self.pot.vote_type == VoteType.ORDINAL

    @property
    def lacks_votes(self) -> bool:
        """Whether ballots named projects that are left out."""
        return any(one.votes for one in self.left_out.values())

    @property
    def vote_columns(self) -> tuple[str, ...]:
        """The columns of the ballots; how one came in stands there only where that differs."""
        points = ("points",) if self.with_points else ()
        return ("voter_id", "vote", *points, *(("voting_method",) if self.on_paper is not None else ()))

    def votes(self) -> Iterator[PbVote]:
        """One row for each ballot, sorted by what is chosen and not by how it came in, numbered from 1."""
        number, with_method = count(1), self.on_paper is not None
        on_paper = self.on_paper or Counter()
        for choice, times in sorted(self.rows.items(), key=lambda item: (item[0][0], item[0][1] or ())):
            ballot = Ballot(*choice)
            for method in chain(repeat(BOX, times - on_paper[choice]), repeat(PAPER, on_paper[choice])):
                yield PbVote(str(next(number)), ballot, (method,) if with_method else ())

    @property
    def paper_totals(self) -> dict[str, Any] | None:
        """The sums of ballots on paper, where nothing else is known of them."""
        paper: dict[str, Any] | None = (self.pot.result or {}).get("paper")
        return paper if paper and self.on_paper is None else None

    def money(self, amount: int) -> str:
        """A sum as it stands in the file."""
        return money_text(amount, decimals_of(self.pot))

    def beside(self) -> Beside:
        """For `flask counting count`: the announced rule as it was, and what has no row."""
        options, paper = self.pot.options, self.paper_totals
        in_order = sorted(self.pot.projects, key=lambda one: (one.position, one.id))
        return Beside(
            rule=self.pot.rule,
            order=tuple(one.number for one in in_order),
            tie_rules=tuple(options.get("tie_rules") or ["listed_first"]),
            drawn=tuple(options.get("drawn_order", ())),
            conflicts=tuple(map(tuple, options.get("conflicts") or ())),
            stop_when_exhaustive=bool(options.get("stop_when_exhaustive")),
            left_out=self.left_out,
            without_row=self.without_row,
            blank=self.blank,
            ranks=self.pot.vote_type == VoteType.ORDINAL,
            paper=None if not paper or "votes" not in paper else _totals(paper),
            withdrawn=tuple(withdrawn_from(self.pot)),
        )

    def comments(self) -> Iterator[str]:
        """The sentences of the comment, in the language of the format."""
        if self.blank:
            yield f"{self.blank} blank ballots were counted as voters; they have no row here"
        if more := self.without_row - self.blank:
            yield f"{more} ballots that named only projects left out here have no row either"
        for number, one in self.left_out.items():
            why = "costs nothing, which the format does not know" if one.votes else "got no vote, and so cannot win"
            if number in withdrawn_from(self.pot):
                why = "was withdrawn while people voted, and so cannot win"
            yield f"project {number} is left out: it {why} (cost {self.money(one.cost)}, {one.votes} votes)"
        if self.rule != self.pot.rule:
            yield f"the announced rule is {self.pot.rule}; under this name the format would count other winners, or knows none"
        if self.least is not None:
            yield f"a project needed at least {self.least} votes or points to win"
        if self.paper_totals:
            yield "ballots on paper were counted beside these, as totals; they have no row here"
        if self.on_paper is not None:
            yield "voting_method internet means the ballot box, which also took ballots at kiosks and desks"
        yield self.beside().text(decimals_of(self.pot))


def lay_out(pot: Pot, box: Counter[Choice], paper: Counter[Choice] | None = None) -> Layout:
    """Under the rule's own name with every project that costs something and was not withdrawn; else without those nobody voted
    for; else unknown. `paper` are the ballots on paper where they are known one by one.
    """
    ballots = box if paper is None else box + paper
    every = _sums(pot, pot.projects, ballots)
    costing = [one for one in pot.projects if one.cost > 0 and one.number not in withdrawn_from(pot)]
    wanted = [one for one in costing if every.votes(one.number)]
    least = _least(pot)
    name = "greedy-threshold" if pot.rule == "greedy" and least is not None else pot.rule
    for projects in (costing, wanted) if 0 < len(wanted) < len(costing) else (costing,):
        layout = _layout(pot, ballots, paper, every, projects, name, least)
        if named_as_known(layout.written):
            return layout
    return _layout(pot, ballots, paper, every, costing, UNKNOWN, least)


def _layout(
    pot: Pot,
    ballots: Counter[Choice],
    paper: Counter[Choice] | None,
    every: Tally,
    projects: Sequence[Project],
    rule: str,
    least: int | None,
) -> Layout:
    result = pot.result or {}
    kept = {one.number for one in projects}
    every_row = _rows(pot, ballots, kept)
    without_row = sum(number for (choices, _), number in every_row.items() if not choices)
    rows = _named(every_row)
    places = {number: why["place"] for number, why in result.get("why", {}).items()}
    if pot.rule.startswith("greedy"):  # equals stand in the order that was announced for them, or drawn
        projects = sorted(projects, key=lambda one: places.get(one.number, 0))
    tally = _tally(pot, projects, rows)
    return Layout(
        pot,
        Written(
            rule,
            pot.amount,
            decimals_of(pot),
            [OnBallot(one.number, one.cost) for one in projects],
            tally,
            frozenset(result.get("winners", ())) & kept,
            least,
        ),
        projects,
        rows,
        None if paper is None else _named(_rows(pot, paper, kept)),
        {
            one.number: LeftOut(one.cost, every.votes(one.number), every.score(one.number))
            for one in pot.projects
            if one.number not in kept
        },
        sum(number for (choices, _), number in ballots.items() if not choices),
        without_row,
        least,
    )


def _row(pot: Pot, choice: Choice, kept: set[str]) -> Choice:
    """A ballot without the projects that are left out. A ranking has the points of its places beside it."""
    choices, points = choice
    if pot.vote_type == VoteType.ORDINAL:
        longest = pot.options.get("max_length", pot.max_projects)
        best = len(choices) if longest is None else longest
        points = tuple(max(best - place, 0) for place in range(len(choices)))
    if points is None:
        return tuple(one for one in choices if one in kept), None
    pairs = [(one, given) for one, given in zip(choices, points, strict=True) if one in kept]
    return tuple(one for one, _ in pairs), tuple(given for _, given in pairs)


def _rows(pot: Pot, ballots: Counter[Choice], kept: set[str]) -> Counter[Choice]:
    rows: Counter[Choice] = Counter()
    for choice, number in ballots.items():
        rows[_row(pot, choice, kept)] += number
    return rows


def _named(rows: Counter[Choice]) -> Counter[Choice]:
    """Those of them that name a project."""
    return Counter({choice: number for choice, number in rows.items() if choice[0]})


def _sums(pot: Pot, projects: Sequence[Project], ballots: Counter[Choice]) -> Tally:
    return _tally(pot, projects, _rows(pot, ballots, {one.number for one in projects}))


def _tally(pot: Pot, projects: Sequence[Project], rows: Counter[Choice]) -> Tally:
    kind = VoteType.SCORING if pot.vote_type == VoteType.ORDINAL else VoteType(pot.vote_type)
    tally = Tally(kind, [one.number for one in projects], keep_ballots=needs_rows(pot.rule, pot.vote_type))
    return tally.add_all((Ballot(choices, given), number) for (choices, given), number in rows.items())


def _totals(paper: dict[str, Any]) -> Totals:
    votes, points = ({one: number for one, number in paper[name].items() if number} for name in ("votes", "points"))
    return Totals(paper["ballots"], paper["blank"], votes, points)


def _least(pot: Pot) -> int | None:
    """The announced minimum as the number that it came to."""
    minimum, voters = announced_minimum(pot), (pot.result or {}).get("voters")
    return None if minimum is None or voters is None else minimum.least(voters)
