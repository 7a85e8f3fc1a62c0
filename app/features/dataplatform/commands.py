"""What a steward asks of this room."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class MakeRelease:
    """Write one data set into `folder`, as the next release of its name."""

    data_set: str
    folder: Path
    department: str = ""
