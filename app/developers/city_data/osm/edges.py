"""Complete what the rectangle cut: streets run straight on to its edge, and houses and lawns are closed along it.

The points beyond the rectangle are not in the file. What is drawn between the last known point and the edge is therefore
our guess, a few metres long; nothing is added where the guess would be longer than `FAR`.
"""

from collections.abc import Sequence

from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

FAR = 0.0012
"""Longest guess, in degrees of latitude: about 130 metres."""
Run = list[tuple[float, float]]
Bounds = tuple[float, float, float, float]


def cut_runs(refs: Sequence[int], places: dict[int, tuple[float, float]]) -> list[tuple[Run, bool, bool]]:
    """The stretches of a way whose points are in the file, and whether their beginning and end are cuts.

    A closed way is turned so that it begins behind a gap: a house cut once comes back in one piece.
    """
    if len(refs) > 3 and refs[0] == refs[-1] and any(ref not in places for ref in refs):
        gap = next(index for index, ref in enumerate(refs) if ref not in places)
        refs = [*refs[gap:-1], *refs[: gap + 1]]
    found: list[tuple[Run, bool, bool]] = []
    current: Run = []
    for index, ref in enumerate(refs):
        if ref in places:
            current.append(places[ref])
        if current and (ref not in places or index == len(refs) - 1):
            begins_cut = index - len(current) + (ref in places) > 0 or refs[0] not in places
            found.append((current, begins_cut, ref not in places))
            current = []
    return [one for one in found if len(one[0]) > 1]


def carried_line(run: Run, begins_cut: bool, ends_cut: bool, bounds: Bounds) -> LineString:
    """A cut line carried straight on to the edge at its cut ends."""
    points = list(run)
    if ends_cut:
        points += _onward(run[-2], run[-1], bounds)
    if begins_cut:
        points = [*_onward(run[1], run[0], bounds), *points]
    return LineString(points)


def _onward(before: tuple[float, float], end: tuple[float, float], bounds: Bounds) -> Run:
    """Where the ray through the last two points meets the edge; nothing when that is too far or never."""
    west, south, east, north = bounds
    dx, dy = end[0] - before[0], end[1] - before[1]
    steps = [((east if dx > 0 else west) - end[0]) / dx] if dx else []
    steps += [((north if dy > 0 else south) - end[1]) / dy] if dy else []
    step = min((one for one in steps if one >= 0), default=None)
    if step is None or ((dx * step / 2) ** 2 + (dy * step) ** 2) ** 0.5 > FAR:
        return []
    return [(end[0] + dx * step, end[1] + dy * step)]


def closed_area(run: Run, bounds: Bounds) -> BaseGeometry | None:
    """A cut outline closed along the edge: each end goes square to its nearest side. None when it cannot be closed well."""
    ends = [_nearest(run[0], bounds), _nearest(run[-1], bounds)]
    if any(distance > FAR for distance, _side, _foot in ends):
        return None
    (_d1, side1, foot1), (_d2, side2, foot2) = ends
    corner = [] if side1 == side2 else [_corner(side1, side2, bounds)]
    if corner == [None]:
        return None
    ring = [foot1, *run, foot2, *(point for point in corner if point)]
    shape = Polygon(ring)
    return shape if shape.is_valid else shape.buffer(0)


def _nearest(point: tuple[float, float], bounds: Bounds) -> tuple[float, str, tuple[float, float]]:
    west, south, east, north = bounds
    x, y = point
    return min(
        ((x - west) / 2, "west", (west, y)),
        ((east - x) / 2, "east", (east, y)),
        (y - south, "south", (x, south)),
        (north - y, "north", (x, north)),
    )


def _corner(one: str, other: str, bounds: Bounds) -> tuple[float, float] | None:
    """The corner between two sides, or None when they lie opposite."""
    west, south, east, north = bounds
    sides = {one, other}
    if sides in ({"west", "east"}, {"north", "south"}):
        return None
    corner = Point(west if "west" in sides else east, south if "south" in sides else north)
    return (corner.x, corner.y)
