"""The package as one ZIP file, written while it is sent: memory holds a piece at a time, and the bytes are always the same."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from app.features.budgets.queries import Pot, PotState
from app.features.voting.package import files
from app.features.voting.publication import from_our_box, published_of
from app.features.voting.queries import is_opened, list_of_voters

MANIFEST = "manifest.json"


def has_package(session: Session, pot: Pot) -> bool:
    """Whether there is a package: the count is certified, and its ballots came out of a box of ours that is open."""
    return (
        pot.state is PotState.CERTIFIED
        and bool(pot.result)
        and from_our_box(session, pot)
        and is_opened(session, pot)
        and published_of(session, pot) is not None
    )


def parts(session: Session, pot: Pot) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Every file but the manifest, with its pieces; each must be read before the next."""
    for name in files.names(session, pot):
        yield name, files.file(session, pot, name)
    for more in files.package_parts:
        for name, read in more(session, pot):
            yield name, read()


def single(session: Session, pot: Pot, wanted: str) -> Iterator[bytes] | None:
    """One file of the package; None where there is none of this name."""
    if wanted == MANIFEST:
        digests = {name: _sha256(pieces) for name, pieces in parts(session, pot)}
        return iter([manifest(digests, list_of_voters(session, pot.process_id))])
    if wanted in files.names(session, pot):
        return files.file(session, pot, wanted)
    for more in files.package_parts:
        for name, read in more(session, pot):
            if name == wanted:
                return read()
    return None


def file_names(session: Session, pot: Pot) -> list[str]:
    """The names of all files, in their order."""
    own = list(files.names(session, pot))
    others = [name for more in files.package_parts for name, _read in more(session, pot)]
    return [*own, *others, MANIFEST]


def manifest(digests: dict[str, str], voters: dict[str, Any] | None = None) -> bytes:
    """The digest of each file, and of the list of voters, which is in none of them."""
    content: dict[str, Any] = {"format": "plaza-package-1", "files": digests}
    if voters is not None:
        content["list_of_voters"] = voters
    return (json.dumps(content, indent=1, sort_keys=True) + "\n").encode()


def stream(session: Session, pot: Pot) -> Iterator[bytes]:
    """The ZIP file. Its times are those of the certificate, so that the same package is the same file."""
    out = _Out()
    digests: dict[str, str] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in parts(session, pot):
            digest = hashlib.sha256()
            with archive.open(_entry(pot, name), "w", force_zip64=True) as entry:
                for piece in pieces:
                    digest.update(piece)
                    entry.write(piece)
                    yield out.taken()
            digests[name] = digest.hexdigest()
            yield out.taken()
        archive.writestr(_entry(pot, MANIFEST), manifest(digests, list_of_voters(session, pot.process_id)))
    yield out.taken()


def _sha256(pieces: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _entry(pot: Pot, name: str) -> zipfile.ZipInfo:
    when = pot.certified_at
    entry = zipfile.ZipInfo(name, (when.year, when.month, when.day, 0, 0, 0) if when else (1980, 1, 1, 0, 0, 0))
    entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
    return entry


class _Out(io.RawIOBase):
    """Takes what the ZIP file writes until it is sent. Nobody can go back in it."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        content = bytes(piece)  # type: ignore[call-overload]
        self._pieces.append(content)
        return len(content)

    def taken(self) -> bytes:
        """What was written since the last time."""
        content, self._pieces = b"".join(self._pieces), []
        return content
