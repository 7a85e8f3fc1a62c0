"""What is wrong with a `.pb` file, and what was accepted although it is not quite right."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from app.features.counting.messages import Message, msg

MAX_LINES = 10
"""A notice names at most so many lines; `count` says how many there were."""


class PbError(Exception):
    """The file cannot be read as an election, so nothing of it is used.

    `line` counts from 1 as an editor does, and is None where no line is to blame. `field` is the META key, the column or the
    section. `message` says what was expected there and what was found; `template` and `params` are its parts.
    """

    def __init__(self, *, line: int | None, field: str, expected: Message) -> None:
        self.line, self.field, self.message = line, field, expected
        place = f"line {line}, {field}" if line is not None else field
        super().__init__(f"{place}: expected {expected}")

    @property
    def expected(self) -> str:
        """What was expected, in the source language."""
        return str(self.message)

    @property
    def template(self) -> str:
        """The text to translate, with `%(name)s` for the parameters."""
        return self.message.template

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of the text."""
        return dict(self.message.params)


class TooFine(PbError):
    """A sum of money has more decimals than the currency. The file can be read again with more of them."""


@dataclass(frozen=True, slots=True)
class PbNotice:
    """Something that was accepted, with what was made of it. `lines` are the first lines where it occurs, `count` all."""

    code: str
    field: str
    message: Message
    count: int
    lines: tuple[int, ...]

    def __str__(self) -> str:
        return str(self.message)


class Notices:
    """Collects notices of the same kind into one each, in the order in which they first occur."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[Message, list[int], list[int]]] = {}

    def add(self, code: str, field: str, message: Message, *, line: int | None = None) -> None:
        """Remember one occurrence."""
        self.add_many(code, field, message, 1, () if line is None else (line,))

    def add_many(self, code: str, field: str, message: Message, count: int, lines: Iterable[int]) -> None:
        """Remember `count` occurrences. Of their `lines` no more are taken than a notice names."""
        _, kept, counts = self._found.setdefault((code, field), (message, [], []))
        counts.append(count)
        kept.extend(islice(lines, MAX_LINES - len(kept)))

    def all(self) -> tuple[PbNotice, ...]:
        """The notices so far."""
        return tuple(
            PbNotice(code, field, message, sum(counts), tuple(lines))
            for (code, field), (message, lines, counts) in self._found.items()
        )


def missing(line: int | None, field: str, what: Message) -> PbError:
    """The error for something that is not there."""
    return PbError(line=line, field=field, expected=what)


def not_a_number(line: int | None, field: str, found: str) -> PbError:
    """The error for a text where a number belongs."""
    return PbError(
        line=line, field=field, expected=msg("a number such as 12500 or 12500.50, found “%(found)s”", found=shortened(found))
    )


def shortened(text: str, length: int = 60) -> str:
    """`text` short enough to stand in a message."""
    return text if len(text) <= length else text[: length - 1] + "…"
