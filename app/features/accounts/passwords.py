"""Passwords as Argon2id hashes. Checking one costs the same whether or not there is anything to check it against."""

import secrets
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()


def hashed(password: str) -> str:
    """What is stored of a password: Argon2id with the library's present recommendation, salt and parameters included."""
    return _hasher.hash(_canonical(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether `password` belongs to `stored`. Without a stored hash the same work is done, and the answer is no."""
    try:
        _hasher.verify(_nobodys_hash() if stored is None else stored, _canonical(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with weaker parameters than today's and should be replaced at the next sign-in."""
    return _hasher.check_needs_rehash(stored)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_bytes(32))


def _canonical(password: str) -> bytes:
    """The same password however a keyboard composed its letters (NFKC, as NIST SP 800-63B section 5.1.1.2 advises)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
