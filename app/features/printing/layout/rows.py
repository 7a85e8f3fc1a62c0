"""Rows with circles: where the number, the name, the cost and each circle stand. Pure.

A row is placed at y = 0 and moved to its place on the page afterwards.
"""

from dataclasses import dataclass, replace

from app.features.printing.layout.blocks import Line, Row, printable
from app.features.printing.layout.frame import SIDE, Frame
from app.features.printing.layout.model import Bubble, Role, Text

NUMBER_MOST = 4
"""Numbers of up to so many characters have a column of their own; longer ones stand before the name."""
NOTE_WIDTH = 34.0
_PADDING = 1.6


@dataclass(frozen=True)
class RowTexts:
    """The texts of a row before they have a height, and how its circles stand: beside them or below."""

    row: Row
    x: float
    width: float
    texts: tuple[Text, ...]
    beside: bool


@dataclass(frozen=True)
class Placed:
    """A row at y = 0: texts, circles and its height."""

    texts: tuple[Text, ...]
    bubbles: tuple[Bubble, ...]
    height: float

    def moved(self, y: float) -> "Placed":
        """The same lower down."""
        return Placed(
            tuple(replace(one, y=round(one.y + y, 2)) for one in self.texts),
            tuple(replace(one, y=round(one.y + y, 2)) for one in self.bubbles),
            self.height,
        )

    def counted(self, row: int) -> "Placed":
        """The same as the row with this number: its texts belong together."""
        return replace(self, texts=tuple(replace(one, row=row) for one in self.texts))


def row_texts(frame: Frame, row: Row, x: float = SIDE, width: float | None = None) -> RowTexts:
    """The texts of a row in a column that begins at `x` (from where lines begin): number, name, cost, in this order."""
    sizes = frame.measures
    width = frame.inner if width is None else width
    single = len(row.lines) <= 1 and all(len(line.options) <= 1 for line in row.lines)
    circles = _circles_width(frame, row)
    beside = single or (sizes.beside and circles <= width * 0.55)
    begin = x + (2 * sizes.radius + 3.0 if single and row.lines else 0.0)
    end = x + width - (circles + 3.0 if beside and not single else 0.0)
    number_width = 0.0
    name = printable(row.words)
    texts = []
    if row.number and len(row.number) <= NUMBER_MOST:
        number_width = round(sizes.text * 0.72, 2)
        texts.append(_text(frame, row.number, begin, number_width, bold=True))
    elif row.number:
        name = f"{printable(row.number, 60)} {name}"
    note_beside = bool(row.note) and sizes.beside and single
    inner = end - begin - number_width - (NOTE_WIDTH if note_beside else 0.0)
    texts.append(_text(frame, name, begin + number_width, inner, language=row.language))
    if note_beside:
        texts.append(_text(frame, printable(row.note, 60), end - NOTE_WIDTH, NOTE_WIDTH, align="end"))
    elif row.note:
        texts.append(_text(frame, printable(row.note, 60), begin + number_width, end - begin - number_width))
    return RowTexts(row, x, width, tuple(texts), beside)


def place_row(frame: Frame, made: RowTexts, heights: list[float]) -> Placed:
    """The row with its circles, its texts so high."""
    row, sizes = made.row, frame.measures
    single = len(row.lines) == 1 and len(row.lines[0].options) == 1
    note_below = bool(row.note) and not (sizes.beside and _is_single(row))
    texts, text_height = _stack(made.texts, heights, note_below)
    if not row.lines:
        return Placed(tuple(_down(texts, _PADDING)), (), round(text_height + 2 * _PADDING, 2))
    if single:
        least = 2 * sizes.radius + 2 * _PADDING
        height = max(text_height + 2 * _PADDING, least)
        line = row.lines[0]
        middle = min(height / 2, _PADDING + max(sizes.radius, heights[0] / 2))
        bubble = Bubble(line.field, line.options[0].value, frame.turned(made.x + sizes.radius), middle, sizes.radius)
        above = max(_PADDING, (least - text_height) / 2)
        return Placed(tuple(_down(texts, above)), (_rounded(bubble),), round(height, 2))
    circles, labels, circles_height = _circles(frame, made)
    if made.beside:
        height = max(text_height, circles_height) + 2 * _PADDING
        moved = Placed(tuple(labels), tuple(circles), 0).moved(_PADDING + (height - 2 * _PADDING - circles_height) / 2)
        return Placed((*_down(texts, _PADDING), *moved.texts), moved.bubbles, round(height, 2))
    moved = Placed(tuple(labels), tuple(circles), 0).moved(_PADDING + text_height + 1.0)
    height = text_height + circles_height + 1.0 + 2 * _PADDING
    return Placed((*_down(texts, _PADDING), *moved.texts), moved.bubbles, round(height, 2))


