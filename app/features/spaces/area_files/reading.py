"""From the bytes of a file to GeoJSON features, or to a plain word about what the file is instead."""

import json
import re
from typing import Any

from app.features.spaces.area_files.problems import FileRefused, Problem
from app.kernel.messages import Message, msg

MOST_BYTES = 20_000_000
MOST_FEATURES = 5_000
_DEGREES = re.compile(r"(\bCRS:?84|\bEPSG[:/]{1,2}([\d.]+[:/])?4326|\bWGS ?84)$", re.IGNORECASE)

NOT_DEGREES = msg(
    "These coordinates are not degrees: %(found)s. They look like metres of a projected coordinate system. Convert the file "
    "to WGS 84, for example with: ogr2ogr -t_srs EPSG:4326 new.geojson old.geojson"
)


def read_features(content: bytes) -> list[dict[str, Any]]:
    """The features of a GeoJSON file in degrees. Raises FileRefused that says what the file is instead."""
    if len(content) > MOST_BYTES:
        raise _refused(
            msg(
                "This file has %(size)s MB; at most %(most)s MB can be imported. Simplify the outlines or split the file.",
                size=round(len(content) / 1_000_000),
                most=MOST_BYTES // 1_000_000,
            )
        )
    return _features(_parse(_decode(content)))


def _refused(reason: Message) -> FileRefused:
    return FileRefused([Problem(reason)])


def _decode(content: bytes) -> str:
    if not content.strip():
        raise _refused(msg("This file is empty."))
    if content.startswith(b"PK"):
        raise _refused(msg("This is a ZIP archive, perhaps a shapefile. Save it as GeoJSON first."))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused(msg("This file is written in UTF-16. Save it in UTF-8."))
    if (position := content.find(b"\x00")) >= 0:
        raise _refused(
            msg(
                "This file has null bytes, the first at position %(position)s: it is damaged, or not a text.", position=position
            )
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(
            msg(
                "This file is not written in UTF-8: see the byte at position %(position)s. Save it in UTF-8.",
                position=error.start,
            )
        ) from None


def _parse(text: str) -> Any:
    if text.lstrip().startswith("<"):
        raise _refused(msg("This is XML, perhaps KML or GML. Save it as GeoJSON first."))
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise _refused(
            msg(
                "This is not GeoJSON: line %(line)s, column %(column)s cannot be read.",
                line=error.lineno,
                column=error.colno,
            )
        ) from None
    except (RecursionError, ValueError):
        raise _refused(msg("This is not GeoJSON: it is nested too deeply or has a number that is too long.")) from None


def _features(data: Any) -> list[dict[str, Any]]:
    kind = data.get("type") if isinstance(data, dict) else None
    if kind == "Topology":
        raise _refused(msg("This is TopoJSON. Save it as GeoJSON first."))
    if kind == "Feature":
        data = {"type": "FeatureCollection", "features": [data], "crs": data.get("crs")}
    elif kind != "FeatureCollection":
        raise _refused(msg("This is not a GeoJSON feature collection, so there are no areas in it."))
    _check_reference_system(data.get("crs"))
    features = data.get("features")
    if not isinstance(features, list) or not features:
        raise _refused(msg("There are no areas in this file."))
    if len(features) > MOST_FEATURES:
        raise _refused(
            msg("This file has %(count)s areas; at most %(most)s can be imported.", count=len(features), most=MOST_FEATURES)
        )
    return [feature if isinstance(feature, dict) else {} for feature in features]


def _check_reference_system(crs: Any) -> None:
    """The old `crs` member is allowed when it names WGS 84 in degrees."""
    if crs is None:
        return
    name = _reference_name(crs)
    if not _DEGREES.search(name):
        raise _refused(
            msg(
                "This file is in the coordinate system %(found)s. Convert it to WGS 84, for example with: "
                "ogr2ogr -t_srs EPSG:4326 new.geojson old.geojson",
                found=name,
            )
        )


def _reference_name(crs: Any) -> str:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    if isinstance(properties, dict):
        return str(properties.get("name") or properties.get("href") or properties.get("code") or "?")[:120]
    return str(crs)[:120]
