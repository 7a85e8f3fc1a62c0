"""What lies under the features: our own drawing, or a tile or WMS service that the city names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

KINDS = ("basemap", "tiles", "wms")
Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees (the order of GeoJSON's bbox)."""

OFFLINE_BOUNDS: Bounds = (24.9351762, 60.164155, 24.9534145, 60.179113)
"""What the shipped drawing covers; the same numbers stand in static/basemap/ground.json (tested)."""
OFFLINE_CREDIT = "© OpenStreetMap contributors, ODbL"


class UnknownMapSource(ValueError):
    """The configuration names a map that Plaza cannot show; the text says what to change."""


@dataclass(frozen=True)
class MapSource:
    """Where the ground of the map comes from. `url` is empty for the shipped drawing."""

    kind: str = "basemap"
    url: str = ""
    attribution: str = OFFLINE_CREDIT
    layers: str = ""
    bounds: Bounds = OFFLINE_BOUNDS
    min_zoom: int = 14
    max_zoom: int = 19

    @property
    def host(self) -> str | None:
        """Scheme and host that the browser must be allowed to ask; None when it is our own."""
        parts = urlsplit(self.url)
        if not parts.netloc:
            return None
        if "{s}" in parts.netloc:
            return f"{parts.scheme}://*.{parts.netloc.split('{s}', 1)[1].lstrip('.')}"
        return f"{parts.scheme}://{parts.netloc}"


def read_source(config: Mapping[str, Any]) -> MapSource:
    """The city's choice from the app's configuration (`SETTINGS.map_source`, `.map_url`, `.map_attribution`, `MAP_BOUNDS`).

    Raises UnknownMapSource when the kind is not known, or an address or its credit is missing.
    """
    settings = config.get("SETTINGS")
    kind = str(config.get("MAP_SOURCE") or getattr(settings, "map_source", None) or "basemap")
    url = str(config.get("MAP_URL") or getattr(settings, "map_url", None) or "")
    credit = str(config.get("MAP_ATTRIBUTION") or getattr(settings, "map_attribution", None) or "")
    bounds = _bounds(config.get("MAP_BOUNDS"))
    if kind not in KINDS:
        raise UnknownMapSource(f"The map source is {kind!r}; it must be one of {', '.join(KINDS)}.")
    if kind == "basemap":
        return MapSource(bounds=bounds)
    if not url or not credit:
        raise UnknownMapSource(f"The map source {kind!r} needs an address and the credit that its owner asks for.")
    if urlsplit(url).scheme not in {"", "https", "http"}:
        raise UnknownMapSource("The address of the map must begin with https://, or with / for this host.")
    if kind == "tiles":
        if not all(part in url for part in ("{z}", "{x}", "{y}")):
            raise UnknownMapSource("The address of the tiles must contain {z}, {x} and {y}.")
        return MapSource("tiles", url, credit, bounds=bounds, min_zoom=3)
    bare, layers = _wms(url)
    return MapSource("wms", bare, credit, layers, bounds=bounds, min_zoom=3)


def _wms(url: str) -> tuple[str, str]:
    """The service's address without `layers`, and the layers."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query)
    layers = next((value for key, value in query if key.lower() == "layers"), "")
    if not layers:
        raise UnknownMapSource("The address of a WMS must name its layers: …?layers=one,two.")
    rest = "&".join(f"{key}={value}" for key, value in query if key.lower() != "layers")
    return urlunsplit((parts.scheme, parts.netloc, parts.path, rest, "")), layers


def _bounds(value: Any) -> Bounds:
    """`west,south,east,north`, or four numbers; the shipped drawing's when there is none."""
    if not value:
        return OFFLINE_BOUNDS
    numbers = value.split(",") if isinstance(value, str) else value
    try:
        west, south, east, north = (float(number) for number in numbers)
    except (TypeError, ValueError):
        raise UnknownMapSource("MAP_BOUNDS must be four numbers: west,south,east,north in degrees.") from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise UnknownMapSource("MAP_BOUNDS must be west,south,east,north in degrees, in this order.")
    return west, south, east, north
