"""Where a `.pb` file comes from. It is read twice, and may be larger than memory."""

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from app.features.counting.messages import msg
from app.features.counting.pb.errors import Notices, PbError

Source = str | Path | bytes | BinaryIO
"""A path, the bytes themselves, or an open binary file that can seek (an upload)."""

_CHUNK = 1 << 16
_NEVER_IN_TEXT = (b"\x00",)
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"(\xb5/\xfd")
"""How gzip, zip, bzip2, xz and zstd files begin."""

_SEPARATORS = bytes.maketrans(b"\x1e\x1f", b"  ")
"""Control characters that come along when text is copied from a typesetter. In digests they stand between values."""


class PbSource:
    """A file that can be opened again and again. An open file given by the caller is never closed."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._encoding: str | None = None
        self._separators = False

    @contextmanager
    def raw(self) -> Iterator[BinaryIO]:
        """The bytes from their beginning. Raises OSError as opening a file does."""
        if isinstance(self._source, bytes):
            yield io.BytesIO(self._source)
        elif isinstance(self._source, str | Path):
            with Path(self._source).open("rb") as file:
                yield file
        else:
            self._source.seek(0)
            yield self._source

    @contextmanager
    def text(self) -> Iterator[io.TextIOWrapper]:
        """The characters from their beginning, line ends as they are. `examine` has found out the encoding."""
        with self.raw() as raw:
            if self._separators:
                raw = io.BytesIO(raw.read().translate(_SEPARATORS))
            wrapper = io.TextIOWrapper(raw, encoding=self._encoding or "utf-8-sig", newline="")
            try:
                yield wrapper
            finally:
                wrapper.detach()

    def examine(self, notices: Notices) -> None:
        """Find out the encoding. UTF-8 is the rule; anything else is read as Windows-1252 or Latin-1, with a notice.

        Raises PbError for an empty file and for one that holds no text.
        """
        line = self._first_line_that_is_not("utf-8", refuse_binary=True)
        if (controlled := self._line_of_separator()) is not None:
            self._separators = True
            text = msg("Control characters were taken for spaces.")
            notices.add("control_characters", "file", text, line=controlled)
        self._encoding = "utf-8-sig"
        if line is not None:
            self._encoding = "cp1252" if self._first_line_that_is_not("cp1252") is None else "latin-1"
            name = "Windows-1252" if self._encoding == "cp1252" else "Latin-1"
            text = msg("The file is not UTF-8. It was read as %(encoding)s: check letters with accents.", encoding=name)
            notices.add("encoding", "file", text, line=line)

    def _line_of_separator(self) -> int | None:
        line = 1
        with self.raw() as raw:
            while chunk := raw.read(_CHUNK):
                places = [place for place in map(chunk.find, (b"\x1e", b"\x1f")) if place >= 0]
                if places:
                    return line + chunk.count(b"\n", 0, min(places))
                line += chunk.count(b"\n")
        return None

    def _first_line_that_is_not(self, encoding: str, *, refuse_binary: bool = False) -> int | None:
        decoder = codecs.getincrementaldecoder(encoding)()
        line, empty = 1, True
        with self.raw() as raw:
            while chunk := raw.read(_CHUNK):
                if refuse_binary:
                    _refuse_binary(chunk, line)
                    empty = empty and not chunk.removeprefix(codecs.BOM_UTF8).strip()
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    return line + error.object.count(b"\n", 0, error.start)
                line += chunk.count(b"\n")
            if refuse_binary and empty:
                raise PbError(line=1, field="file", expected=msg("a .pb file that begins with META, found an empty file"))
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                return line
        return None


def _refuse_binary(chunk: bytes, line: int) -> None:
    positions = [chunk.find(byte) for byte in _NEVER_IN_TEXT if byte in chunk]
    if positions or chunk.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)) or (line == 1 and chunk.startswith(_PACKED)):
        at = line + chunk.count(b"\n", 0, min(positions, default=0))
        raise PbError(line=at, field="file", expected=msg("a text file in UTF-8, found binary data"))
