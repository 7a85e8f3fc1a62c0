"""The code in a voter's letter: what it looks like, and how a typed one is read. Pure.

Fifteen random characters and a check character, in groups of four: `7KXM-AB2C-…`. The alphabet has 31 characters, all but the
easily mistaken 0, O, 1, L and Q, so fifteen of them are 74 random bits. 31 is a prime: the weighted sum finds every single
wrong character and every two that changed places.
"""

import hashlib
import hmac
import secrets
import unicodedata

from app.kernel.errors import Refused
from app.kernel.messages import msg

ALPHABET = "23456789ABCDEFGHIJKMNPRSTUVWXYZ"
LENGTH = 16
_GROUP = 4
_PLACE = {character: place for place, character in enumerate(ALPHABET)}
_TAKEN_FOR = str.maketrans({"1": "I", "L": "I", "|": "I", "0": "D", "O": "D", "Q": "D"})
"""What is not in the alphabet was misread: for which character of it. The check character finds where that was wrong."""


def new_code() -> str:
    """A new code, without its dashes."""
    chosen = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return chosen + _check_character(chosen)


def grouped(code: str) -> str:
    """A code as it is printed."""
    return "-".join(code[at : at + _GROUP] for at in range(0, LENGTH, _GROUP))


def read_code(text: str) -> str:
    """A code as it is hashed, from what somebody typed: in any case, with spaces or dashes or without, digits of any script.

    Raises Refused, saying which, when characters are missing, too many, or wrong.
    """
    folded = unicodedata.normalize("NFKC", text).upper()
    plain = "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in folded)
    code = "".join(one for one in plain if one.isalnum() or one == "|").translate(_TAKEN_FOR)
    if len(code) != LENGTH:
        raise Refused(
            msg("The code has %(length)s characters. You typed %(typed)s.", length=LENGTH, typed=len(code)), field="code"
        )
    if any(one not in _PLACE for one in code) or _check_character(code[:-1]) != code[-1]:
        raise Refused(
            msg("One of the characters is not as in the letter, or two have changed places. Compare them one by one."),
            field="code",
        )
    return code


def code_hash(secret: bytes, process_id: object, code: str) -> str:
    """What is kept of a code: HMAC-SHA256 under the key of this vote."""
    return hmac.new(secret, f"code:{process_id}:{code}".encode(), hashlib.sha256).hexdigest()


def _check_character(chosen: str) -> str:
    """The one that makes the sum of place × weight divisible by 31; weights 1 to 16, none twice, the last one's own."""
    total = sum(weight * _PLACE[one] for weight, one in enumerate(chosen, start=1))
    return ALPHABET[-total * pow(LENGTH, -1, len(ALPHABET)) % len(ALPHABET)]
