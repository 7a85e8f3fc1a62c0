"""Circles: where each really is on the page, and what is in and around it, as numbers."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from app.features.printing.queries import Bubble, PageLayout, Role
from app.features.scans.reading.ink import Ink

DARK = 0.16
"""From here on a dot is ink: the lightest pencil that is still seen has about 0.2, clean paper at most 0.08."""
_SEARCH_MM = 1.4
_EDGE_MM = 0.6
"""How far inside the printed circle looking begins, so that its line does not count as a mark."""
_BESIDE_MM = (0.65, 1.35)
"""Where marks that leave the circle are looked for, from its line outwards."""
_CLEAR = 0.5
"""How well a circle must match to say how the page lies around it."""
_NEIGHBOURS = 9


@dataclass(frozen=True, slots=True)
class Measured:
    """What is in and around a circle.

    `area`: share of the inside that is ink. `mean`: mean darkness inside. `strong`: darkness of its ink. `beside`: share of the
    ring around it that is ink. `exits`: directions in degrees in which ink leaves it. `hidden`: whether what lies opposite to
    one of them cannot be seen for print. `outline`: share of its line that is there.
    """

    area: float
    mean: float
    strong: float
    beside: float
    exits: tuple[float, ...]
    hidden: bool
    outline: float


def measured(ink: Ink, page: PageLayout, dots_per_mm: int) -> list[Measured]:
    """Every circle of a page, in the order of the layout."""
    printed = _printed(page, ink.shape, dots_per_mm)
    offsets = _offsets(ink, page.bubbles, dots_per_mm)
    return [_measure(ink, printed, bubble, offset, dots_per_mm) for bubble, offset in zip(page.bubbles, offsets, strict=True)]


def _offsets(ink: Ink, bubbles: tuple[Bubble, ...], dots: int) -> NDArray[np.float64]:
    """How far each circle lies from where it should be, in dots: its own place where its neighbours agree, else theirs."""
    if not bubbles:
        return np.zeros((0, 2))
    found = [_search(ink, bubble, dots) for bubble in bubbles]
    own, match = np.array([place for place, _ in found]), np.array([score for _, score in found])
    places = np.array([(bubble.x, bubble.y) for bubble in bubbles])
    clear = np.flatnonzero(match >= _CLEAR)
    if clear.size == 0:
        return np.zeros_like(own)
    result = np.empty_like(own)
    for at, place in enumerate(places):
        near = clear[np.argsort(((places[clear] - place) ** 2).sum(axis=1))[:_NEIGHBOURS]]
        common = np.median(own[near], axis=0)
        agrees = match[at] >= _CLEAR and np.abs(own[at] - common).max() <= 0.4 * dots
        result[at] = own[at] if agrees else common
    return result


def _search(ink: Ink, bubble: Bubble, dots: int) -> tuple[tuple[float, float], float]:
    """Where the line of a circle matches best around its place, in dots from it, and how well (0 to 1)."""
    ring = _ring(round(bubble.radius * dots * 4), dots)
    half, reach = ring.shape[0] // 2, round(_SEARCH_MM * dots)
    x, y = _middle(bubble, dots)
    area = _part(ink, round(x), round(y), half + reach)
    scores = cv2.matchTemplate(np.minimum(area, 0.8), ring, cv2.TM_CCOEFF_NORMED)
    _, best, _, (column, row) = cv2.minMaxLoc(scores)
    return (round(x) + column - reach - x, round(y) + row - reach - y), float(best)


def _middle(bubble: Bubble, dots: int) -> tuple[float, float]:
    return bubble.x * dots - 0.5, bubble.y * dots - 0.5


@lru_cache(maxsize=16)
def _ring(quarter_dots: int, dots: int) -> Ink:
    """The line of a circle as it looks printed; `quarter_dots` is four times its radius in dots."""
    radius = quarter_dots / 4
    half = round(radius + 0.8 * dots)
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    away = np.abs(np.hypot(x, y) - radius)
    return np.asarray(np.exp(-((away / (0.28 * dots)) ** 2)), dtype=np.float32)


def _part(ink: Ink, x: int, y: int, half: int) -> Ink:
    """The square around a place; clear paper where it leaves the page."""
    height, width = ink.shape
    left, right, top, bottom = x - half, x + half + 1, y - half, y + half + 1
    inside = ink[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    if inside.shape == (2 * half + 1, 2 * half + 1):
        return inside
    return np.pad(inside, ((max(-top, 0), max(bottom - height, 0)), (max(-left, 0), max(right - width, 0))))


@dataclass(frozen=True)
class _Around:
    """Which dots around the middle of a circle are inside it, on its line, beside it; and in which direction."""

    half: int
    inside: NDArray[np.bool_]
    beside: NDArray[np.bool_]
    line: tuple[NDArray[np.intp], NDArray[np.intp]]
    angle: NDArray[np.float64]


@lru_cache(maxsize=16)
def _around(radius_mm: float, dots: int) -> _Around:
    first, last = ((radius_mm + one) * dots for one in _BESIDE_MM)
    half = int(last) + 2
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    away = np.hypot(x, y)
    turns = np.arange(0, 2 * np.pi, 2 * np.pi / 90)
    depth = np.arange(-0.35, 0.36, 0.1)
    radii = (radius_mm + depth)[:, None] * dots
    line = (np.rint(half + radii * np.sin(turns)).astype(np.intp), np.rint(half + radii * np.cos(turns)).astype(np.intp))
    return _Around(
        half=half,
        inside=away <= (radius_mm - _EDGE_MM) * dots,
        beside=(away >= first) & (away <= last),
        line=line,
        angle=np.degrees(np.arctan2(-y, x)) % 360,
    )


def _measure(ink: Ink, printed: Ink, bubble: Bubble, offset: NDArray[np.float64], dots: int) -> Measured:
    around = _around(bubble.radius, dots)
    x, y = _middle(bubble, dots)
    x, y = round(x + offset[0]), round(y + offset[1])
    part = _part(ink, x, y, around.half)
    within = part[around.inside]
    dark = within > DARK
    outside = around.beside & (_part(printed, x, y, around.half) == 0)
    leaving = outside & (part > DARK)
    on_line = part[around.line].max(axis=0)
    exits = _exits(leaving, around)
    return Measured(
        area=float(dark.mean()),
        mean=float(within.mean()),
        strong=float(np.percentile(within[dark], 75)) if dark.any() else 0.0,
        beside=float(leaving.sum() / max(outside.sum(), 1)),
        exits=exits,
        hidden=any(_hidden(around, outside, (one + 180) % 360) for one in exits),
        outline=float((on_line > DARK * 1.2).mean()),
    )


def _exits(leaving: NDArray[np.bool_], around: _Around) -> tuple[float, ...]:
    """The directions in which pieces of ink lie beside a circle; specks of less than an eighth of a square millimetre do not
    count.
    """
    if not leaving.any():
        return ()
    count, _, stats, middles = cv2.connectedComponentsWithStats(leaving.astype(np.uint8), connectivity=8)
    pieces = [middles[at] - around.half for at in range(1, count) if stats[at, cv2.CC_STAT_AREA] >= _SPECK]
    return tuple(sorted(float(np.degrees(np.arctan2(-y, x)) % 360) for x, y in pieces))


_SPECK = 8


def _hidden(around: _Around, seen: NDArray[np.bool_], direction: float) -> bool:
    """Whether half of what lies beside a circle in a direction is covered by print."""
    apart = np.abs((around.angle - direction + 180) % 360 - 180)
    there = around.beside & (apart <= _SECTOR)
    return bool((seen & there).sum() < there.sum() / 2)


_SECTOR = 20
_OTHERS_MM = 0.55


@lru_cache(maxsize=64)
def _printed(page: PageLayout, shape: tuple[int, int], dots: int) -> Ink:
    """What is printed beside circles and must not be taken for a mark: labels, lines, other circles."""
    found = np.zeros(shape, dtype=np.float32)

    def fill(x: float, y: float, right: float, bottom: float) -> None:
        found[max(0, int(y * dots)) : max(0, int(bottom * dots) + 1), max(0, int(x * dots)) : max(0, int(right * dots) + 1)] = 1

    for text in page.texts:
        if text.role is Role.LABEL:
            height = text.size * 0.45
            fill(text.x, text.y, text.x + text.width, text.y + height)
    for rule in page.rules:
        fill(rule.x, rule.y - _OTHERS_MM, rule.x + rule.width, rule.y + _OTHERS_MM)
    for bubble in page.bubbles:
        middle = (round(bubble.x * dots), round(bubble.y * dots))
        cv2.circle(found, middle, round((bubble.radius + _OTHERS_MM) * dots), 1, -1)
    return found
