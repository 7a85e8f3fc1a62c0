"""Build a map from what a page asks for: a few lines of script, one block of data, no other host."""

from typing import Any

from app.features.maps.elements import AreaOutline, BaseMap, DrawPlace, Part, PlazaMap, RemoteFeatures, Tiles
from app.features.maps.source import Bounds, MapSource
from app.features.maps.spec import MapSpec, RenderedMap, Surroundings


def render_map(spec: MapSpec, surroundings: Surroundings | None = None) -> RenderedMap:
    """Turn a page's wish into HTML and the body of a module script; both are safe to put into a page as they are."""
    around = surroundings or Surroundings()
    plaza_map: Any = PlazaMap(
        spec.map_id,
        module=around.asset("js/map/index.js"),
        view=_view(spec, around),
        data=_data(spec, around),
        size=spec.size,
    )
    for part in _parts(spec, around):
        plaza_map.add_child(part)
    figure: Any = plaza_map.get_root()
    plaza_map.render()
    return RenderedMap(
        html=_trim(figure.html.render()),
        script=_trim(figure.script.render()),
        scripts=tuple(around.asset(path) for _name, path in PlazaMap.default_js),
        modules=tuple(around.asset(f"js/map/{name}") for name in ("index.js", *PlazaMap.modules)),
        data=(around.asset("basemap/ground.json"),) if around.source.kind == "basemap" else (),
        bare=_beyond_our_drawing(spec, around.source),
        styles=tuple(around.asset(path) for _name, path in PlazaMap.default_css),
    )


def _view(spec: MapSpec, around: Surroundings) -> dict[str, Any]:
    """Where the map opens, and how far it lets people go."""
    source = around.source
    view: dict[str, Any] = {"bounds": _rounded(spec.bounds or _inside(spec) or source.bounds)}
    bare = _beyond_our_drawing(spec, source)
    if source.kind == "basemap" and not bare:
        view["limit"] = _rounded(source.bounds)
    if source.kind == "basemap":
        view["exact"] = True  # drawn here at any zoom, not only at those that somebody made pictures for
    if spec.kind == "features":
        view["whole"] = True  # everything that is shown fits into the first view
    if spec.centre:
        view["centre"] = [round(number, 6) for number in spec.centre]
    if not (spec.centre or spec.bounds or _inside(spec)):
        view["free"] = True  # the page does not mind: what is on the map decides
    if spec.zoom is not None:
        view["zoom"] = spec.zoom
    return view | {"minZoom": 3 if bare else source.min_zoom, "maxZoom": source.max_zoom}


def _beyond_our_drawing(spec: MapSpec, source: MapSource) -> bool:
    """Whether all that the page shows lies where the shipped drawing has nothing: outlines stand alone then."""
    box = spec.bounds or _inside(spec)
    if source.kind != "basemap" or box is None:
        return False
    west, south, east, north = source.bounds
    return box[0] > east or box[2] < west or box[1] > north or box[3] < south


def _inside(spec: MapSpec) -> Bounds | None:
    """The box around what the page gives along; None when that is nothing."""
    points = [point for data in (spec.features, spec.border) if data for point in _points(data)][:50_000]
    if not points:
        return None
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return min(xs), min(ys), max(xs), max(ys)


def _points(data: Any) -> list[list[float]]:
    """All positions in any piece of GeoJSON."""
    if isinstance(data, list | tuple):
        if data and isinstance(data[0], int | float):
            return [list(data[:2])]
        return [point for item in data for point in _points(item)]
    if hasattr(data, "get"):
        inner = data.get("features") or data.get("geometries") or data.get("geometry") or data.get("coordinates")
        return _points(inner) if inner else []
    return []


def _data(spec: MapSpec, around: Surroundings) -> dict[str, Any]:
    """Words, and shapes that the page gives along."""
    data: dict[str, Any] = {"locale": around.locale.replace("_", "-"), "texts": {**around.texts, **spec.texts}}
    if around.source.kind == "basemap":
        data["basemap"] = {name: around.asset(f"basemap/{name}.json") for name in ("ground", "buildings", "numbers")}
    if spec.features is not None:
        data["features"] = spec.features
    if spec.border is not None:
        data["border"] = spec.border
    return data


def _parts(spec: MapSpec, around: Surroundings) -> list[Part]:
    """The elements on the map, from the ground up."""
    source = around.source
    parts: list[Part] = []
    if source.kind != "basemap":
        parts.append(Tiles(url=source.url, credit=source.attribution, layers=source.layers or None))
    elif not _beyond_our_drawing(spec, source):
        parts.append(BaseMap(credit=source.attribution))
    if spec.border is not None or spec.border_url:
        parts.append(AreaOutline(url=spec.border_url))
    if spec.features_url or spec.features is not None:
        parts.append(
            RemoteFeatures(
                url=spec.features_url,
                form=spec.filter_form_id,
                list=spec.list_id,
                radius=spec.group_within,
                quiet=spec.kind == "place" or None,
            )
        )
    if spec.kind == "draw":
        parts.append(DrawPlace(field=spec.form_field_id, shapes=list(spec.shapes)))
    return parts


def _rounded(bounds: Bounds) -> list[float]:
    return [round(number, 6) for number in bounds]


def _trim(text: str) -> str:
    """Without the blank lines and indents that the templates leave."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
