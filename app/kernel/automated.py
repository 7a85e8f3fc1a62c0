"""What the platform decides or sorts by itself: said by the room that does it, shown to everybody, forgotten by none.

A room says in its `automated.py` what happens (`automated_step`), and marks the functions that do it (`@decides`). A test looks
for functions that draw, rank, measure likeness, compare with a threshold or run by the clock, and fails for each that is not
marked; another fails for a mark without words and for words without a mark. `/my-data/automated` shows the list.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from app.kernel.messages import Message, msg

F = TypeVar("F", bound=Callable[..., Any])


class Kind(StrEnum):
    """What a step does to people or to what they write."""

    ORDER = "order"
    FINDING = "finding"
    COUNTING = "counting"
    LIMIT = "limit"
    PROTECTION = "protection"
    CLOCK = "clock"


KINDS: dict[Kind, Message] = {
    Kind.ORDER: msg("In which order things are shown"),
    Kind.FINDING: msg("What is found, offered or sent"),
    Kind.COUNTING: msg("How votes are counted"),
    Kind.LIMIT: msg("Who may do something, and how often"),
    Kind.PROTECTION: msg("What is withheld to protect people"),
    Kind.CLOCK: msg("What happens by the clock"),
}


@dataclass(frozen=True)
class Step:
    """One automated step, in words for everybody: what is decided or sorted (`title`), on which data, by which rule.

    `contest` says how to object, or why there is nothing to object to; `endpoint` is the page where one sees what it does;
    `parts` gives further rows (name, words) that are read from the code when the page is shown.
    """

    name: str
    room: str
    kind: Kind
    title: Message
    data: Message
    rule: Message
    answers_for: Message
    contest: Message
    endpoint: str | None = None
    parts: Callable[[], Iterable[tuple[str, str]]] | None = None


# Who answers for a step, and how one objects: words that many steps share.
CITY = msg("The city, through the staff who run this platform")
MODERATORS = msg("The moderators of the process")
COMMITTEE = msg("The committee that certifies the vote")
STEWARD = msg("The data steward of the city")
NO_EFFECT = msg("It decides nothing about you: you can look at everything, and choose another order.")
TELL_US = msg("Tell the contact point below what is wrong: a person looks at it and can change it.")
OBJECTION = msg("Object to the result while objections are taken: the committee answers each one in writing.")
BY_LAW = msg("It protects everybody who takes part, so nobody can be left out of it. The contact point explains it.")

_steps: dict[str, Step] = {}
_marks: dict[str, set[str]] = {}


def automated_step(
    name: str,
    *,
    room: str,
    kind: Kind,
    title: Message,
    data: Message,
    rule: Message,
    answers_for: Message,
    contest: Message,
    endpoint: str | None = None,
    parts: Callable[[], Iterable[tuple[str, str]]] | None = None,
) -> Step:
    """Say what an automated step does. The same name again replaces it."""
    _steps[name] = Step(name, room, kind, title, data, rule, answers_for, contest, endpoint, parts)
    return _steps[name]


def decides(*names: str) -> Callable[[F], F]:
    """Mark a function as (part of) these steps. The function stays what it was."""

    def mark(function: F) -> F:
        for name in names:
            _marks.setdefault(name, set()).add(f"{function.__module__}.{function.__qualname__}")
        return function

    return mark


def steps() -> list[Step]:
    """All steps: by kind, then by name."""
    order = list(Kind)
    return sorted(_steps.values(), key=lambda step: (order.index(step.kind), step.name))


def places_of(name: str) -> list[str]:
    """The functions that are marked with this step, for those who read the code."""
    return sorted(_marks.get(name, ()))
