"""The city as a small drawing: its ground, the borders of its areas, and one shape for each area. Pure.

The drawing is one SVG document that browsers keep; pages show parts of it by `<use href="…#ground">`, so that colours come
from the page (light, dark, high contrast) and a page stays small. It needs no script and prints well.
"""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import cos, radians
from typing import Any, Protocol
from xml.sax.saxutils import quoteattr

from shapely.geometry import shape

SIZE = 1000  # of the longer side, in units of the drawing
GROUND_SHARE = 0.5  # the ground is drawn when it covers at least this much of the picture
# What of the shipped map is drawn, from below, and the page's colour for it.
GROUND_AREAS = {"grass": "--picture-park", "park": "--picture-park", "pitch": "--picture-park", "water": "--picture-water"}
GROUND_LINES = {"lane": 3, "street": 5, "middle": 7, "major": 8, "pier": 2}  # streets get this width
GROUND_HOUSES = {"house": "--picture-house", "public": "--picture-house"}
ASPECT = 1.2  # width to height of the frame that pages have for the drawing; the same number stands in spaces.css
Bounds = tuple[float, float, float, float]


class AreaLike(Protocol):
    """What of an area is drawn."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def parent_id(self) -> uuid.UUID | None: ...
    @property
    def geojson(self) -> str: ...
    @property
    def lon(self) -> float: ...
    @property
    def lat(self) -> float: ...


@dataclass(frozen=True)
class Picture:
    """The finished drawing. `points` are places for the names of areas without areas below them."""

    width: int
    height: int
    svg: str
    digest: str
    points: Mapping[uuid.UUID, tuple[int, int]]
    frame: "_Frame"
    credit: str = ""

    @property
    def has_ground(self) -> bool:
        """Whether streets and houses are drawn; then whoever made the map is named beside the drawing."""
        return bool(self.credit)

    @property
    def view(self) -> tuple[int, int, int, int]:
        """What pages show: x, y, width, height. A drawing with streets fills its frame, as a sheet of a map does; bare
        outlines are shown whole."""
        if not self.has_ground:
            return 0, 0, self.width, self.height
        width, height = min(self.width, round(self.height * ASPECT)), min(self.height, round(self.width / ASPECT))
        return (self.width - width) // 2, (self.height - height) // 2, width, height

    def point(self, lon: float, lat: float) -> tuple[int, int]:
        """Where a place lies on the drawing, for rooms that mark something on it."""
        return self.frame.point(lon, lat)

    def shape_of(self, area_id: uuid.UUID) -> str:
        """The id of an area's shape in the drawing."""
        return name_of(area_id)


class _Frame:
    """From degrees to whole units of the drawing, north up."""

    def __init__(self, bounds: Bounds) -> None:
        self.west, south, east, self.north = bounds
        self.squeeze = cos(radians((south + self.north) / 2))
        across, up = (east - self.west) * self.squeeze, self.north - south
        self.scale = SIZE / max(across, up, 1e-9)
        self.width, self.height = max(1, round(across * self.scale)), max(1, round(up * self.scale))

    def point(self, lon: float, lat: float) -> tuple[int, int]:
        return round((lon - self.west) * self.squeeze * self.scale), round((self.north - lat) * self.scale)

    def path(self, positions: Iterable[Sequence[float]], *, closed: bool) -> str:
        points: list[tuple[int, int]] = []
        for position in positions:
            point = self.point(position[0], position[1])
            if not points or point != points[-1]:
                points.append(point)
        if len(points) < (3 if closed else 2):
            return ""
        (x, y), *rest = points
        steps = [f"M{x} {y}"]
        for nx, ny in rest:
            steps.append(f"l{nx - x} {ny - y}")
            x, y = nx, ny
        return "".join(steps) + ("z" if closed else "")


def draw(areas: Sequence[AreaLike], ground: Mapping[str, Any] | None = None) -> Picture | None:
    """Draw the areas, on the shipped map's ground where that covers them; None when there are no areas."""
    shapes = {area.id: shape(json.loads(area.geojson)) for area in areas}
    if not shapes:
        return None
    boxes = [polygon.bounds for polygon in shapes.values()]
    bounds = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    frame = _Frame(bounds)
    paths = {area_id: _polygon_path(frame, polygon) for area_id, polygon in shapes.items()}
    parents = {area.parent_id for area in areas}
    leaves = [area for area in areas if area.id not in parents]
    drawn_ground = _ground(frame, bounds, ground)
    credit = str(ground["attribution"]) if ground and drawn_ground else ""
    parts = [
        f'<g id="ground">{drawn_ground}</g>',
        f'<g id="borders" fill="none">{"".join(_drawn(paths[area.id]) for area in leaves)}</g>',
        *(_drawn(path, id=name_of(area_id)) for area_id, path in paths.items()),
    ]
    body = "".join(parts)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {frame.width} {frame.height}"><defs>{body}</defs>'
        '<use href="#ground"/><use href="#borders" stroke="#16212B" stroke-width="2"/></svg>'
    )
    points = {area.id: frame.point(area.lon, area.lat) for area in leaves}
    return Picture(frame.width, frame.height, svg, sha256(svg.encode()).hexdigest()[:16], points, frame, credit)


