"""What is written on the map besides streets: districts, squares, parks, water, stations and places people know."""

from collections.abc import Callable
from typing import Any

from shapely.ops import polylabel

from .areas import DISTRICTS
from .reading import Extract, Thing, polygons

LANDMARKS = {
    "amenity": {"library", "theatre", "place_of_worship", "courthouse", "marketplace", "townhall"},
    "tourism": {"museum"},
    "building": {"train_station", "museum", "cathedral", "university", "public"},
}


class Names:
    """A table of names in Finnish, Swedish and English; what is the same is left out."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self._index: dict[tuple[str, ...], int] = {}

    def of(self, tags: dict[str, str]) -> int:
        """The row of a thing's names, or -1 when it has none."""
        first = tags.get("name:fi") or tags.get("name")
        if not first:
            return -1
        return self.add(first, tags.get("name:sv", ""), tags.get("name:en", ""))

    def add(self, fi: str, sv: str = "", en: str = "") -> int:
        key = (fi, sv if sv != fi else "", en if en != fi else "")
        if key not in self._index:
            self._index[key] = len(self.rows)
            row = list(key)
            while row[-1] == "":
                row.pop()
            self.rows.append(row)
        return self._index[key]


def _kind(thing: Thing) -> str | None:
    """What sort of label a thing gets; None for none."""
    tags = thing.tags
    if "name" not in tags:
        return None
    rules = (
        ("park", tags.get("leisure") in {"park", "garden"}),
        ("square", tags.get("place") == "square"),
        ("mall", tags.get("highway") == "pedestrian"),
        ("water", tags.get("natural") == "water"),
        ("metro", tags.get("station") == "subway"),
        ("tram", tags.get("railway") == "tram_stop"),
        ("landmark", any(tags.get(key) in values for key, values in LANDMARKS.items())),
    )
    return next((kind for kind, fits in rules if fits), None)


def labels(extract: Extract, point: Callable[[float, float], tuple[int, int]], names: Names) -> list[list[Any]]:
    """Labels with their room: [kind, name's index, x, y, width of the place in metres]; one per name and kind."""
    best: dict[tuple[str, int], list[Any]] = {}
    for slug in DISTRICTS:
        fi, sv, (x, y) = DISTRICTS[slug]
        index = names.add(fi, sv)
        best["district", index] = ["district", index, *point(x, y), 900 if slug != "punavuori" else 100]
    for thing in [*extract.areas, *extract.points]:
        kind = _kind(thing)
        if not kind or (kind in {"landmark", "square", "mall"} and thing.shape.geom_type == "Point"):
            continue
        index = names.of(thing.tags)
        shape = thing.shape.intersection(extract.sheet)
        parts = polygons(shape)
        if parts:
            biggest = max(parts, key=lambda part: part.area)
            at = polylabel(biggest, 1e-5)
            size = round((biggest.area * 55_300 * 111_400) ** 0.5)
        else:
            at, size = thing.shape.centroid, 10 if kind != "water" else 60
        row = [kind, index, *point(at.x, at.y), size]
        if (kind, index) not in best or best[kind, index][4] < size:
            best[kind, index] = row
    return [best[key] for key in sorted(best)]
