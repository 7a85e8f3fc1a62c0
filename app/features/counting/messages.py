"""Texts for people, written where no reader is known.

Counting knows nobody, not even the kernel, so that it can be taken home and run by itself. A `Message` has the shape of the
kernel's own, so the pages translate it the same way; Babel finds the texts by the function name `msg`.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Message:
    """A text to translate later, with its parameters. `str()` gives the English source."""

    template: str
    params: dict[str, Any] = field(default_factory=dict, hash=False)
    plural: ClassVar[None] = None
    count: ClassVar[None] = None

    def __str__(self) -> str:
        return self.template % {key: str(value) for key, value in self.params.items()} if self.params else self.template


def msg(template: str, **params: Any) -> Message:
    """A text with `%(name)s` parameters, marked for translation."""
    return Message(template, params)
