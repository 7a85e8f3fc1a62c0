"""Files that people or staff put in: stored by random name below the data folder, never by the name they came with."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_PIECE = 1 << 20


class TooLarge(Exception):
    """A file has more bytes than are taken. Nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A file that was stored piece by piece: its key, how many bytes it has, their SHA-256 in hexadecimal digits."""

    key: str
    bytes: int
    digest: str


class FileStore:
    """A folder of files with random names. Unbound until `bind`."""

    root: Path

    def bind(self, root: Path) -> None:
        """Use `root`, creating it when needed."""
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def write(self, content: bytes, suffix: str) -> str:
        """Store `content` durably; returns its key."""
        key = f"{secrets.token_hex(16)}{suffix}"
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".part")
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        return key

    def take_in(self, content: IO[bytes], suffix: str, most: int) -> TakenIn:
        """Store a file of any size, a piece at a time. Raises TooLarge after `most` bytes; then nothing is kept."""
        key = f"{secrets.token_hex(16)}{suffix}"
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary, digest, size = path.with_suffix(".part"), hashlib.sha256(), 0
        try:
            with temporary.open("wb") as file:
                while piece := content.read(_PIECE):
                    size += len(piece)
                    if size > most:
                        raise TooLarge
                    digest.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        return TakenIn(key, size, digest.hexdigest())

    def put(self, key: str, content: bytes) -> None:
        """Store `content` under a key that the caller knows again, in place of what lies there: work that was cut off and is
        repeated leaves no second file.
        """
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{secrets.token_hex(4)}.part")
        temporary.write_bytes(content)
        temporary.replace(path)

    def read(self, key: str) -> bytes:
        """The content. Raises FileNotFoundError."""
        return self.path(key).read_bytes()

    def delete(self, key: str) -> None:
        """Remove a file; one that is gone already is fine."""
        self.path(key).unlink(missing_ok=True)

    def path(self, key: str) -> Path:
        """Where `key` is kept. Keys come from `write` only; anything else is refused."""
        stem, _, suffix = key.partition(".")
        if not (len(stem) == 32 and stem.isalnum() and suffix.isalnum()):
            raise FileNotFoundError(key)
        return self.root / stem[:2] / key


files = FileStore()
