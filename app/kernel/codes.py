"""Codes that people read out and type: random or computed, in groups, with a check character. Pure.

The alphabet has 31 characters, all but the easily mistaken 0, O, 1, L and Q. 31 is a prime: the weighted sum finds every
single wrong character and every two that changed places, as long as a code is shorter than 31.
"""

import secrets

from app.kernel.messages import Message, msg

ALPHABET = "23456789ABCDEFGHIJKMNPRSTUVWXYZ"
FOLLOW_LENGTH = 16
"""Fifteen characters, 74 bits: whoever has the code sees what became of a proposal or a sheet, so it must not be guessed."""
_GROUP = 4
_PLACE = {character: place for place, character in enumerate(ALPHABET)}
_TAKEN_FOR = str.maketrans({"1": "I", "L": "I", "|": "I", "0": "D", "O": "D", "Q": "D"})


def new_code(length: int) -> str:
    """A new random code with its check character; `length` counts both."""
    return checked("".join(secrets.choice(ALPHABET) for _ in range(length - 1)))


def code_from(digest: bytes, length: int = FOLLOW_LENGTH) -> str:
    """The code that a keyed hash stands for: whoever has the key finds it again, nobody can guess it."""
    number = int.from_bytes(digest)
    chosen = []
    for _ in range(length - 1):
        number, place = divmod(number, len(ALPHABET))
        chosen.append(ALPHABET[place])
    return checked("".join(chosen))


def grouped(code: str) -> str:
    """A code as it is printed, `7KXM-AB2C-9`."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def read_code(text: str) -> str | None:
    """A code from what somebody typed or a machine read, without dashes and spaces; None when a character is wrong."""
    plain = "".join(one for one in text.upper() if one.isalnum() or one == "|").translate(_TAKEN_FOR)
    if len(plain) < 2 or len(plain) >= len(ALPHABET) or any(one not in _PLACE for one in plain):
        return None
    return plain if checked(plain[:-1]) == plain else None


def why_not(text: str) -> Message | None:
    """What is wrong with a code from a slip, as such: its length, or a character. None when it may be one."""
    typed = sum(one.isalnum() or one == "|" for one in text)
    if typed != FOLLOW_LENGTH:
        return msg("The code has %(length)s characters. You typed %(typed)s.", length=FOLLOW_LENGTH, typed=typed)
    if read_code(text) is None:
        return msg("One of the characters is not as on the slip, or two have changed places. Compare them one by one.")
    return None


def checked(chosen: str) -> str:
    """With the character that makes the sum of place × weight divisible by 31; weights are 1, 2, 3, …, none twice."""
    total = sum(weight * _PLACE[one] for weight, one in enumerate(chosen, start=1))
    return chosen + ALPHABET[-total * pow(len(chosen) + 1, -1, len(ALPHABET)) % len(ALPHABET)]
