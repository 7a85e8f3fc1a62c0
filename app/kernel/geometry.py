"""Places and areas: GeoJSON in longitude/latitude (WGS 84, EPSG:4326), tested with Shapely."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from shapely import Geometry as ShapelyGeometry
from shapely import get_coordinates, make_valid
from shapely.geometry import mapping, shape
from shapely.prepared import PreparedGeometry, prep

from app.kernel.errors import Refused
from app.kernel.messages import msg

MAX_VERTICES = 500
PLACE_TYPES = ("Point", "LineString", "Polygon")


@dataclass(frozen=True)
class Place:
    """A point, line or polygon as it is stored: its GeoJSON, a point that stands for it, and its bounding box."""

    geojson: dict[str, Any]
    lon: float
    lat: float
    bounds: tuple[float, float, float, float]

    @property
    def kind(self) -> str:
        """GeoJSON type name."""
        return str(self.geojson["type"])


def point(lon: float, lat: float) -> Place:
    """A place that is one point; coordinates in degrees, rounded to about 10 cm."""
    lon, lat = round(lon, 6), round(lat, 6)
    return Place({"type": "Point", "coordinates": [lon, lat]}, lon, lat, (lon, lat, lon, lat))


def parse_place(text: str) -> Place:
    """Read the GeoJSON geometry that a map wrote into a form. Raises Refused with words for the reader."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused(msg("This is not a place we can read. Mark it again on the map.")) from None
    if isinstance(data, dict) and data.get("type") == "Feature":
        data = data.get("geometry")
    return place_from_geojson(data)


def place_from_geojson(data: Any) -> Place:
    """Check a GeoJSON geometry of a proposal: a point, a line or one polygon, in degrees. Raises Refused."""
    unreadable = Refused(msg("This is not a place we can read. Mark it again on the map."))
    if not isinstance(data, dict) or data.get("type") not in PLACE_TYPES:
        raise unreadable
    try:
        geometry = shape({"type": data["type"], "coordinates": data["coordinates"]})
    except Exception:  # noqa: BLE001  Shapely raises many kinds for broken coordinates
        raise unreadable from None
    if geometry.is_empty or geometry.has_z:
        raise unreadable
    west, south, east, north = geometry.bounds
    if not all(math.isfinite(value) for value in (west, south, east, north)) or not (
        -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    ):
        raise Refused(msg("These coordinates are not on the globe. Write latitude and longitude in degrees."))
    if len(get_coordinates(geometry)) > MAX_VERTICES:
        raise Refused(msg("This drawing has too many corners. Draw it with at most %(most)s.", most=MAX_VERTICES))
    if not geometry.is_valid:
        raise Refused(msg("The outline crosses itself. Draw it again without crossing lines."))
    if data["type"] == "Point":
        return point(west, south)
    middle = geometry.representative_point() if data["type"] == "Polygon" else geometry.interpolate(0.5, normalized=True)
    return Place(_rounded(mapping(geometry)), round(middle.x, 6), round(middle.y, 6), geometry.bounds)


def _rounded(data: Mapping[str, Any]) -> dict[str, Any]:
    def walk(value: Any) -> Any:
        return [walk(item) for item in value] if isinstance(value, list | tuple) else round(value, 6)

    return {"type": data["type"], "coordinates": walk(data["coordinates"])}


@lru_cache(maxsize=512)
def prepared(geojson: str) -> "PreparedGeometry[ShapelyGeometry]":
    """A polygon made ready for many containment tests; cached by its text."""
    return prep(shape(json.loads(geojson)))


def contains(outline: str, place: Place) -> bool:
    """Whether the whole `place` lies inside the area whose GeoJSON text is `outline` (its border counts as inside)."""
    return bool(prepared(outline).covers(shape(place.geojson)))


def repaired(data: Mapping[str, Any]) -> ShapelyGeometry:
    """A polygon or multipolygon, made valid where rings cross."""
    geometry = shape(dict(data))
    return geometry if geometry.is_valid else make_valid(geometry)
