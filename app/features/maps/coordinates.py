"""Read coordinates as people copy them: decimals with point or comma, degrees and minutes, with or without N and E."""

import re
from dataclasses import dataclass

from app.features.maps.source import Bounds

_NUMBERS = r"""
        (?P<sign>[-−+])?(?P<degrees>\d{1,3}(?:[.,]\d+)?)\s*(?:°|º|DEG)?\s*
        (?:(?P<minutes>\d{1,2}(?:[.,]\d+)?)\s*(?:'|′|’|MIN)\s*)?
        (?:(?P<seconds>\d{1,2}(?:[.,]\d+)?)\s*(?:"|″|”|''|′′|SEC)\s*)?"""
_LETTER_FIRST = re.compile(r"(?P<letter>[NSEW])\s*" + _NUMBERS, re.VERBOSE)
_LETTER_LAST = re.compile(_NUMBERS + r"(?P<letter>[NSEW](?![A-Z]))?", re.VERBOSE)
_BETWEEN = re.compile(r"[\s,;/]*")


@dataclass(frozen=True)
class Coordinates:
    """A point in degrees (WGS 84). `swapped` is true when longitude stood first without saying so: ask the reader."""

    lon: float
    lat: float
    swapped: bool = False


@dataclass(frozen=True)
class _Angle:
    degrees: float
    axis: str


def parse_coordinates(text: str, bounds: Bounds | None = None) -> Coordinates | None:
    """The point that `text` gives, or None when it gives none.

    Without letters the first number is the latitude, as maps and phones write it; the other order is taken only where the
    first cannot be meant: outside ±90, or outside `bounds` while the other way round lies inside.
    """
    pair = _two_angles(text.strip().upper())
    if pair is None:
        return None
    first, second = pair
    if first.axis and second.axis:
        if first.axis == second.axis:
            return None
        lat, lon = (first, second) if first.axis == "lat" else (second, first)
        return _on_globe(lon.degrees, lat.degrees)
    if first.axis or second.axis:
        lat_first = first.axis == "lat" or second.axis == "lon"
        lat, lon = (first, second) if lat_first else (second, first)
        return _on_globe(lon.degrees, lat.degrees)
    usual, other = _on_globe(second.degrees, first.degrees), _on_globe(first.degrees, second.degrees, swapped=True)
    if bounds and other and _inside(other, bounds) and not (usual and _inside(usual, bounds)):
        return other
    return usual or other


def _two_angles(text: str) -> tuple[_Angle, _Angle] | None:
    """Exactly two angles and nothing else but what stands between them."""
    if re.fullmatch(r"[-+]?\d+,\d+,[-+]?\d+", text):  # "1,2,3" can be read in two ways
        return None
    if re.fullmatch(r"[-+]?\d+,\d+,\s*[-+]?\d+,\d+", text):  # "60,1699,24,9384": four numbers with one meaning
        a, b, c, d = re.split(r",\s*", text)
        text = f"{a}.{b} {c}.{d}"
    found: list[_Angle] = []
    pattern = _LETTER_FIRST if text[:1] in "NSEW" else _LETTER_LAST
    at = _BETWEEN.match(text).end()  # type: ignore[union-attr]  # the pattern matches nothing as well
    while at < len(text):
        part = pattern.match(text, at)
        if not part or part.end() == at or len(found) == 2:
            return None
        angle = _angle(part)
        if angle is None:
            return None
        found.append(angle)
        at = _BETWEEN.match(text, part.end()).end()  # type: ignore[union-attr]
    return (found[0], found[1]) if len(found) == 2 else None


def _angle(part: re.Match[str]) -> _Angle | None:
    """Degrees with a sign; None for minutes or seconds beyond 60."""
    number = [float((part[key] or "0").replace(",", ".")) for key in ("degrees", "minutes", "seconds")]
    letter = part["letter"] or ""
    if number[1] >= 60 or number[2] >= 60:
        return None
    minus = part["sign"] in ("-", "−") or letter in ("S", "W")
    size = number[0] + number[1] / 60 + number[2] / 3600
    axis = {"N": "lat", "S": "lat", "E": "lon", "W": "lon"}.get(letter, "")
    return _Angle(-size if minus else size, axis)


def _on_globe(lon: float, lat: float, *, swapped: bool = False) -> Coordinates | None:
    if abs(lat) > 90 or abs(lon) > 180:
        return None
    return Coordinates(round(lon, 6), round(lat, 6), swapped)


def _inside(point: Coordinates, bounds: Bounds) -> bool:
    west, south, east, north = bounds
    return west <= point.lon <= east and south <= point.lat <= north
