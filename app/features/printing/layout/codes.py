"""Serials, set codes and follow-up codes on paper. Pure."""

import hashlib
import hmac

from app.kernel.codes import ALPHABET, FOLLOW_LENGTH, checked, code_from, grouped, new_code, read_code

__all__ = [
    "ALPHABET",
    "FOLLOW_LENGTH",
    "SERIAL_LENGTH",
    "SET_LENGTH",
    "follow_code",
    "grouped",
    "new_code",
    "read_code",
    "sample_code",
]
SERIAL_LENGTH = 12
"""Eleven random characters, 54 bits: among a million serials a repetition has a chance of one in 36,000; the register that
keeps them has to refuse it."""
SET_LENGTH = 9
"""Eight random characters, 39 bits: a set code tells one ballot of several pages from the others of one print run or box."""


def follow_code(secret: bytes, serial: str) -> str:
    """The code on the slip of the sheet with this serial: whoever has the secret finds it again, nobody can guess it."""
    return code_from(hmac.new(secret, b"slip:" + serial.encode(), hashlib.sha256).digest())


def sample_code() -> str:
    """The same set code every time, for pictures of test prints: pages that are drawn one by one show the same."""
    return checked("TESTTEST")
