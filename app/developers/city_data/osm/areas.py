"""The demo city's areas: real districts from the extract, and neighbourhoods made of whole street blocks inside them."""

from typing import Any

from shapely.geometry import LineString, Point, Polygon, mapping
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize, unary_union

from .reading import Extract, polygons
from .water import split_sheet

STRAIT = LineString([(24.9504, 60.17634), (24.95115, 60.17632), (24.95162, 60.1765), (24.95342, 60.1773)])
"""The border of Siltasaari lies in the strait outside the extract; it is carried on along the middle of the water."""

DISTRICTS = {
    "kluuvi": ("Kluuvi", "Gloet", (24.9473, 60.1708)),
    "kruununhaka": ("Kruununhaka", "Kronohagen", (24.9525, 60.1725)),
    "kaartinkaupunki": ("Kaartinkaupunki", "Gardesstaden", (24.9472, 60.1655)),
    "kamppi": ("Kamppi", "Kampen", (24.938, 60.1679)),
    "siltasaari": ("Siltasaari", "Broholmen", (24.9497, 60.1781)),
    "punavuori": ("Punavuori", "Rödbergen", (24.9422, 60.1646)),
}
NEIGHBOURHOODS = {
    "toolonlahti": ("kluuvi", "Töölönlahti", "Tölöviken", "Töölö Bay", (24.9378, 60.1752)),
    "kaisaniemi": ("kluuvi", "Kaisaniemi", "Kajsaniemi", "Kaisaniemi", (24.9462, 60.1749)),
    "rautatientori": ("kluuvi", "Rautatientori", "Järnvägstorget", "Railway Square", (24.9432, 60.1712)),
    "keskusta": ("kluuvi", "Keskusta", "Centrum", "City Centre", (24.9445, 60.1688)),
    "simonkentta": ("kamppi", "Simonkenttä", "Simonsfältet", "Simonkenttä", (24.9365, 60.1695)),
    "vanha-kirkkopuisto": ("kamppi", "Vanha kirkkopuisto", "Gamla kyrkoparken", "Old Church Park", (24.9393, 60.1662)),
    "esplanadi": ("kaartinkaupunki", "Esplanadi", "Esplanaden", "Esplanadi", (24.9475, 60.1674)),
    "kasarmitori": ("kaartinkaupunki", "Kasarmitori", "Kaserntorget", "Barracks Square", (24.948, 60.1652)),
}
ELSEWHERE = {
    "helsinki": ("Helsinki", "هلسنكي"),
    "kluuvi": ("Kluuvi", "كلوفي"),
    "kruununhaka": ("Kruununhaka", "كروننهاكا"),
    "kaartinkaupunki": ("Kaartinkaupunki", "كارتينكاوبونكي"),
    "kamppi": ("Kamppi", "كامبي"),
    "siltasaari": ("Siltasaari", "سيلتاساري"),
    "punavuori": ("Punavuori", "بونافوري"),
    "toolonlahti": ("Töölö-Bucht", "خليج تولو"),
    "kaisaniemi": ("Kaisaniemi", "كايسانييمي"),
    "rautatientori": ("Bahnhofsplatz", "ساحة المحطة"),
    "keskusta": ("Stadtmitte", "وسط المدينة"),
    "simonkentta": ("Simonkenttä", "سيمونكنتا"),
    "vanha-kirkkopuisto": ("Alter Kirchpark", "متنزه الكنيسة القديمة"),
    "esplanadi": ("Esplanade", "الإسبلانادي"),
    "kasarmitori": ("Kasernenplatz", "ساحة الثكنات"),
}
"""What German and Arabic readers call them: a word of theirs where there is one, else the name in their letters."""

BLOCK_EDGES = {"primary", "secondary", "tertiary", "residential", "unclassified", "pedestrian", "primary_link"}


