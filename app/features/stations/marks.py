"""What a clerk types of a ballot, and what it counts as by the announced rule. Pure.

Numbers of projects are typed one after the other without anything between them, each with as many digits as the longest one
has: `041209` is 4, 12 and 9. With blanks or commas between them they may be shorter. A ballot with points has them behind each
number, also with a fixed number of digits, or as `4:3`. `0` is a blank ballot, `-1` to `-4` say why one is void, `?` behind
the marks says that two people must decide, `!` that a page is missing. So a ballot takes its digits and three keys at most.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from app.features.budgets.queries import Choices, Pot, check_choices, gives_points, in_order, most_points_each
from app.features.voting.use_cases import PaperRules
from app.kernel.errors import Refused
from app.kernel.messages import Message, msg


class Void(StrEnum):
    """Why a ballot does not count. The first four are typed as `-1` to `-4`; the last two follow from marks and rule."""

    UNREADABLE = "unreadable"
    NAMED = "named"
    FOREIGN = "foreign"
    EMPTY_COVER = "cover"
    OVERVOTE = "overvote"
    INCOMPLETE = "incomplete"


VOID: dict[Void, Message] = {
    Void.UNREADABLE: msg("Cannot be read"),
    Void.NAMED: msg("Says whose it is"),
    Void.FOREIGN: msg("Not a ballot of this pot"),
    Void.EMPTY_COVER: msg("No ballot inside"),
    Void.OVERVOTE: msg("Not as the rule allows"),
    Void.INCOMPLETE: msg("A page is missing"),
}
_TYPED = {f"-{place}": why for place, why in enumerate((Void.UNREADABLE, Void.NAMED, Void.FOREIGN, Void.EMPTY_COVER), 1)}
UNDO = "/"
"""What is typed instead of a ballot to take the last one out again."""
_BETWEEN = re.compile(r"[\s,;+]+")
LONGEST = 2000


@dataclass(frozen=True)
class Read:
    """A ballot as somebody read it. `doubtful`: two people decide; `incomplete`: a page is missing."""

    numbers: tuple[str, ...] = ()
    points: tuple[int, ...] | None = None
    void: Void | None = None
    doubtful: bool = False
    incomplete: bool = False

    def stored(self) -> str:
        """As it is kept, never empty: `4,12`, `4:3,12:1`, `0`, `void named`, with `!` and `?` behind it."""
        if self.void is not None:
            text = f"void {self.void}"
        elif not self.numbers:
            text = "0"
        elif self.points is None:
            text = ",".join(self.numbers)
        else:
            text = ",".join(f"{number}:{given}" for number, given in zip(self.numbers, self.points, strict=True))
        return text + "!" * self.incomplete + "?" * self.doubtful


def from_stored(text: str, *, points: bool) -> Read:
    """Back from what was kept. `points`: ballots of this pot have some."""
    plain = text.rstrip("!?")
    doubtful, incomplete = "?" in text[len(plain) :], "!" in text[len(plain) :]
    if plain.startswith("void "):
        return Read((), None, Void(plain[5:]), doubtful, incomplete)
    if plain == "0":
        return Read((), () if points else None, None, doubtful, incomplete)
    parts = [one.split(":") for one in plain.split(",")]
    numbers = tuple(one[0] for one in parts)
    return Read(numbers, tuple(int(one[1]) for one in parts) if points else None, None, doubtful, incomplete)


def read(pot: Pot, typed: str) -> Read:
    """What was typed. Raises Refused, saying what to type instead, for what names no project or cannot be taken apart.

    A ballot with more on it than the rule allows is no error: that is what stands on it.
    """
    text = _plain_digits(typed)[:LONGEST].strip()
    plain = text.rstrip("!?").strip()
    ends = text[len(plain) :]
    doubtful, incomplete = "?" in ends, "!" in ends
    points = gives_points(pot)
    if plain.startswith("-"):
        if plain not in _TYPED:
            raise Refused(msg("Type -1, -2, -3 or -4 for a ballot that is void, or 0 for a blank one."), field="marks")
        return Read((), None, _TYPED[plain], doubtful, incomplete)
    if plain == "0":
        return Read((), () if points else None, None, doubtful, incomplete)
    if not plain:
        raise Refused(msg("Type the numbers that are marked, or 0 for a blank ballot."), field="marks")
    by_number = {_bare(project.number): project.number for project in pot.projects}
    pairs = _with_points(pot, plain) if points else [(one, None) for one in _numbers(pot, plain)]
    numbers = []
    for one, _given in pairs:
        if _bare(one) not in by_number:
            raise Refused(msg("There is no project %(number)s on this ballot.", number=one), field="marks")
        numbers.append(by_number[_bare(one)])
    if len(set(numbers)) != len(numbers):
        raise Refused(msg("A project is typed twice. Look at the ballot again."), field="marks")
    given_points = tuple(int(given or 0) for _one, given in pairs) if points else None
    ordered = in_order(pot, Choices(tuple(numbers), given_points))  # as typed only where the order is a ranking
    return Read(ordered.numbers, ordered.points, None, doubtful, incomplete)


def _plain_digits(typed: str) -> str:
    """On one line, with digits of any script as those that are printed on the ballot."""
    folded = unicodedata.normalize("NFKC", " ".join(typed.split("\n")))
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in folded)


def width_of(pot: Pot) -> int:
    """How many digits each number has when they are typed without anything between them."""
    return max((len(project.number) for project in pot.projects), default=1)


def points_width(pot: Pot) -> int:
    """The same for points."""
    most = most_points_each(pot)
    return len(str(most)) if most else 1


def _bare(number: str) -> str:
    """A number without leading noughts, and in one way of writing."""
    return number.strip().upper().lstrip("0") or "0"


def _numbers(pot: Pot, plain: str) -> list[str]:
    parts = [one for one in _BETWEEN.split(plain) if one]
    if len(parts) > 1:
        return parts
    return _cut(parts[0], width_of(pot), len(plain) != len(parts[0]))


def _cut(run: str, width: int, alone: bool) -> list[str]:
    if alone or len(run) <= width:
        return [run]
    if len(run) % width:
        raise Refused(
            msg("Type each number with %(digits)s digits, such as 04 for 4, or blanks between the numbers.", digits=width),
            field="marks",
        )
    return [run[at : at + width] for at in range(0, len(run), width)]


def _with_points(pot: Pot, plain: str) -> list[tuple[str, str | None]]:
    if ":" in plain:
        parts = [one.split(":") for one in _BETWEEN.split(plain) if one]
        if any(len(one) != 2 or not one[1].isdigit() for one in parts):
            raise Refused(msg("Type number and points like this: 4:3 12:1"), field="marks")
        return [(one[0], one[1]) for one in parts]
    number, given = width_of(pot), points_width(pot)
    runs = [run for one in _BETWEEN.split(plain) if one for run in _cut(one, number + given, alone=False)]
    if any(len(one) != number + given or not one[number:].isdigit() for one in runs):
        raise Refused(msg("Type number and points like this: 4:3 12:1"), field="marks")
    return [(one[:number], one[number:]) for one in runs]


@dataclass(frozen=True)
class Counted:
    """What a ballot counts as: choices (nothing on it: blank), or why it is void."""

    choices: Choices | None
    void: Void | None = None


def counts_as(pot: Pot, rules: PaperRules, ballot: Read) -> Counted:
    """By the rule that was announced with the pot."""
    if ballot.void is not None:
        return Counted(None, ballot.void)
    if ballot.incomplete and rules.incomplete_set == "invalid":
        return Counted(None, Void.INCOMPLETE)
    choices = Choices(ballot.numbers, ballot.points)
    if choices.points is not None and 0 in choices.points:
        kept = [(one, given) for one, given in zip(choices.numbers, choices.points, strict=True) if given]
        choices = Choices(tuple(one for one, _ in kept), tuple(given for _, given in kept))
    try:
        check_choices(pot, choices)
    except Refused:
        if rules.overvote == "blank":
            return Counted(Choices((), () if gives_points(pot) else None))
        return Counted(None, Void.OVERVOTE)
    return Counted(in_order(pot, choices))
