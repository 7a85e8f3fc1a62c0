"""Why a file, or a page of one, cannot be read: each reason has a name and words that say what to do."""

from enum import StrEnum

from app.kernel.messages import Message, msg


class Fault(StrEnum):
    """What is wrong with a file or a page of it."""

    UNKNOWN_KIND = "unknown_kind"
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    EMPTY = "empty"
    TOO_MANY_BYTES = "too_many_bytes"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MUCH = "too_much"
    """It asks for more memory or time than any scan needs."""


_WORDS = {
    Fault.UNKNOWN_KIND: msg("This is neither a PDF nor a picture (JPEG, HEIC, PNG, TIFF). Scan it again, or save it as PDF."),
    Fault.ENCRYPTED: msg("This PDF is locked with a password. Save it without one, then upload it again."),
    Fault.BROKEN: msg("This file is damaged or not complete. Scan it again."),
    Fault.EMPTY: msg("There is no page in this file."),
    Fault.TOO_MANY_BYTES: msg("This file is too large. Scan in black and white or grey at 200 dpi, or in several files."),
    Fault.TOO_MANY_PAGES: msg("This file has too many pages. Scan in several files."),
    Fault.TOO_MANY_PIXELS: msg("This picture has too many dots. Scan at 200 to 300 dpi."),
    Fault.TOO_MUCH: msg("Opening this takes more memory or time than a scan needs. Scan it again, in grey at 200 dpi."),
}


class Unreadable(Exception):
    """A file or a page that cannot be read. No exception of a library leaves this room."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(_WORDS[fault]))
        self.fault = fault

    @property
    def message(self) -> Message:
        """Why, and what to do."""
        return _WORDS[self.fault]
