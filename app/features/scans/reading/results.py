"""What comes out of reading a page: which page it is, which tray it belongs into, and every circle with how sure that is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from app.features.printing.queries import FormLayout, PageCode, PageLayout, Rect, Takes, WriteIn
from app.features.scans.reading.faults import Fault

DOTS_PER_MM = 8
"""Of a page that was straightened: 203 dpi."""
SURE = 0.9
"""Below this confidence a person decides; nothing is taken for granted above it either, it is shown with its value."""


class Tray(StrEnum):
    """Where a page goes. Only `read` pages go on to be looked through; each of the others waits for somebody."""

    READ = "read"
    UNKNOWN = "unknown"
    """No form of ours: no code and no corner marks."""
    FOREIGN = "foreign"
    """A form of ours, but not of this vote or process."""
    OUTDATED = "outdated"
    """An earlier revision of a form that we know."""
    DAMAGED = "damaged"
    """A form, but its code or corners cannot be found, or the page is too pale to read."""
    TWO_ON_ONE = "two_on_one"
    """Two pages in one picture; each is read."""
    TEST_PRINT = "test_print"
    """A test print: it is read, and counts nowhere."""
    BLANK = "blank"
    """Nothing at all on it, such as the back of a sheet."""
    BROKEN = "broken"
    """The picture itself cannot be opened; `fault` says why."""


class State(StrEnum):
    """What a circle, or a field of several circles, says. All but the first two go to a person."""

    FILLED = "filled"
    EMPTY = "empty"
    CROSSED_OUT = "crossed_out"
    DOUBLE = "double"
    DOUBTFUL = "doubtful"


class Standing(StrEnum):
    """What a catalogue knows about a form."""

    CURRENT = "current"
    OUTDATED = "outdated"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Known:
    """What a catalogue answers: how the form stands, and its layout where there is one; an outdated one is then read too."""

    standing: Standing
    layout: FormLayout | None = None


class Catalogue(Protocol):
    """Knows the forms that are expected. The reader asks it for each page; it should keep what it has found."""

    def __call__(self, code: PageCode) -> Known:
        """What is known about the form that a page says it is."""
        ...


class Layouts:
    """A catalogue of layouts: those that are valid now, and earlier ones. Any other form is foreign."""

    def __init__(self, current: Iterable[FormLayout], earlier: Iterable[FormLayout] = ()) -> None:
        self._current = {(one.key, one.short_version): one for one in current}
        self._earlier = {(one.key, one.short_version): one for one in earlier}
        self._keys = {key for key, _ in (*self._current, *self._earlier)}

    def __call__(self, code: PageCode) -> Known:
        """A form of one of these keys that has another revision is outdated, whether its layout is known or not."""
        wanted = (code.key, code.version)
        if wanted in self._current:
            return Known(Standing.CURRENT, self._current[wanted])
        if code.key in self._keys:
            return Known(Standing.OUTDATED, self._earlier.get(wanted))
        return Known(Standing.FOREIGN)


@dataclass(frozen=True, slots=True)
class BubbleReading:
    """One circle: what it stands for, what was found, how sure that is (0 to 1), and where its picture is on the page.

    `reasons` names what made it doubtful: `faint`, `little`, `beside`, `crossed_out`, `outline`.
    """

    field: str
    value: str
    state: State
    confidence: float
    crop: Rect
    reasons: tuple[str, ...] = ()

    @property
    def for_a_person(self) -> bool:
        """Whether a person has to decide."""
        return self.confidence < SURE or self.state not in (State.FILLED, State.EMPTY)


@dataclass(frozen=True, slots=True)
class FieldReading:
    """One field on one page: the values whose circles are filled, `filled` or `empty` when all its circles are clear."""

    field: str
    values: tuple[str, ...]
    state: State
    confidence: float

    @property
    def for_a_person(self) -> bool:
        """Whether a person has to decide."""
        return self.confidence < SURE or self.state not in (State.FILLED, State.EMPTY)


@dataclass(frozen=True)
class PageReading:
    """One page that was found in a file. `part` counts the pages found in one picture, from 1.

    `turned` says by how many degrees, clockwise, the picture had to be turned: 180 for upside-down. `notices` are words for
    people about what was done: `turned`, `corner_missing`. `image` is the straightened page, in shades of grey.
    """

    number: int
    part: int
    tray: Tray
    code: PageCode | None = None
    layout: FormLayout | None = None
    turned: int = 0
    fault: Fault | None = None
    notices: tuple[str, ...] = ()
    bubbles: tuple[BubbleReading, ...] = ()
    image: NDArray[np.uint8] | None = field(default=None, repr=False, compare=False)

    @property
    def page(self) -> PageLayout | None:
        """What should stand on this page."""
        return self.layout.pages[self.code.page - 1] if self.layout and self.code else None

    @property
    def write_ins(self) -> tuple[WriteIn, ...]:
        """The places for handwriting on this page, to be shown with `crop`."""
        return self.page.write_ins if self.page else ()

    def fields(self) -> tuple[FieldReading, ...]:
        """The fields of this page, in the order of the form."""
        return tuple(fields_of(self.bubbles, self.layout.fields)) if self.layout else ()

    def crop(self, place: Rect) -> bytes:
        """The picture of a part of the page as PNG. Raises ValueError where no page was straightened."""
        if self.image is None:
            raise ValueError("there is no picture of this page")
        height, width = self.image.shape
        left, top = max(0, int(place.x * DOTS_PER_MM)), max(0, int(place.y * DOTS_PER_MM))
        right, bottom = min(width, int(place.right * DOTS_PER_MM) + 1), min(height, int(place.bottom * DOTS_PER_MM) + 1)
        return png(self.image[top:bottom, left:right])

    def as_data(self) -> dict[str, Any]:
        """As plain data for JSON, without the picture."""
        code = self.code
        return {
            "page": self.number,
            "part": self.part,
            "tray": self.tray,
            "turned": self.turned,
            "fault": self.fault,
            "notices": list(self.notices),
            "form": code and {"kind": code.key.kind, "subject": str(code.key.subject), "version": code.version},
            "form_page": code and code.page,
            "form_pages": code and code.pages,
            "code": code and code.code,
            "test": bool(code and code.test),
            "fields": [_plain(one) for one in self.fields()],
            "for_a_person": [_plain(one) for one in self.bubbles if one.for_a_person],
        }


def _plain(one: FieldReading | BubbleReading) -> dict[str, Any]:
    shared = {"field": one.field, "state": one.state, "confidence": round(one.confidence, 3)}
    if isinstance(one, FieldReading):
        return {**shared, "values": list(one.values)}
    crop = one.crop
    return {**shared, "value": one.value, "reasons": list(one.reasons), "crop": [crop.x, crop.y, crop.width, crop.height]}


def fields_of(bubbles: tuple[BubbleReading, ...], takes: Mapping[str, Takes]) -> Iterator[FieldReading]:
    """The fields that these circles belong to, each with its values. Circles of several pages may be given together."""
    of: dict[str, list[BubbleReading]] = {}
    for one in bubbles:
        of.setdefault(one.field, []).append(one)
    for name, circles in of.items():
        filled = tuple(one.value for one in circles if one.state is State.FILLED)
        sure = min(one.confidence for one in circles)
        odd = next((one.state for one in circles if one.for_a_person), None)
        if len(filled) > 1 and takes.get(name) is Takes.ONE:
            state, sure = State.DOUBLE, min(sure, 0.5)
        elif odd is not None:
            state = odd if odd is State.CROSSED_OUT else State.DOUBTFUL
        else:
            state = State.FILLED if filled else State.EMPTY
        yield FieldReading(name, filled, state, sure)


def png(image: NDArray[np.uint8]) -> bytes:
    """A picture as PNG. Raises ValueError for one without dots."""
    import cv2  # the web process shows results and should not pay for it before

    done, content = cv2.imencode(".png", image)
    if not done:
        raise ValueError("the picture is empty")
    return bytes(content)
