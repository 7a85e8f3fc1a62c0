"""The keys under which this room seals what a browser keeps for it."""

import hashlib
import hmac

from flask import current_app


def cookie_key(purpose: str) -> bytes:
    """A key of the installation for one purpose."""
    return hmac.new(
        str(current_app.config["SECRET_KEY"]).encode(), f"plaza {purpose} kept v1".encode(), hashlib.sha256
    ).digest()
