"""Keys that follow from the installation's secret: to seal secrets of the database, and to hash what is short or guessable.

A copy of the database alone tells none of them. HKDF (RFC 5869) gives each room and each use its own key; sealing is
AES-256-GCM, bound to its owner so that a sealed secret cannot be moved to another row.
"""

import base64
import hashlib
import hmac
import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = b"\x01"
_NONCE = 12


class Unreadable(RuntimeError):
    """A sealed value was made with another secret key, or has been changed."""


class Vault:
    """The keys of one room of one installation. Unbound until `bind`."""

    def __init__(self, room: str) -> None:
        self._room = room
        self._secret = b""

    def bind(self, secret_key: str) -> None:
        """Derive everything from `secret_key`."""
        self._secret = secret_key.encode()

    def digest(self, use: str, text: str) -> str:
        """A keyed hash of `text` for one use, as 64 hexadecimal digits."""
        return hmac.new(self._key(f"digest {use}"), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def seal(self, plain: str, owner: UUID) -> str:
        """Encrypt `plain` for `owner`, the id of a row."""
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(self._key("seal")).encrypt(nonce, plain.encode(), owner.bytes)
        return base64.urlsafe_b64encode(_VERSION + nonce + sealed).decode()

    def open(self, sealed: str, owner: UUID) -> str:
        """Decrypt what was sealed for `owner`. Raises Unreadable."""
        try:
            raw = base64.urlsafe_b64decode(sealed)
            if raw[:1] != _VERSION:
                raise Unreadable
            return AESGCM(self._key("seal")).decrypt(raw[1 : 1 + _NONCE], raw[1 + _NONCE :], owner.bytes).decode()
        except (ValueError, InvalidTag):
            raise Unreadable from None

    def _key(self, use: str) -> bytes:
        if not self._secret:
            raise RuntimeError("the vault is used before it is bound")
        return HKDF(hashes.SHA256(), 32, salt=None, info=f"plaza {self._room} {use}".encode()).derive(self._secret)
