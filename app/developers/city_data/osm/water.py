"""Find the sea and the cut lakes of an extract that holds only pieces of their shores."""

from collections.abc import Sequence
from itertools import pairwise

from shapely import STRtree
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import polygonize, unary_union

from .reading import Extract, polygons

REACH = 0.0009
"""How far the end of a cut line is carried on to meet the rectangle, in degrees of latitude: about 100 metres."""
TINY = 1e-7


def split_sheet(extract: Extract, ways: list[int], extra: Sequence[LineString] = ()) -> list[Polygon]:
    """Cut the rectangle along the pieces of these ways, carrying loose ends that are near it straight on to its edge."""
    cuts = [*extra, *(LineString(run) for way in ways for run in extract.runs.get(way, []))]
    ends: dict[tuple[float, ...], int] = {}
    for cut in cuts:
        for end in (cut.coords[0], cut.coords[-1]):
            ends[end] = ends.get(end, 0) + 1
    carried = [line for end, times in ends.items() if times == 1 for line in _carried(end, extract)]
    return list(polygonize(unary_union([*cuts, extract.sheet.exterior, *carried])))


def _carried(end: tuple[float, ...], extract: Extract) -> list[LineString]:
    """A line from a loose end to the nearest side of the rectangle, a hair beyond it so that the two cross."""
    west, south, east, north = extract.bounds
    x, y = end
    sides = [((x - west) / 2, (west - TINY, y)), ((east - x) / 2, (east + TINY, y))]
    sides += [(y - south, (x, south - TINY)), (north - y, (x, north + TINY))]
    distance, target = min(sides)
    return [LineString([end, target])] if distance < REACH else []


def sea(extract: Extract) -> list[Polygon]:
    """The pieces of the rectangle that are sea: water lies on the right of a coastline's direction (OSM's rule)."""
    coast = [way for way, tags in extract.way_tags.items() if tags.get("natural") == "coastline"]
    pieces = split_sheet(extract, coast)
    return [piece for piece in pieces if _wet(piece, extract, coast)]


def _wet(piece: Polygon, extract: Extract, coast: list[int]) -> bool:
    """True when most of the coastline that borders the piece has it on its right."""
    votes = 0.0
    for way in coast:
        for run in extract.runs.get(way, []):
            for (ax, ay), (bx, by) in pairwise(run):
                length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
                if not length:
                    continue
                step = 1e-6
                right = Point((ax + bx) / 2 + (by - ay) / length * step, (ay + by) / 2 - (bx - ax) / length * step)
                left = Point((ax + bx) / 2 - (by - ay) / length * step, (ay + by) / 2 + (bx - ax) / length * step)
                votes += length * (piece.contains(right) - piece.contains(left))
    return votes > 0


def cut_lakes(extract: Extract) -> list[Polygon]:
    """Lakes whose shore leaves the rectangle: of the two sides, the one with fewer things on it for its size."""
    found: list[Polygon] = []
    land = STRtree([thing.shape for thing in extract.lines if "highway" in thing.tags or "building" in thing.tags])
    for way, tags in extract.way_tags.items():
        runs = extract.runs.get(way, [])
        closed = len(runs) == 1 and runs[0][0] == runs[0][-1]
        if tags.get("natural") != "water" or closed or not runs:
            continue
        sides = split_sheet(extract, [way])
        if len(sides) > 1:
            found.append(min(sides, key=lambda side: len(land.query(side, "intersects")) / side.area))
    return found


def water(extract: Extract) -> list[Polygon]:
    """All water of the extract, as polygons inside its rectangle."""
    whole = [
        thing.shape
        for thing in extract.areas
        if thing.tags.get("natural") == "water" or thing.tags.get("landuse") in {"basin", "pond"}
    ]
    joined = unary_union([*sea(extract), *cut_lakes(extract), *whole]).intersection(extract.sheet)
    return polygons(joined)
