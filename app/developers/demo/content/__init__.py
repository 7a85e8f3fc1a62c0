"""What the demonstration city says, as data: one folder a process, proposals with their comments and answers as JSON."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def read(name: str) -> Any:
    """The content of one file, such as `sitting/process.json`."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def proposals(process: str) -> list[dict[str, Any]]:
    """The proposals of one process, from all its `proposals_*.json`, in the order of files."""
    return [entry for path in sorted((FOLDER / process).glob("proposals_*.json")) for entry in read(f"{process}/{path.name}")]