def _is_single(row: Row) -> bool:
    return len(row.lines) <= 1 and all(len(line.options) <= 1 for line in row.lines)


def _stack(texts: tuple[Text, ...], heights: list[float], note_below: bool) -> tuple[list[Text], float]:
    """Number, name and cost: side by side, or the cost below the name. Returns them with the height of all."""
    if not note_below:
        return [replace(one, y=0.0) for one in texts], max(heights)
    *before, note = texts
    name_height = max(heights[:-1])
    return [*(replace(one, y=0.0) for one in before), replace(note, y=name_height)], name_height + heights[-1]


def _down(texts: list[Text], y: float) -> list[Text]:
    return [replace(one, y=round(one.y + y, 2)) for one in texts]


def _label_width(frame: Frame, row: Row) -> float:
    longest = max((len(line.label) for line in row.lines), default=0)
    return 0.0 if not longest else round(longest * frame.measures.label * 0.22 + 2.0, 2)


def _circles_width(frame: Frame, row: Row) -> float:
    most = max((len(line.options) for line in row.lines), default=0)
    return most * frame.measures.pitch + _label_width(frame, row)


def _circles(frame: Frame, made: RowTexts) -> tuple[list[Bubble], list[Text], float]:
    """The circles of a row with many, each with its label above, and the height of all their lines."""
    sizes, row = frame.measures, made.row
    total, before = _circles_width(frame, row), _label_width(frame, row)
    begin = made.x + made.width - total if made.beside else made.x
    bubbles: list[Bubble] = []
    texts: list[Text] = []
    y = 0.0
    for line in row.lines:
        middle = y + sizes.label_height + sizes.radius
        if line.label:
            top = middle - sizes.label_height / 2
            texts.append(_text(frame, line.label, begin, before - 1.0, y=top, size=sizes.label, align="end", role=Role.LABEL))
        y = middle + sizes.radius + 1.0
        for at, option in enumerate(line.options):
            x = begin + before + at * sizes.pitch
            label = _text(
                frame, option.label or option.value, x, sizes.pitch, size=sizes.label, align="centre", role=Role.LABEL
            )
            texts.append(replace(label, y=round(middle - sizes.radius - sizes.label_height, 2)))
            bubbles.append(_bubble(frame, line, at, x + sizes.pitch / 2, middle))
    return bubbles, texts, y - 1.0


def _bubble(frame: Frame, line: Line, at: int, x: float, y: float) -> Bubble:
    return _rounded(Bubble(line.field, line.options[at].value, frame.turned(x), y, frame.measures.radius))


def _rounded(bubble: Bubble) -> Bubble:
    return replace(bubble, x=round(bubble.x, 2), y=round(bubble.y, 2))


def _text(
    frame: Frame,
    words: str,
    x: float,
    width: float,
    *,
    y: float = 0.0,
    size: float = 0.0,
    bold: bool = False,
    align: str = "start",
    role: Role = Role.WORDS,
    language: str = "",
) -> Text:
    size = round(size or frame.measures.text, 2)
    return Text(words, frame.turned(x, width), round(y, 2), round(width, 2), size, bold, align, role, language)
