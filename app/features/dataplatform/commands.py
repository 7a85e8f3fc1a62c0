"""What a steward asks of this room."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID


@dataclass(frozen=True)
class MakeRelease:
    """Write one data set into `folder`, as the next release of its name. `agreement_id`: for a set of one agreement."""

    data_set: str
    folder: Path
    department: str = ""
    agreement_id: UUID | None = None
