"""Published interface descriptions, as data for tests. They lie beside the product and are never copied into it.

A test that needs one is skipped where it is absent.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.furniture import HOUSE

COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*')


def standard(name: str) -> Path:
    """The file of that name in `../shared/standards`, looked for above the repository, too."""
    for folder in HOUSE.parents:
        if (found := folder / "shared" / "standards" / name).exists():
            return found
    pytest.skip(f"shared/standards/{name} is not beside this repository")


def without_comments(text: str) -> str:
    """JSON without the `//` comments that it may not have; what stands in quotation marks is left alone."""
    return COMMENT.sub(lambda found: found.group(1) or "", text)


def description(name: str, base: str, *, without: str = "") -> dict[str, Any]:
    """One of the descriptions, with its paths below `base` as our server has them.

    `without` is the beginning of the paths that stands for a service's own.
    """
    document = yaml.safe_load(standard(name).read_text(encoding="utf-8"))
    document["paths"] = {base + path.removeprefix(without): item for path, item in document["paths"].items()}
    document.pop("servers", None)
    return document
