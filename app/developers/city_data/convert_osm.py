"""Make the demo city's map files from an OpenStreetMap extract. Run by hand when the data changes, never by the product.

    python app/developers/city_data/convert_osm.py path/to/extract.osm.pbf

It needs two packages that the product does not: `osmium` to read the extract (and `shapely`, which the product has).
The extract that was used is named in static/basemap/README.md. Written: static/basemap/{ground,buildings,numbers}.json
(drawing data) and, beside this file, streets.json and areas.geojson.
"""

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]


def main(path: str) -> None:
    """Write all files and say how large each became."""
    sys.path.insert(0, str(ROOT))
    from app.developers.city_data.osm.areas import areas
    from app.developers.city_data.osm.basemap import buildings, ground, house_numbers
    from app.developers.city_data.osm.reading import read
    from app.developers.city_data.osm.streets import streets

    extract = read(path)
    credit = "© OpenStreetMap contributors, ODbL"
    drawing = ROOT / "static" / "basemap"
    files: dict[Path, Any] = {
        drawing / "ground.json": ground(extract),
        drawing / "buildings.json": buildings(extract),
        drawing / "numbers.json": house_numbers(extract),
        HERE / "streets.json": {"attribution": credit, "streets": streets(extract)},
        HERE / "areas.geojson": {**areas(extract), "attribution": credit},
    }
    for target, content in files.items():
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        target.write_text(text + "\n", encoding="utf-8")
        print(f"{target.relative_to(ROOT)}: {len(text.encode()):,} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
