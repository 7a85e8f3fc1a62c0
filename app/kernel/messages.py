"""Texts that are written where no reader is known, and translated where one is.

Rules and use cases refuse with a `Message`; the web, a mail or the command line turns it into the reader's language.
Babel finds the texts by the function names `msg` and `nmsg`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.kernel.texts import pick


@dataclass(frozen=True)
class Beginning:
    """A moment from which something runs, as a parameter of a `Message`: a day in words, with the hour where it needs one."""

    at: datetime

    def __str__(self) -> str:
        return str(self.at)


@dataclass(frozen=True)
class Ending:
    """The first moment at which something is over, as a parameter: in words its last day, with the hour where it needs one."""

    at: datetime

    def __str__(self) -> str:
        return str(self.at)


@dataclass(frozen=True)
class Named:
    """A name that was written in several languages, as a parameter of a `Message`: in words the reader's one."""

    texts: Mapping[str, str]

    def __str__(self) -> str:
        return pick(self.texts, "en")[0]


@dataclass(frozen=True)
class Message:
    """A text to translate later, with its parameters. `str()` gives the English source, for logs and the command line."""

    template: str
    params: dict[str, Any] = field(default_factory=dict, hash=False)
    plural: str | None = None
    count: int | None = None

    def __str__(self) -> str:
        template = self.template if self.plural is None or self.count == 1 else self.plural
        params = {key: str(value) for key, value in self.params.items()}
        return template % params if params else template


def msg(template: str, **params: Any) -> Message:
    """A text with `%(name)s` parameters, marked for translation."""
    return Message(template, params)


def nmsg(singular: str, plural: str, count: int, **params: Any) -> Message:
    """A text that depends on a number; `%(num)s` stands for it."""
    return Message(singular, {"num": count, **params}, plural, count)
