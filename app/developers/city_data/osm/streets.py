"""The street table: each street, square and park with both its names, where it is, and its house numbers."""

import re
from collections import defaultdict
from typing import Any

from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from .reading import Extract, Thing

NUMBER = re.compile(r"\d{1,4}[a-zA-Z]?(-\d{1,4}[a-zA-Z]?)?")
SPOKEN = {"leisure": {"park"}, "place": {"square"}}


def _at(shape: BaseGeometry) -> list[float]:
    """A point on the shape, near its middle."""
    middle = shape.centroid
    point = shape.interpolate(shape.project(middle)) if shape.geom_type == "LineString" else None
    if point is None:
        point = middle if shape.contains(middle) else shape.representative_point()
    return [round(point.x, 6), round(point.y, 6)]


def _middle(shapes: list[BaseGeometry]) -> BaseGeometry:
    """The piece that stands for a street: the one nearest the middle of all of it."""
    middle = unary_union(shapes).centroid
    return min(shapes, key=lambda shape: shape.distance(middle))


def _numbers(extract: Extract) -> dict[str, dict[str, list[float]]]:
    """House numbers by the key of the street; the first door met stands for a number with several doors."""
    found: dict[str, dict[str, list[float]]] = defaultdict(dict)
    for thing in [*extract.points, *extract.areas]:
        street = thing.tags.get("addr:street", "").rsplit(",", 1)[-1]
        for one in thing.tags.get("addr:housenumber", "").replace(" ", "").split(";"):
            if street and NUMBER.fullmatch(one):
                found[_key(street)].setdefault(one.lower(), _at(thing.shape))
    return found


def _key(name: str) -> str:
    """Spellings of one street are one street: capitals, spaces and hyphens are typed as people please."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _is_street(thing: Thing) -> bool:
    """True for a named way that people give as an address."""
    return "highway" in thing.tags and "name" in thing.tags and "tunnel" not in thing.tags


def streets(extract: Extract) -> list[dict[str, Any]]:
    """Rows sorted by the Finnish name: fi, sv, kind (street, square, park), at [lon, lat], numbers."""
    numbers = _numbers(extract)
    pieces: dict[str, list[BaseGeometry]] = defaultdict(list)
    known: dict[str, dict[str, str]] = {}
    for thing in [*extract.lines, *extract.areas]:
        kind = next((thing.tags[key] for key, values in SPOKEN.items() if thing.tags.get(key) in values), None)
        name = thing.tags.get("name:fi") or thing.tags.get("name")
        if not name or not thing.shape.length or not (kind or _is_street(thing)):
            continue
        key = _key(name)
        pieces[key].append(thing.shape)
        row = known.setdefault(key, {"fi": name, "sv": "", "kind": "street"})
        row["kind"] = kind or row["kind"]
        row["sv"] = thing.tags.get("name:sv") or row["sv"]
    rows = []
    for key, row in sorted(known.items(), key=lambda item: item[1]["fi"]):
        full: dict[str, Any] = {**row, "at": _at(_middle(pieces[key]))}
        if numbers.get(key):
            full["numbers"] = dict(sorted(numbers[key].items(), key=lambda item: _order(item[0])))
        rows.append(full)
    return rows


def _order(number: str) -> tuple[int, str]:
    """House numbers in the order of the street: 2, 2a, 10."""
    digits = ""
    for letter in number:
        if not letter.isdigit():
            break
        digits += letter
    return int(digits or 0), number
