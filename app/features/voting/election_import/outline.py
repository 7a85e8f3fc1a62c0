"""Where an election took place: a hull a little wider than its located projects; without any, nowhere in particular."""

from collections.abc import Iterable
from math import cos, radians
from typing import Any

from shapely import MultiPoint, box
from shapely.affinity import scale
from shapely.geometry import mapping

from app.features.counting.use_cases import PbProject

MARGIN = 0.0036  # degrees of latitude, about 400 m
THE_EARTH = (-180.0, -90.0, 180.0, 90.0)


def place_of(project: PbProject) -> tuple[float, float] | None:
    """Longitude and latitude; None where the file does not say both, or says 0, 0 as spreadsheets do for nothing."""
    if project.latitude is None or project.longitude is None or (project.latitude == 0 and project.longitude == 0):
        return None
    return project.longitude, project.latitude


def hull(places: Iterable[tuple[float, float]]) -> dict[str, Any] | None:
    """The convex hull of the places with a margin of some 400 m, as a GeoJSON polygon; None without places."""
    points = MultiPoint(list(places))
    if points.is_empty:
        return None
    middle = points.envelope.centroid
    squeeze = max(cos(radians(middle.y)), 0.05)
    flat = scale(points.convex_hull, xfact=squeeze, yfact=1, origin=(middle.x, middle.y))
    wide = scale(flat.buffer(MARGIN, quad_segs=6), xfact=1 / squeeze, yfact=1, origin=(middle.x, middle.y))
    return dict(mapping(wide.intersection(box(*THE_EARTH))))


def anywhere() -> dict[str, Any]:
    """All that is known about a place that a file does not tell: it is on this planet. Never drawn."""
    return dict(mapping(box(*THE_EARTH)))