def name_of(area_id: uuid.UUID) -> str:
    """The id of an area's shape in the drawing."""
    return f"area-{area_id.hex}"


def _polygon_path(frame: _Frame, polygon: Any) -> str:
    """Outline without corners that nobody would see at this size."""
    simple = polygon.simplify(0.7 / frame.scale, preserve_topology=True)
    rings = [ring for part in getattr(simple, "geoms", [simple]) for ring in (part.exterior, *part.interiors)]
    return "".join(frame.path(ring.coords, closed=True) for ring in rings)


def _drawn(path: str, **attributes: str) -> str:
    given = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f'<path{given} fill-rule="evenodd" vector-effect="non-scaling-stroke" d="{path}"/>'


def _ground(frame: _Frame, bounds: Bounds, ground: Mapping[str, Any] | None) -> str:
    """Water, parks, streets and houses of the shipped map (its format is in static/basemap/README.md)."""
    if ground is None or _covered(bounds, ground["bounds"]) < GROUND_SHARE:
        return ""
    west, south = ground["bounds"][:2]
    unit = ground["scale"]

    def degrees(flat: Sequence[int]) -> list[tuple[float, float]]:
        x, y, found = 0, 0, []
        for index in range(0, len(flat) - 1, 2):
            x, y = x + flat[index], y + flat[index + 1]
            found.append((west + x * unit, south + y * unit))
        return found

    parts = []
    for kind, colour in GROUND_AREAS.items():
        rings = [frame.path(degrees(ring), closed=True) for area in ground["areas"].get(kind, ()) for ring in area]
        parts.append(f'<path fill="var({colour})" fill-rule="evenodd" d="{"".join(rings)}"/>')
    for kind, width in GROUND_LINES.items():
        lines = [frame.path(degrees(line), closed=False) for _name, line in ground["lines"].get(kind, ())]
        parts.append(f'<path fill="none" stroke="var(--picture-street)" stroke-width="{width}" d="{"".join(lines)}"/>')
    for kind, colour in GROUND_HOUSES.items():
        rings = [frame.path(degrees(ring), closed=True) for house in ground["houses"].get(kind, ()) for ring in house]
        parts.append(f'<path fill="var({colour})" fill-rule="evenodd" d="{"".join(rings)}"/>')
    return "".join(parts)


def _covered(bounds: Bounds, by: Sequence[float]) -> float:
    """The share of the box `bounds` that the box `by` covers."""
    across = max(0.0, min(bounds[2], by[2]) - max(bounds[0], by[0]))
    up = max(0.0, min(bounds[3], by[3]) - max(bounds[1], by[1]))
    whole = (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])
    return across * up / whole if whole else 0.0


@dataclass(frozen=True)
class Name:
    """A name written on the drawing, centred at x, y."""

    x: int
    y: int
    text: str


LETTER, LINE = 12, 30  # width of a letter and height of a line in units of the drawing: what names are set in


def label_names(picture: Picture, names: Mapping[uuid.UUID, str]) -> list[Name]:
    """Names that fit on the shown part without touching each other or its edge; the others are left away."""
    left, top, width, height = picture.view
    placed: list[Name] = []
    for area_id, (x, y) in picture.points.items():
        text = names.get(area_id, "")
        half = len(text) * LETTER // 2 + 6
        outside = not left <= x <= left + width or not top <= y <= top + height
        if not text or outside or 2 * half > width:
            continue
        name = Name(min(max(x, left + half), left + width - half), min(max(y, top + LINE), top + height - LINE), text)
        if not any(_touch(name, other) for other in placed):
            placed.append(name)
    return placed


def _touch(one: Name, other: Name) -> bool:
    return abs(one.y - other.y) < LINE and abs(one.x - other.x) < (len(one.text) + len(other.text)) * LETTER // 2 + 8
