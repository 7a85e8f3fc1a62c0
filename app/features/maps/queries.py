"""What other rooms may ask the map room: addresses to places, and which hosts a map needs."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.features.maps.coordinates import Coordinates, parse_coordinates
from app.features.maps.source import Bounds, read_source
from app.features.maps.spec import MapSpec
from app.features.maps.streets import StreetMatch, StreetTable

__all__ = [
    "Coordinates",
    "MapSpec",
    "StreetMatch",
    "StreetTable",
    "allowed_hosts",
    "map_bounds",
    "parse_coordinates",
    "street_table",
]

CITY_DATA = Path(__file__).resolve().parents[2] / "developers" / "city_data"


def allowed_hosts(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The hosts that the content security policy must allow for the city's map; none for the shipped one.

    Raises UnknownMapSource when the configuration does not describe a map.
    """
    host = read_source(config).host
    return (host,) if host else ()


def map_bounds(config: Mapping[str, Any]) -> Bounds:
    """What the city's map covers: west, south, east, north in degrees."""
    return read_source(config).bounds


def street_table(config: Mapping[str, Any]) -> StreetTable:
    """The city's table of streets (`MAP_STREETS`, a file); the demo city's when none is set. Read once, then kept.

    Raises OSError, ValueError or KeyError when the file is not such a table.
    """
    return _table(str(config.get("MAP_STREETS") or CITY_DATA / "streets.json"))


@lru_cache(maxsize=4)
def _table(path: str) -> StreetTable:
    return StreetTable.load(path)
