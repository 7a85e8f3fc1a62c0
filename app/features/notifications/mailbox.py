"""The folder into which a development server puts its letters, for the page that shows them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from babel import Locale


@dataclass(frozen=True)
class Letter:
    """One letter in the folder."""

    key: str
    at: datetime
    to: str
    subject: str
    language: str
    text: str

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`, by its language."""
        return Locale.parse(self.language).text_direction


def letters(folder: Path, most: int = 200) -> list[Letter]:
    """The newest letters first."""
    paths = sorted(folder.glob("*.eml"), reverse=True) if folder.is_dir() else []
    return [_read(path) for path in paths[:most]]


def letter(folder: Path, key: str) -> Letter | None:
    """The letter of that name, looked for among the names that are there: a key never becomes a path."""
    return next((_read(path) for path in _paths(folder) if path.stem == key), None)


def _paths(folder: Path) -> Iterator[Path]:
    return iter(sorted(folder.glob("*.eml"))) if folder.is_dir() else iter(())


def _read(path: Path) -> Letter:
    message: EmailMessage = message_from_bytes(path.read_bytes(), policy=policy.default)
    part = message.get_body(("plain",))
    at = datetime.strptime(path.stem.split("-")[0] + "+0000", "%Y%m%dT%H%M%S%f%z")
    return Letter(
        key=path.stem,
        at=at,
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        language=str(message["Content-Language"] or "en"),
        text=str(part.get_content()) if part else "",
    )
