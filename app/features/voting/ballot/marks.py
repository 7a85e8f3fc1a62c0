"""What a voter has marked on the page, before anybody says whether it is a ballot: one whole number for each marked project.

A mark is 1 where projects are ticked, the points where points are spread, the place where projects are ranked. Marks can break
every rule of a pot, so that nothing of what somebody did is lost while they put it right; `choices_of` makes a ballot of them.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from app.features.budgets.queries import Choices, Pot, gives_points, is_ranking, listed
from app.kernel.errors import Refused
from app.kernel.messages import msg

MOST = 999_999
_DIGITS = len(str(MOST))
CHOICE = "choice"
_FIELDS = (CHOICE, "points:", "place:")
OUTDATED = msg(
    "The ballot was changed after you opened this page. Here it is as it is now, with your choices as far as they are still "
    "on it. Look at them again."
)
_SEPARATORS = re.compile(r"[\s,;،]+")


class Sent(Protocol):
    """A form that was sent, or anything like it."""

    def getlist(self, key: str) -> list[str]:
        """Every value of a field."""

    def get(self, key: str, default: str) -> str:
        """The first value of a field."""

    def keys(self) -> Iterable[str]:
        """The names of all fields."""


@dataclass(frozen=True)
class Marks:
    """`of` holds the marks by project number; `typed` what nobody can read as a whole number, as it was typed.

    `strange`: there was a mark for something that is not on the ballot; `outdated`: the page was made from an older ballot.
    """

    of: Mapping[str, int] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    strange: bool = False
    outdated: bool = False

    def __bool__(self) -> bool:
        return bool(self.of or self.typed)

    @property
    def can_be_kept(self) -> bool:
        """Whether every mark is a number for a project of the pot: anything else is shown again at once."""
        return not self.typed and not self.strange and not self.outdated

    def without(self, numbers: Collection[str]) -> "Marks":
        """The same marks for all other projects."""
        return replace(
            self,
            of={number: mark for number, mark in self.of.items() if number not in numbers},
            typed={number: text for number, text in self.typed.items() if number not in numbers},
        )

    def shown(self, number: str) -> str:
        """What stands in the field of a project."""
        return self.typed.get(number, str(self.of.get(number, "")))


def field_name(pot: Pot, number: str) -> str:
    """The name of a project's field on the page and on the review."""
    kind = _kind(pot)
    return f"{kind}:{number}" if kind != CHOICE else CHOICE


def field_of(pot: Pot, number: str, mark: int) -> tuple[str, str]:
    """A mark as a form sends it: name and value of the field."""
    name = field_name(pot, number)
    return (name, number) if name == CHOICE else (name, str(mark))


def seen_ballot(pot: Pot) -> str:
    """What a page says in its field `ballot`: from which fixed ballot it was made."""
    return str(pot.options.get("digest", ""))


def is_outdated(pot: Pot, sent: Sent) -> bool:
    """Whether a form comes from a page that was made before the ballot was changed and fixed again."""
    return sent.get("ballot", "") not in ("", seen_ballot(pot))


def read_marks(pot: Pot, sent: Sent) -> Marks:
    """The marks that a form holds. Empty fields and zeros are no marks."""
    found = _read(pot, sent)
    return replace(found, strange=found.strange or _marks_else(pot, sent), outdated=is_outdated(pot, sent))


def _marks_else(pot: Pot, sent: Sent) -> bool:
    """Whether a mark stands in a field that this ballot does not have."""
    kind = _kind(pot)
    marks = [name for name in sent.keys() if name.startswith(_FIELDS)]  # noqa: SIM118
    known = {CHOICE} if kind == CHOICE else {f"{kind}:{project.number}" for project in pot.projects}
    return any(name not in known and any(whole(text.strip()) != 0 for text in sent.getlist(name)) for name in marks)


def _read(pot: Pot, sent: Sent) -> Marks:
    known = list(listed(pot).costs)
    if _kind(pot) == CHOICE:
        ticked = {number for number in sent.getlist(CHOICE) if number}  # all of them: a tick that is cut off is a lost vote
        return Marks({number: 1 for number in known if number in ticked}, strange=not ticked.issubset(known))
    marks, typed = {}, {}
    for number in known:
        text = sent.get(field_name(pot, number), "").strip()[:40]
        value = whole(text)
        if value is None:
            typed[number] = text
        elif value:
            marks[number] = value
    return Marks(marks, typed)


def whole(text: str) -> int | None:
    """A whole number in digits of any script, 0 for nothing; None for what is none, or too long to be one here."""
    plain = "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)
    if not plain:
        return 0
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= _DIGITS else None


def choices_of(pot: Pot, marks: Marks) -> Choices:
    """The ballot that the marks mean; empty places between are closed up. Raises Refused where they mean none."""
    if marks.outdated:
        raise Refused(OUTDATED)
    if marks.strange:
        raise Refused(msg("Your ballot names a project that is not in this pot. Choose again."))
    if wrong := next(iter(marks.typed.items()), None):
        number, typed = wrong
        raise Refused(msg("Write a whole number for project %(number)s: “%(typed)s” is none.", number=number, typed=typed))
    if is_ranking(pot):
        return Choices(_ranked(marks.of))
    numbers = tuple(project.number for project in pot.projects if project.number in marks.of)
    return Choices(numbers, tuple(marks.of[number] for number in numbers) if gives_points(pot) else None)


def _ranked(places: Mapping[str, int]) -> tuple[str, ...]:
    at: dict[int, str] = {}
    for number, place in places.items():
        if place in at:
            raise Refused(
                msg(
                    "Projects %(one)s and %(other)s both have place %(place)s. Give each place once.",
                    one=at[place],
                    other=number,
                    place=place,
                )
            )
        at[place] = number
    return tuple(at[place] for place in sorted(at))


def longest_typed(pot: Pot) -> int:
    """How many characters the longest ballot of a pot can have when it is typed: every project, with its points."""
    return max(500, sum(len(project.number) + _DIGITS + len(":, ") for project in pot.projects))


def read_typed(pot: Pot, text: str) -> Choices:
    """A ballot that a clerk typed: `3 7 12`, a ranking in its order, points as `3:5 7:2`. Raises Refused for wrong points."""
    parts = [part for part in _SEPARATORS.split(text) if part]
    if not gives_points(pot):
        return Choices(tuple(parts))
    numbers, points = [], []
    for part in parts:
        number, _colon, typed = part.rpartition(":")
        value = whole(typed) if number and typed else None
        if value is None:
            raise Refused(
                msg("“%(typed)s” has no points. Write the project, a colon and its points, such as 3:5.", typed=part),
                field="choices",
            )
        numbers.append(number)
        points.append(value)
    return Choices(tuple(numbers), tuple(points))


def marks_of(pot: Pot, choices: Choices) -> Marks:
    """The marks of a ballot, for pages that start from one."""
    if is_ranking(pot):
        return Marks({number: place for place, number in enumerate(choices.numbers, 1)})
    points = choices.points if choices.points is not None else (1,) * len(choices.numbers)
    return Marks(dict(zip(choices.numbers, points, strict=True)))


def _kind(pot: Pot) -> str:
    if gives_points(pot):
        return "points"
    return "place" if is_ranking(pot) else CHOICE
