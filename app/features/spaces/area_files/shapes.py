"""One polygon of a file: readable, in degrees, closed and not crossing itself; or the reason why not."""

import math
import re
from dataclasses import dataclass
from typing import Any

from shapely import MultiPolygon, Polygon, is_valid_reason, make_valid
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from app.features.spaces.outlines import on_grid
from app.kernel.errors import Refused
from app.kernel.messages import msg

_POINT = re.compile(r"\[(-?[\d.eE+-]+) (-?[\d.eE+-]+)\]")
Ring = list[tuple[float, float]]


class OutsideDegrees(Refused):
    """The coordinates cannot be longitude and latitude."""

    def __init__(self, x: float, y: float) -> None:
        super().__init__(msg("These coordinates are not degrees: %(x)s, %(y)s.", x=str(x), y=str(y)))
        self.found = f"{x}, {y}"


@dataclass(frozen=True)
class Shape:
    """A valid polygon or multipolygon, and whether it had to be repaired."""

    polygon: Polygon | MultiPolygon
    repaired: bool = False


def read_shape(geometry: Any, *, repair: bool) -> Shape:
    """The polygon of a feature. Raises Refused with the reason; crossing outlines are repaired only when asked for."""
    if not isinstance(geometry, dict):
        raise Refused(msg("It has no outline."))
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon"):
        raise Refused(msg("It is a %(kind)s; an area is a Polygon or a MultiPolygon.", kind=str(kind)[:40]))
    if not isinstance(coordinates, list) or not coordinates:
        raise Refused(msg("It has no outline."))
    polygons = [_polygon(rings) for rings in ([coordinates] if kind == "Polygon" else coordinates)]
    found: Polygon | MultiPolygon = polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)
    if found.is_valid and not on_grid(found).is_empty:
        return Shape(found)
    return _repaired(found, repair=repair)


def _polygon(rings: Any) -> Polygon:
    if not isinstance(rings, list) or not rings:
        raise Refused(msg("It has no outline."))
    outer, *holes = [_ring(ring, number) for number, ring in enumerate(rings, start=1)]
    return Polygon(outer, holes)


def _ring(ring: Any, number: int) -> Ring:
    if not isinstance(ring, list):
        raise Refused(msg("Ring %(number)s is not a list of coordinates.", number=number))
    points = [_point(position, number) for position in ring]
    if len(points) < 4:
        raise Refused(msg("Ring %(number)s has too few corners: a polygon needs at least three.", number=number))
    if points[0] != points[-1]:
        raise Refused(
            msg(
                "Ring %(number)s is not closed: it begins at %(first)s and ends at %(last)s.",
                number=number,
                first="{}, {}".format(*points[0]),
                last="{}, {}".format(*points[-1]),
            )
        )
    return points


def _point(position: Any, number: int) -> tuple[float, float]:
    readable = isinstance(position, list) and len(position) >= 2
    numbers = position[:2] if readable else []
    if not readable or not all(isinstance(value, int | float) and not isinstance(value, bool) for value in numbers):
        raise Refused(msg("Ring %(number)s has a corner that is not a pair of numbers.", number=number))
    x, y = numbers
    if not -180 <= x <= 180 or not -90 <= y <= 90:  # also false for what is not a number at all (NaN)
        if (isinstance(x, float) and not math.isfinite(x)) or (isinstance(y, float) and not math.isfinite(y)):
            raise Refused(msg("Ring %(number)s has a corner that is not a pair of numbers.", number=number))
        raise OutsideDegrees(x, y)
    return float(x), float(y)


def _repaired(found: Polygon | MultiPolygon, *, repair: bool) -> Shape:
    if found.is_valid or found.convex_hull.area == 0:
        raise Refused(msg("The outline encloses nothing."))
    reason = is_valid_reason(found)
    crossing = "self-intersection" in reason.lower()
    if crossing and repair:
        whole = _polygons_of(make_valid(found))
        if whole is not None:
            return Shape(whole, repaired=True)
    if crossing:
        where = _POINT.search(reason)
        lon, lat = where.groups() if where else ("?", "?")
        raise Refused(
            msg(
                "The outline crosses itself near longitude %(lon)s, latitude %(lat)s. Correct it, or choose to repair "
                "outlines that cross themselves.",
                lon=_short(lon),
                lat=_short(lat),
            )
        )
    raise Refused(msg("The outline is broken: %(reason)s.", reason=reason))


def _short(number: str) -> str:
    try:
        return f"{float(number):.5f}"
    except ValueError:
        return number


def _polygons_of(geometry: BaseGeometry) -> Polygon | MultiPolygon | None:
    """What of a repaired outline encloses something; lines and points that fell off are left away."""
    parts = [part for part in getattr(geometry, "geoms", [geometry]) if isinstance(part, Polygon | MultiPolygon)]
    whole = unary_union(parts) if parts else None
    return whole if isinstance(whole, Polygon | MultiPolygon) and not on_grid(whole).is_empty else None