def _feature(slug: str, level: int, parent: str | None, names: tuple[str, str, str], shape: BaseGeometry) -> Any:
    """One area as GeoJSON; level 0 is the city, 1 a district, 2 a neighbourhood."""
    fi, sv, en = names
    de, ar = ELSEWHERE[slug]
    name = {"fi": fi, "sv": sv, "en": en, "de": de, "ar": ar}
    properties = {"slug": slug, "level": level, "parent": parent, "name": name}
    return {"type": "Feature", "id": slug, "properties": properties, "geometry": _rounded(mapping(shape))}


def _rounded(geometry: Any) -> Any:
    """Coordinates at six decimals: a tenth of a metre."""
    if isinstance(geometry, dict):
        return {key: _rounded(value) if key == "coordinates" else value for key, value in geometry.items()}
    if isinstance(geometry, (list, tuple)):
        return [_rounded(value) for value in geometry]
    return round(geometry, 6)


def districts(extract: Extract) -> dict[str, Polygon]:
    """The real districts, cut to the rectangle."""
    ways = {
        way
        for tags, members in extract.boundaries
        if tags.get("admin_level") in {"9", "10", "11"}
        for way in members
        if way in extract.runs
    }
    pieces = split_sheet(extract, sorted(ways), [STRAIT])
    return {
        slug: next(piece for piece in pieces if piece.contains(Point(inside))) for slug, (_fi, _sv, inside) in DISTRICTS.items()
    }


def _neighbourhoods(extract: Extract, slug: str, district: Polygon) -> dict[str, BaseGeometry]:
    """Give each street block of a district to the nearest named place, so that borders run along streets."""
    anchors = {key: Point(row[4]) for key, row in NEIGHBOURHOODS.items() if row[0] == slug}
    if not anchors:
        return {}
    streets = [
        thing.shape for thing in extract.lines if thing.tags.get("highway") in BLOCK_EDGES and "tunnel" not in thing.tags
    ]
    blocks = polygonize(unary_union([district.exterior, *streets]))
    mine: dict[str, list[Polygon]] = {key: [] for key in anchors}
    for block in blocks:
        middle = block.representative_point()
        if district.contains(middle):
            mine[min(anchors, key=lambda key: _metres(anchors[key], middle))].append(block)
    return _whole({key: unary_union(parts).intersection(district) for key, parts in mine.items()})


def _metres(one: Point, other: Point) -> float:
    """Distance that treats both axes alike at 60° north, where a degree of longitude is half as long."""
    return ((one.x - other.x) ** 2 / 4 + (one.y - other.y) ** 2) ** 0.5


def _whole(shapes: dict[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """Hand loose pieces to the neighbour they touch most, so that each area is one piece."""
    kept: dict[str, BaseGeometry] = {key: max(polygons(shape), key=lambda part: part.area) for key, shape in shapes.items()}
    loose = [part for key, shape in shapes.items() for part in polygons(shape) if part is not kept[key]]
    loose = [part for part in loose if not any(part.equals(whole) for whole in kept.values())]
    for part in loose:
        best = max(kept, key=lambda key: kept[key].intersection(part).length)
        kept[best] = unary_union([kept[best], part])
    return dict(kept)


def areas(extract: Extract) -> dict[str, Any]:
    """All areas as one GeoJSON collection, parents before children."""
    city = _feature("helsinki", 0, None, ("Helsinki", "Helsingfors", "Helsinki"), extract.sheet)
    real = districts(extract)
    first = [
        _feature(slug, 1, "helsinki", (DISTRICTS[slug][0], DISTRICTS[slug][1], DISTRICTS[slug][0]), shape)
        for slug, shape in real.items()
    ]
    second = []
    for slug, shape in real.items():
        for key, part in _neighbourhoods(extract, slug, shape).items():
            _parent, fi, sv, en, _at = NEIGHBOURHOODS[key]
            second.append(_feature(key, 2, slug, (fi, sv, en), part))
    return {"type": "FeatureCollection", "features": [city, *first, *second]}
