"""The keys under which this room seals what a browser keeps for it."""

import hashlib
import hmac
from functools import lru_cache

from flask import current_app


def cookie_key(purpose: str) -> bytes:
    """A key of the installation for one purpose."""
    return _derived(str(current_app.config["SECRET_KEY"]), purpose)


@lru_cache(maxsize=16)
def _derived(secret: str, purpose: str) -> bytes:
    return hmac.new(secret.encode(), f"plaza {purpose} kept v1".encode(), hashlib.sha256).digest()
