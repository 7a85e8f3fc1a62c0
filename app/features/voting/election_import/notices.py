"""What was odd about a file and accepted all the same, as it is kept with the election and shown on its pages."""

from typing import Any

from app.features.counting.use_cases import PbNotice
from app.kernel.messages import Message

MOST_LINES = 10

Notice = dict[str, Any]
"""code, field, text (the template to translate), params, count, lines."""


def from_reading(notice: PbNotice) -> Notice:
    """A notice of the reader."""
    return _kept(notice.code, notice.field, notice.message.template, notice.message.params, notice.count, notice.lines)


def own(code: str, field: str, message: Message, *, count: int = 1, lines: tuple[int, ...] = ()) -> Notice:
    """A notice of the import."""
    return _kept(code, field, message.template, message.params, count, lines)


def _kept(code: str, field: str, text: str, params: dict[str, Any], count: int, lines: tuple[int, ...]) -> Notice:
    plain = {key: value if isinstance(value, int | float) else str(value) for key, value in params.items()}
    return {"code": code, "field": field, "text": text, "params": plain, "count": count, "lines": list(lines[:MOST_LINES])}


def as_text(notice: Notice) -> str:
    """One line for the command line, in the source language."""
    lines = ", ".join(map(str, notice["lines"]))
    more = ", …" if notice["count"] > len(notice["lines"]) and lines else ""
    place = f" (line {lines}{more})" if lines else ""
    return f"{notice['field']}: {Message(notice['text'], notice['params'])}{place}"
