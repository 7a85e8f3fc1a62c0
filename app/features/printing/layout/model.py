"""The layout of a form, as data. Two layouts with the same data are the same form; its digest is the form's revision."""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

FORMAT = "plaza-layout-1"


class Kind(StrEnum):
    """What a form is for; the letter stands in its square code."""

    BALLOT = "B"
    PROPOSAL = "P"
    CONSENT = "C"


class Variant(StrEnum):
    """How a form is set: 11 pt, 19 pt, or 14 pt in easy language."""

    STANDARD = "standard"
    LARGE = "large"
    EASY = "easy"


class Paper(StrEnum):
    """The size of the sheet."""

    A4 = "a4"
    LETTER = "letter"

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in millimetres."""
        return (210.0, 297.0) if self is Paper.A4 else (215.9, 279.4)


@dataclass(frozen=True, slots=True)
class Look:
    """In which variant, language (a code such as `fi`) and paper size a form is set."""

    variant: Variant = Variant.STANDARD
    language: str = "en"
    paper: Paper = Paper.A4


@dataclass(frozen=True, slots=True)
class FormKey:
    """Which form it is, whatever its revision and look: its kind, and the pot, process or agreement that it is about."""

    kind: Kind
    subject: UUID


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle, in millimetres."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    def overlaps(self, other: "Rect") -> bool:
        """Whether the two share more than an edge."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom


@dataclass(frozen=True, slots=True)
class Mark:
    """A corner mark: ArUco, dictionary 5×5_50, number `id`. 0 is the upper left corner, then clockwise to 3."""

    id: int
    x: float
    y: float
    size: float

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """Its four corners in millimetres, clockwise from its own upper left one."""
        right, bottom = self.x + self.size, self.y + self.size
        return (self.x, self.y), (right, self.y), (right, bottom), (self.x, bottom)


@dataclass(frozen=True, slots=True)
class Bubble:
    """A circle to be filled: it gives `field` the value `value`. `x` and `y` are its centre."""

    field: str
    value: str
    x: float
    y: float
    radius: float

    @property
    def box(self) -> Rect:
        """The square around it."""
        return Rect(self.x - self.radius, self.y - self.radius, 2 * self.radius, 2 * self.radius)


@dataclass(frozen=True, slots=True)
class WriteIn:
    """A place for handwriting, with so many ruled `lines`. It is shown to a person for typing, never guessed."""

    name: str
    place: Rect
    lines: int = 1


class Role(StrEnum):
    """What a text is for somebody who hears the page: the PDF is tagged with it. Furniture is left out of the reading."""

    TITLE = "h1"
    HEADING = "h2"
    WORDS = "p"
    LABEL = "label"
    FURNITURE = "furniture"


@dataclass(frozen=True, slots=True)
class Text:
    """Words at a place. `size` is in points; `align` is `start`, `end` or `centre` in the direction of the language.

    Where the words are not in the form's language, `language` says in which they are. `row` counts what can be chosen: texts of
    the same row belong together, and nothing else has one.
    """

    words: str
    x: float
    y: float
    width: float
    size: float
    bold: bool = False
    align: str = "start"
    role: Role = Role.WORDS
    language: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line, between rows or where a slip is torn off (`dashed`)."""

    x: float
    y: float
    width: float
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class PageLayout:
    """One page. `code` is where the serial or the set code is printed, `slip` where the follow-up code of the slip is."""

    number: int
    marks: tuple[Mark, ...]
    qr: Rect
    texts: tuple[Text, ...] = ()
    rules: tuple[Rule, ...] = ()
    bubbles: tuple[Bubble, ...] = ()
    write_ins: tuple[WriteIn, ...] = ()
    code: Text | None = None
    slip: Text | None = None


class Takes(StrEnum):
    """How many of its bubbles a field may have filled: `one` of several, or each for itself (`many`)."""

    ONE = "one"
    MANY = "many"


@dataclass(frozen=True)
class FormLayout:
    """A whole form. `fields` says of each field how many values it takes, in the order of the form.

    `numbered` forms carry a code on each copy: a serial, or the set code that holds the pages of a ballot together.
    """

    key: FormKey
    look: Look
    title: str
    author: str
    right_to_left: bool
    pages: tuple[PageLayout, ...]
    fields: dict[str, Takes] = field(default_factory=dict)
    numbered: bool = False
    test_word: str = ""

    @cached_property
    def version(self) -> str:
        """The revision: SHA-256 over the canonical JSON of all of the above, as 64 hexadecimal digits."""
        return hashlib.sha256(self.as_json().encode()).hexdigest()

    @property
    def short_version(self) -> str:
        """The first 80 bits of the revision, as they stand in the square code: 16 letters and digits."""
        return short(self.version)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of each page in millimetres."""
        return self.look.paper.size

    def bubbles(self) -> Iterator[tuple[int, Bubble]]:
        """Every bubble with the number of its page, from 1."""
        return ((page.number, bubble) for page in self.pages for bubble in page.bubbles)

    def as_json(self) -> str:
        """Canonical JSON: keys sorted, nothing between the signs. `from_json` makes the same layout of it again."""
        data = {"format": FORMAT, **asdict(self)}
        data["key"]["subject"] = str(self.key.subject)
        for text in (text for page in data["pages"] for text in (*page["texts"], page["code"], page["slip"])):
            if text and not text["row"]:
                del text["row"]  # a layout that was kept before texts had rows has the revision that it was printed with
        return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "FormLayout":
        """The layout that was written with `as_json`. Raises ValueError for anything else."""
        try:
            data = json.loads(text)
            if data.pop("format") != FORMAT:
                raise ValueError("another format of layouts")
            return _read(data)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"this is no layout of a form: {error}") from error


def short(version: str) -> str:
    """What stands of a revision in a square code."""
    return base64.b32encode(bytes.fromhex(version[:20])).decode()


def _read(data: dict[str, Any]) -> FormLayout:
    look = data["look"]
    return FormLayout(
        key=FormKey(Kind(data["key"]["kind"]), UUID(data["key"]["subject"])),
        look=Look(Variant(look["variant"]), look["language"], Paper(look["paper"])),
        title=data["title"],
        author=data["author"],
        right_to_left=data["right_to_left"],
        pages=tuple(_page(page) for page in data["pages"]),
        fields={name: Takes(takes) for name, takes in data["fields"].items()},
        numbered=data["numbered"],
        test_word=data["test_word"],
    )


def _page(data: dict[str, Any]) -> PageLayout:
    return PageLayout(
        number=data["number"],
        marks=tuple(Mark(**one) for one in data["marks"]),
        qr=Rect(**data["qr"]),
        texts=tuple(_text(one) for one in data["texts"]),
        rules=tuple(Rule(**one) for one in data["rules"]),
        bubbles=tuple(Bubble(**one) for one in data["bubbles"]),
        write_ins=tuple(WriteIn(one["name"], Rect(**one["place"]), one["lines"]) for one in data["write_ins"]),
        code=_text(data["code"]) if data["code"] else None,
        slip=_text(data["slip"]) if data["slip"] else None,
    )


def _text(data: dict[str, Any]) -> Text:
    return Text(**{**data, "role": Role(data["role"])})
