"""The drawing data: shapes by layer with whole-number coordinates, each pair the difference from the one before."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge, unary_union

from .labels import Names, labels
from .reading import Extract, Thing, line_parts, polygons
from .streets import NUMBER
from .water import water

SCALE = 1e-6
"""One unit of the coordinates, in degrees: a tenth of a metre."""
SMOOTH = 2.5e-6
"""Corners that stand out less than this (about a quarter of a metre) are left out."""
STREETS = {
    "primary": "major",
    "primary_link": "major",
    "secondary": "major",
    "tertiary": "middle",
    "tertiary_link": "middle",
    "residential": "street",
    "unclassified": "street",
    "service": "lane",
    "pedestrian": "walk",
    "footway": "path",
    "path": "path",
    "trail": "path",
    "cycleway": "cycle",
    "steps": "steps",
}
PARKS = {"park", "garden"}
GRASS = {"landuse": {"grass"}, "natural": {"scrub", "wood", "heath", "wetland"}}
PUBLIC = {"townhall", "library", "theatre", "place_of_worship", "university", "courthouse", "arts_centre", "marketplace"}
PUBLIC_BUILDINGS = {"train_station", "university", "church", "cathedral", "museum", "public", "chapel"}


class Encoder:
    """Writes degrees as whole numbers relative to the south-west corner."""

    def __init__(self, extract: Extract) -> None:
        self.west, self.south = extract.bounds[:2]

    def point(self, x: float, y: float) -> tuple[int, int]:
        return round((x - self.west) / SCALE), round((y - self.south) / SCALE)

    def path(self, points: Iterable[Sequence[float]]) -> list[int]:
        """A flat list: the first point, then differences."""
        flat: list[int] = []
        last: tuple[int, int] | None = None
        for x, y in points:
            here = self.point(x, y)
            if last is None:
                flat += here
            elif here != last:
                flat += (here[0] - last[0], here[1] - last[1])
            last = here
        return flat

    def polygon(self, shape: Polygon) -> list[list[int]]:
        """Rings without the repeated last point; the outer one first."""
        return [self.path(ring.coords[:-1]) for ring in (shape.exterior, *shape.interiors)]


def _above_ground(thing: Thing) -> bool:
    """False for tunnels, cellars and corridors inside buildings."""
    tags = thing.tags
    layer = tags.get("layer", "0").lstrip("+")
    return (
        tags.get("tunnel") not in {"yes", "building_passage"}
        and tags.get("indoor") != "yes"
        and not layer.startswith("-")
        and tags.get("level", "0") in {"0", "1"}
    )


def _is_building(thing: Thing) -> bool:
    return "building" in thing.tags and thing.tags["building"] not in {"no", "ship"} and _above_ground(thing)


def _ground_kind(thing: Thing) -> str | None:
    """Which layer of the ground an area belongs to; None when it is not drawn."""
    tags = thing.tags
    if not _above_ground(thing) and tags.get("leisure") not in PARKS:
        return None
    rules = (
        ("park", tags.get("leisure") in PARKS),
        ("pitch", tags.get("leisure") in {"pitch", "playground", "fitness_station"}),
        ("grass", any(tags.get(key) in values for key, values in GRASS.items())),
        ("sand", tags.get("natural") in {"shingle", "sand", "bare_rock"}),
        ("pier", tags.get("man_made") in {"pier", "bridge"}),
        ("railyard", tags.get("landuse") == "railway"),
        ("platform", tags.get("railway") == "platform" or tags.get("public_transport") == "platform"),
        ("square", "highway" in tags or tags.get("place") == "square"),
        ("parking", tags.get("amenity") == "parking"),
    )
    return next((kind for kind, fits in rules if fits), None)


def _encode_all(encoder: Encoder, shapes: Iterable[BaseGeometry], extract: Extract) -> list[list[list[int]]]:
    joined = unary_union(list(shapes)).intersection(extract.sheet).simplify(SMOOTH)
    return [encoder.polygon(part) for part in polygons(joined) if part.area > 2e-11]


def ground(extract: Extract) -> dict[str, Any]:
    """Everything but buildings and house numbers."""
    encoder, names = Encoder(extract), Names()
    layers: dict[str, list[BaseGeometry]] = defaultdict(list)
    for thing in extract.areas:
        kind = None if _is_building(thing) else _ground_kind(thing)
        if kind:
            layers[kind].append(thing.shape)
    filled = {kind: _encode_all(encoder, shapes, extract) for kind, shapes in sorted(layers.items())}
    filled["water"] = _encode_all(encoder, water(extract), extract)
    return {
        "version": 1,
        "attribution": "© OpenStreetMap contributors, ODbL",
        "bounds": list(extract.bounds),
        "scale": SCALE,
        "areas": filled,
        "lines": _lines(extract, encoder, names),
        "labels": labels(extract, encoder.point, names),
        "names": names.rows,
    }


def _line_kind(thing: Thing) -> str | None:
    tags = thing.tags
    if not _above_ground(thing) or tags.get("area") == "yes":
        return None
    if tags.get("railway") in {"rail", "tram"}:
        return tags["railway"]
    if tags.get("man_made") == "pier":
        return "pier"
    return STREETS.get(tags.get("highway", ""))


def _lines(extract: Extract, encoder: Encoder, names: Names) -> dict[str, list[list[Any]]]:
    """Lines by kind, pieces of one street joined: [name's index or -1, points]."""
    groups: dict[tuple[str, int], list[BaseGeometry]] = defaultdict(list)
    for thing in extract.lines:
        kind = _line_kind(thing)
        if kind:
            index = names.of(thing.tags) if "highway" in thing.tags else -1
            groups[kind, index].append(thing.shape)
    found: dict[str, list[list[Any]]] = defaultdict(list)
    for (kind, index), shapes in sorted(groups.items()):
        merged = linemerge(line_parts(unary_union(shapes))) if len(shapes) > 1 else shapes[0]
        for line in line_parts(merged):
            found[kind].append([index, encoder.path(line.simplify(SMOOTH).coords)])
    return dict(found)


def buildings(extract: Extract) -> dict[str, Any]:
    """Footprints: ordinary houses, and those that the public goes to."""
    encoder = Encoder(extract)
    kinds: dict[str, list[list[list[int]]]] = {"house": [], "public": []}
    for thing in extract.areas:
        if _is_building(thing):
            public = thing.tags.get("amenity") in PUBLIC or thing.tags["building"] in PUBLIC_BUILDINGS
            shape = thing.shape.intersection(extract.sheet).simplify(SMOOTH)
            kinds["public" if public else "house"] += [encoder.polygon(part) for part in polygons(shape)]
    return {"version": 1, "areas": kinds}


def house_numbers(extract: Extract) -> dict[str, Any]:
    """House numbers where they stand: text, x, y."""
    encoder = Encoder(extract)
    seen: dict[tuple[str, str], list[Any]] = {}
    for thing in [*extract.points, *extract.areas]:
        number = thing.tags.get("addr:housenumber", "").replace(" ", "").lower()
        if NUMBER.fullmatch(number):
            at = thing.shape.representative_point()
            row = [number.replace("-", "–"), *encoder.point(at.x, at.y)]
            seen.setdefault((thing.tags.get("addr:street", ""), number), row)
    return {"version": 1, "numbers": [seen[key] for key in sorted(seen)]}
