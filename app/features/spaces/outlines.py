"""The outline of an area: a valid polygon or multipolygon, with the numbers that are stored beside it. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians
from typing import Any, cast

from shapely import Geometry, MultiPolygon, Polygon, set_precision
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

KM_PER_DEGREE = 111.32  # of latitude, and of longitude at the equator


@dataclass(frozen=True)
class Outline:
    """What the columns of an area hold: GeoJSON text, size in km², a point inside, bounding box in degrees."""

    geojson: str
    size: float
    lon: float
    lat: float
    bounds: tuple[float, float, float, float]

    def columns(self) -> dict[str, Any]:
        """The values by the names of the columns of `Area`."""
        west, south, east, north = self.bounds
        return {
            "geojson": self.geojson,
            "size": self.size,
            "lon": self.lon,
            "lat": self.lat,
            "west": west,
            "south": south,
            "east": east,
            "north": north,
        }


def outline_of(geometry: Mapping[str, Any] | Geometry) -> Outline:
    """Build the outline from a polygon that is known to be valid; coordinates are rounded to about 10 cm.

    The text is the same for the same shape, so that importing a file again can be recognised. Raises ValueError for
    anything that is not a polygon, or is too small to be one.
    """
    found = on_grid(shape(dict(geometry)) if isinstance(geometry, Mapping) else geometry)
    if not isinstance(found, Polygon | MultiPolygon) or found.is_empty:
        raise ValueError("an area is a polygon or a multipolygon")
    data = _rounded(mapping(found))
    inside = found.representative_point()
    west, south, east, north = found.bounds
    middle = radians((south + north) / 2)
    return Outline(
        geojson=json.dumps(data, separators=(",", ":")),
        size=round(found.area * KM_PER_DEGREE**2 * cos(middle), 6),
        lon=round(inside.x, 6),
        lat=round(inside.y, 6),
        bounds=(west, south, east, north),
    )


def on_grid(geometry: Geometry) -> BaseGeometry:
    """The shape with coordinates of six decimals, still valid; empty when nothing of it is left."""
    return cast("BaseGeometry", set_precision(geometry, 1e-6))


def _rounded(data: Mapping[str, Any]) -> dict[str, Any]:
    def walk(value: Any) -> Any:
        return [walk(item) for item in value] if isinstance(value, list | tuple) else round(value, 6)

    return {"type": data["type"], "coordinates": walk(data["coordinates"])}
