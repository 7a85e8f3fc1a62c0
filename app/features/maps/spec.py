"""What a page says about the map it wants, and what it gets back."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app.features.maps.source import Bounds, MapSource

MapKind = Literal["features", "draw", "place"]
"""`features`: many things from an address; `draw`: a place is marked for a form; `place`: one place is shown."""

SHAPES = ("Point", "LineString", "Polygon")
_ID = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class MapSpec:
    """One map on one page. Coordinates are longitude, latitude in degrees, as in GeoJSON.

    `features_url` answers with a GeoJSON FeatureCollection whose properties are described in docs/maps.md; `features` is
    for a handful that the page knows already. `filter_form_id` names the form whose fields become the query of
    `features_url`; `list_id` names the list whose cards carry `data-feature-id`. `form_field_id` names the field that a
    drawing is written into. `group_within` is how near to each other, in pixels, pins are shown as one group.
    Raises ValueError for a spec that no page can mean.
    """

    kind: MapKind = "features"
    map_id: str = "main"
    centre: tuple[float, float] | None = None
    zoom: int | None = None
    bounds: Bounds | None = None
    border: Mapping[str, Any] | None = None
    border_url: str | None = None
    features_url: str | None = None
    features: Mapping[str, Any] | None = None
    filter_form_id: str | None = None
    list_id: str | None = None
    form_field_id: str | None = None
    group_within: int | None = None
    shapes: tuple[str, ...] = SHAPES
    size: Literal["normal", "tall", "small"] = "normal"
    texts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.map_id):
            raise ValueError(f"A map's id is small letters, digits and _: {self.map_id!r}")
        if self.kind == "draw" and not self.form_field_id:
            raise ValueError("A map to draw on needs the id of the form's field.")
        if not self.shapes or not set(self.shapes) <= set(SHAPES):
            raise ValueError(f"Shapes are some of {', '.join(SHAPES)}.")


@dataclass(frozen=True)
class Surroundings:
    """What the web lends to a map: the city's source, addresses of our own files, words and language of the reader."""

    source: MapSource = field(default_factory=MapSource)
    asset: Callable[[str], str] = lambda path: f"/static/{path}"
    texts: Mapping[str, str] = field(default_factory=dict)
    locale: str = "en"


@dataclass(frozen=True)
class RenderedMap:
    """A finished map: safe HTML, the body of a script (a module; it goes in a tag with the nonce), and our files it needs.

    `modules` and `data` are fetched by the scripts themselves; naming them in the page saves a slow line some waiting.
    `bare`: nothing is drawn here but what the page gives, which the caption says.
    """

    html: str
    script: str
    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    modules: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    bare: bool = False
