"""Published interface descriptions beside the repository. A test that needs one is skipped where it is absent."""

import re
from pathlib import Path

import pytest

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
