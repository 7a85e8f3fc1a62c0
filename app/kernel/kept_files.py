"""Files that take long to make and are the same for everybody: one request makes them, all others read what is kept.

The name of a file is a digest of what it is made from, so what is out of date is never served, only missing.
"""

import fcntl
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO


def kept_file(place: Path, make: Callable[[], Iterable[bytes]], older: str) -> BinaryIO:
    """The file at `place`, open to be read; made first where it is not there, and then other files named like `older` go.

    However many ask at once, in however many processes, one makes it while the others wait. It is finished before the first
    byte is sent, so nobody waits for a reader who is slow; one that could not be finished leaves nothing.
    """
    try:
        return place.open("rb")
    except FileNotFoundError:
        place.parent.mkdir(parents=True, exist_ok=True)
    with place.parent.with_name(f"{place.parent.name}.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            return place.open("rb")
        except FileNotFoundError:
            _write(place, make())
            found = place.open("rb")
        for one in place.parent.glob(older):
            if one != place:
                one.unlink(missing_ok=True)
        return found


def _write(place: Path, pieces: Iterable[bytes]) -> None:
    unfinished = place.with_name(f"{secrets.token_hex(8)}.part")
    try:
        with unfinished.open("wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(place)
    finally:
        unfinished.unlink(missing_ok=True)
