"""Read an extract whose ways and boundaries were cut at a rectangle: what lies inside, as shapes with their tags."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from shapely import wkb
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from .edges import Run, carried_line, closed_area, cut_runs

OUTLINES = ("building", "leisure", "landuse", "amenity", "place", "area", "natural")
"""Keys of things that are areas: cut by the rectangle, they are closed along it."""


@dataclass(frozen=True)
class Thing:
    """One object of the extract: its tags and its shape in degrees, cut to the extract's rectangle."""

    tags: dict[str, str]
    shape: BaseGeometry


@dataclass
class Extract:
    """Everything the converter needs from a file, read in one go."""

    bounds: tuple[float, float, float, float]
    points: list[Thing] = field(default_factory=list)
    lines: list[Thing] = field(default_factory=list)
    areas: list[Thing] = field(default_factory=list)
    runs: dict[int, list[list[tuple[float, float]]]] = field(default_factory=dict)
    way_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    boundaries: list[tuple[dict[str, str], set[int]]] = field(default_factory=list)

    @property
    def sheet(self) -> Polygon:
        """The rectangle of the extract."""
        return box(*self.bounds)


def read(path: str) -> Extract:
    """Read `path` (.osm.pbf). Needs the package `osmium`, which the product does not require."""
    osmium: Any = importlib.import_module("osmium")
    corner = osmium.io.Reader(path).header().box()
    low, high = corner.bottom_left, corner.top_right
    extract = Extract((low.lon, low.lat, high.lon, high.lat))
    places: dict[int, tuple[float, float]] = {}
    for thing in osmium.FileProcessor(path):
        tags = {tag.k: tag.v for tag in thing.tags}
        if thing.is_node():
            places[thing.id] = (thing.location.lon, thing.location.lat)
            if tags:
                extract.points.append(Thing(tags, Point(places[thing.id])))
        elif thing.is_way():
            _add_way(extract, thing.id, tags, cut_runs([node.ref for node in thing.nodes], places))
        elif tags.get("boundary") == "administrative":
            ways = {member.ref for member in thing.members if member.type == "w"}
            extract.boundaries.append((tags, ways))
    extract.areas += _areas(osmium, path)
    return extract


def _add_way(extract: Extract, way: int, tags: dict[str, str], runs: list[tuple[Run, bool, bool]]) -> None:
    """Keep a way as it is in the file, and completed at the edge as what it is drawn as."""
    extract.runs[way] = [run for run, _begins, _ends in runs]
    extract.way_tags[way] = tags
    if not tags or tags.get("natural") in {"coastline", "water"}:
        return
    for run, begins_cut, ends_cut in runs:
        outline = len(runs) == 1 and begins_cut and ends_cut and any(tags.get(key, "no") != "no" for key in OUTLINES)
        if outline:
            shape = closed_area(run, extract.bounds)
            extract.areas += [Thing(tags, shape)] if shape is not None else []
        else:
            extract.lines.append(Thing(tags, carried_line(run, begins_cut, ends_cut, extract.bounds)))


def _areas(osmium: Any, path: str) -> Iterator[Thing]:
    """Closed ways and multipolygons that are complete in the file."""
    factory = osmium.geom.WKBFactory()
    for thing in osmium.FileProcessor(path).with_areas():
        if not thing.is_area():
            continue
        tags = {tag.k: tag.v for tag in thing.tags}
        try:
            shape = wkb.loads(factory.create_multipolygon(thing), hex=True)
        except RuntimeError:
            continue
        yield Thing(tags, shape if shape.is_valid else shape.buffer(0))


def polygons(shape: BaseGeometry) -> list[Polygon]:
    """The polygons of any shape; lines and points in it are dropped."""
    if isinstance(shape, Polygon):
        return [shape] if not shape.is_empty else []
    if isinstance(shape, MultiPolygon) or hasattr(shape, "geoms"):
        return [part for piece in shape.geoms for part in polygons(piece)]
    return []


def line_parts(shape: BaseGeometry) -> list[LineString]:
    """The lines of any shape."""
    if isinstance(shape, LineString):
        return [shape] if not shape.is_empty else []
    return [part for piece in getattr(shape, "geoms", []) for part in line_parts(piece)]
