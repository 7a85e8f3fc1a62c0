"""What a form is made of before it has places: headings, words, rows with circles, lines to write on, a slip. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.features.printing.layout.model import FormKey, Look, Role, Takes, Text

MOST_WORDS = 240
"""So many characters of a name are printed; longer ones end with an ellipsis, the number beside them stays whole."""
LONGEST_WORD = 24
"""A word without a place to break is broken after so many characters, so that nothing runs off the page."""
_BREAK = "\u200b"


@dataclass(frozen=True, slots=True)
class Words:
    """A heading or a paragraph. `scale` is relative to the size of the form's text; headings stay with what follows.

    `language` says in which language the words are, where it is not that of the form.
    """

    words: str
    role: Role = Role.WORDS
    scale: float = 1.0
    bold: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One circle of a row: the value it stands for, and what is printed above it."""

    value: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of circles of a row: the field they give a value to, and what stands before them."""

    field: str
    options: tuple[Option, ...]
    takes: Takes = Takes.ONE
    label: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """What one can choose: its number, its name, what it costs, and its circles. Without lines it cannot be chosen."""

    words: str
    lines: tuple[Line, ...] = ()
    number: str = ""
    note: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """Short rows with one circle each, side by side where the size of the letters allows it."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """A place for handwriting: so many ruled lines, and up to `most` where the page has room (0: never more)."""

    name: str
    count: int
    most: int = 0


@dataclass(frozen=True, slots=True)
class Slip:
    """The part below a dashed line that somebody tears off and keeps, with the follow-up code."""

    words: tuple[Words, ...]
    code_label: str


Block = Words | Row | Columns | Lines | Slip


@dataclass(frozen=True)
class Content:
    """Everything that a form says, in its language, before it has places.

    `page_words` has `%(page)s` and `%(pages)s`. `when_several` is added before the first row where the form has more than one
    page. `code_label` stands before the serial or set code. `single_is_numbered`: whether a form of one page carries a code
    too; a ballot of one page does not. `flexible`: headings, lines and white may be arranged so that pages break between parts.
    """

    key: FormKey
    look: Look
    title: str
    author: str
    right_to_left: bool
    blocks: Sequence[Block]
    page_words: str
    subtitle: str = ""
    when_several: str = ""
    code_label: str = ""
    single_is_numbered: bool = False
    several_is_numbered: bool = False
    flexible: bool = False
    test_word: str = ""
    extra_heads: tuple[str, ...] = field(default=())


class Measure(Protocol):
    """Says how high texts become, each set in its own width: in millimetres, in the order of the texts."""

    def __call__(self, texts: Sequence[Text], language: str, right_to_left: bool) -> list[float]: ...


def printable(words: str, most: int = MOST_WORDS) -> str:
    """The words as they go on paper: at most so many characters, and with places to break in words that have none."""
    flat = " ".join(words.split())
    if len(flat) > most:
        flat = flat[: most - 1].rsplit(" ", 1)[0].rstrip(",.;:–-") + "…"
    return " ".join(_breakable(word) for word in flat.split(" "))


def _breakable(word: str) -> str:
    if len(word) <= LONGEST_WORD or word.startswith("\u2066"):  # an address breaks behind its strokes, and is copied whole
        return word
    return _BREAK.join(word[at : at + LONGEST_WORD] for at in range(0, len(word), LONGEST_WORD))
