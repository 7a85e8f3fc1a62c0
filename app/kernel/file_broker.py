"""The broker that needs no server, with messages that are either there or not: a worker never takes one that is half written.

Kombu's own gives a message its final name first and writes it then. A worker that looks in between
takes an empty file, and ends.
"""

import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Writes a message beside the others under a name that nobody looks for, and then gives it its own."""

    def _put(self, queue: str, payload: Any, **_kwargs: Any) -> None:  # type: ignore[override]
        folder, name = Path(self.data_folder_out), f"{round(monotonic() * 1000)}_{uuid.uuid4()}"
        begun = folder / f"{name}.begun"
        begun.write_text(dumps(payload), encoding="utf-8")  # type: ignore[no-untyped-call]
        begun.replace(folder / f"{name}.{queue}.msg")


class Transport(filesystem.Transport):
    """Files as messages."""

    Channel = Channel


def register() -> None:
    """Use these for every address that begins with `filesystem`."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
