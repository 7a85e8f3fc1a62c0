"""Files that people or staff put in: stored by random name below the data folder, never by the name they came with."""

import os
import secrets
from pathlib import Path


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
