"""The drawing of this city, made once and kept in memory until an area changes."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from app.extensions import db
from app.features.spaces.models import Area
from app.features.spaces.picture import Picture, draw
from app.features.spaces.queries import IMPORTED_AREA, NOWHERE_AREA

_kept: dict[tuple[Any, ...], Picture | None] = {}
MOST_KEPT = 4
_OURS = ~(Area.code.startswith(IMPORTED_AREA) | Area.code.startswith(NOWHERE_AREA))  # imported elections are elsewhere


def city_picture() -> Picture | None:
    """The drawing with all areas of the city; None while there are none. One small statement unless an area has changed."""
    session = db.session()
    key: tuple[Any, ...] = tuple(session.execute(select(Area.id, Area.version).where(_OURS).order_by(Area.id)).tuples())
    if key not in _kept:
        while len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)), None)
        _kept[key] = draw(session.scalars(select(Area).where(_OURS)).all(), _ground())
    return _kept[key]


def _ground() -> dict[str, Any] | None:
    """The shipped map's ground, where the city uses the shipped map."""
    if current_app.config["SETTINGS"].map_source != "basemap":
        return None
    return _read_ground(str(Path(str(current_app.static_folder)) / "basemap"))


@lru_cache(maxsize=1)
def _read_ground(folder: str) -> dict[str, Any]:
    ground: dict[str, Any] = json.loads((Path(folder) / "ground.json").read_text(encoding="utf-8"))
    buildings = json.loads((Path(folder) / "buildings.json").read_text(encoding="utf-8"))
    return ground | {"houses": buildings["areas"]}
