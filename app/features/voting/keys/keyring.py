"""The keys of a vote, in files outside the database.

Whoever copies the database alone can neither open an envelope nor tell which register number a voter key stands for. One file
each per process, named after what it is for: `.voters` hashes register numbers, `.board` signs the heads of the board, `.box`
opens the envelopes where the server keeps that key. Backups of this folder are destroyed with it (docs/operations.md).
"""

import contextlib
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from app.features.voting.box.custody import SEED_BYTES

SIZES = {"voters": 32, "board": 32, "box": SEED_BYTES}


class KeyMissing(LookupError):
    """There is no such file here. Whether there should be one, the database knows (`keys/kept.py`)."""


class KeyDestroyed(LookupError):
    """The key is not there any more, so what it protected is closed for good."""


@dataclass(frozen=True)
class Keyring:
    """The folder of keys; several web servers of one installation share it."""

    folder: Path

    def key(self, process_id: UUID, purpose: str, *, make: bool = False) -> bytes:
        """The key for a purpose of a vote; only with `make` a new one.

        Raises KeyMissing where there is none, KeyDestroyed once it was destroyed.
        """
        path = self._path(process_id, purpose)
        if not path.exists():
            if not make:
                raise KeyMissing(path.name)
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._make(path, SIZES[purpose])
        text = path.read_text(encoding="ascii")
        if not text:
            raise KeyDestroyed(path.name)
        return bytes.fromhex(text)

    def _make(self, path: Path, size: int) -> None:
        """A whole file or none; of two who make it at once, the first one's stays."""
        with tempfile.NamedTemporaryFile("w", dir=self.folder, encoding="ascii") as file:  # for its owner alone
            file.write(secrets.token_bytes(size).hex())
            file.flush()
            os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)

    def is_destroyed(self, process_id: UUID, purpose: str) -> bool:
        """Whether there was such a key and it is gone."""
        path = self._path(process_id, purpose)
        return path.exists() and path.stat().st_size == 0

    def destroy(self, process_id: UUID, purpose: str) -> bool:
        """Overwrite and empty the file; it stays as a mark that there was a key. Returns whether there was one."""
        path = self._path(process_id, purpose)
        try:
            file = path.open("r+b")
        except FileNotFoundError:
            return False
        with file:
            size = file.seek(0, os.SEEK_END)
            for content in (secrets.token_bytes(size), b""):
                file.seek(0)
                file.write(content)
                file.truncate()
                file.flush()
                os.fsync(file.fileno())
        return size > 0

    def _path(self, process_id: UUID, purpose: str) -> Path:
        return self.folder / f"{process_id}.{purpose}"
