"""From the numbers of a circle to what it says. Whatever is not clear goes to a person: no guess is better than none."""

import math
from collections.abc import Sequence

from app.features.printing.queries import Bubble
from app.features.scans.reading.circles import Measured
from app.features.scans.reading.results import SURE, State

Judged = tuple[State, float, tuple[str, ...]]

CLEAN_AREA, CLEAN_MEAN = 0.022, 0.06
"""So much ink and shade an empty circle has at most."""
LEAST_AREA = 0.075
"""A tick with a thin pen covers at least so much of the inside; a dot of a resting pen covers less."""
LEAST_STRONG = 0.33
"""A mark that covers little must be so dark; the edge of a stain is not."""
PENCIL_AREA, PENCIL_MEAN = 0.4, 0.14
"""A light mark must cover so much."""
FULL_AREA = 0.42
"""From here on a circle is filled with more than a cross or a tick; lines that then leave it cross it out."""
SOLID_AREA = 0.8
"""From here on not even a thick cross fills it."""
LITTLE_BESIDE = 0.035
LEAST_OUTLINE = 0.82
_STRAIGHT = 150
_NEAR_MM = 4.0
_TOWARDS = 30


def judged(one: Measured, *, explained: bool = False) -> Judged:
    """What a circle says, how sure that is, and what made it doubtful.

    `explained`: what lies beside it comes from a neighbour that is marked.
    """
    if one.outline < LEAST_OUTLINE:
        return State.DOUBTFUL, 0.3, ("outline",)
    if one.area <= CLEAN_AREA and one.mean <= CLEAN_MEAN:
        return _empty(one, explained)
    if one.area >= FULL_AREA:
        return _full(one)
    if one.area >= LEAST_AREA and one.strong >= LEAST_STRONG:
        return _lines(one)
    return State.DOUBTFUL, 0.5, ("faint",) if one.area >= LEAST_AREA else ("little",)


def _empty(one: Measured, explained: bool) -> Judged:
    if one.beside > LITTLE_BESIDE and not explained:
        return State.DOUBTFUL, 0.5, ("beside",)
    return State.EMPTY, 1.0 - (1 - SURE) * max(one.area / CLEAN_AREA, one.mean / CLEAN_MEAN), ()


def _full(one: Measured) -> Judged:
    """Filled in whole or in part, or a thick cross. A line that leaves it on two opposite sides crosses it out."""
    if len(one.exits) >= 3 or _straight(one) or (len(one.exits) == 2 and one.area >= SOLID_AREA):
        return State.CROSSED_OUT, 0.6, ("crossed_out",)
    if one.mean < PENCIL_MEAN or (one.strong < LEAST_STRONG and one.beside > LITTLE_BESIDE):
        return State.DOUBTFUL, 0.5, ("faint",)
    return State.FILLED, min(1.0, SURE + one.area * 0.1), ()


def _lines(one: Measured) -> Judged:
    """A tick, a cross or a few strokes. A single line straight through may strike out the whole row."""
    if len(one.exits) >= 3 and not _crossing(one.exits):
        return State.DOUBTFUL, 0.5, ("crossed_out",)
    if len(one.exits) <= 2 and _straight(one):
        return State.DOUBTFUL, 0.5, ("crossed_out",)
    return State.FILLED, min(1.0, SURE + (one.area - LEAST_AREA) * 0.25), ()


def _straight(one: Measured) -> bool:
    """Whether a line may run straight through: ink leaves on two opposite sides, or where the other side cannot be seen."""
    pairs = ((first, second) for at, first in enumerate(one.exits) for second in one.exits[at + 1 :])
    return one.hidden or any(_between(first, second) >= _STRAIGHT for first, second in pairs)


def _crossing(exits: Sequence[float]) -> bool:
    """Whether ink leaves on four sides as two lines do that cross."""
    if len(exits) != 4:
        return False
    first, second = _between(exits[0], exits[2]), _between(exits[1], exits[3])
    return first >= _STRAIGHT and second >= _STRAIGHT and 45 <= _between(exits[0], exits[1]) <= 135


def explained(at: int, found: Sequence[Measured], bubbles: Sequence[Bubble]) -> bool:
    """Whether each piece of ink beside a circle lies towards a neighbour that is marked, and is the end of that mark."""
    here = bubbles[at]
    near = [
        math.degrees(math.atan2(here.y - other.y, other.x - here.x)) % 360
        for one, other in zip(found, bubbles, strict=True)
        if one.area > CLEAN_AREA and 0 < math.hypot(other.x - here.x, other.y - here.y) < here.radius * 2 + _NEAR_MM
    ]
    return bool(near) and all(any(_between(exit_, to) <= _TOWARDS for to in near) for exit_ in found[at].exits)


def _between(first: float, second: float) -> float:
    apart = abs(first - second) % 360
    return min(apart, 360 - apart)
