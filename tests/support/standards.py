"""Published interface descriptions, as data for tests. They lie beside the product and are never copied into it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

PLACES = [parent / "shared" / "standards" for parent in Path(__file__).resolve().parents[3:]]


def description(name: str, base: str, *, without: str = "") -> dict[str, Any]:
    """One of the descriptions, with its paths below `base` as our server has them. Skips the test where there is none.

    `without` is the beginning of the paths that stands for a service's own.
    """
    found = next((place / name for place in PLACES if (place / name).is_file()), None)
    if found is None:
        pytest.skip(f"the published description {name} is not here; it is looked for in ../shared/standards")
    document = yaml.safe_load(found.read_text(encoding="utf-8"))
    document["paths"] = {base + path.removeprefix(without): item for path, item in document["paths"].items()}
    document.pop("servers", None)
    return document
