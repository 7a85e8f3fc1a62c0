"""Short public names such as P-7KQ4M: easy to read out on the phone, impossible to count by."""

import hashlib
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without 0 O 1 I L U


def new_reference(prefix: str, length: int = 5) -> str:
    """A random reference; the caller's unique constraint decides, and retries are cheap."""
    return f"{prefix}-" + "".join(secrets.choice(ALPHABET) for _ in range(length))


def normalise_reference(text: str) -> str:
    """What somebody typed, as we would have printed it: upper case, without spaces."""
    return "".join(text.upper().split())


def new_token() -> str:
    """A secret that cannot be guessed (256 bits), for follow-up and sign-in links. Store only its `token_hash`."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token. It has 256 random bits, so a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
