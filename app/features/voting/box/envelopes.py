"""Sealing and opening one envelope: libsodium's sealed box (X25519, XSalsa20, Poly1305) through PyNaCl.

Whoever seals needs the public key alone and cannot open again what they sealed.
"""

import hashlib
from uuid import UUID

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

OVERHEAD = 48


class CannotOpen(ValueError):
    """An envelope that this key does not open: sealed with another key, or changed since."""


def seal(public_key: bytes, content: bytes) -> bytes:
    """The ciphertext of a ballot, `OVERHEAD` bytes longer than the content."""
    return SealedBox(PublicKey(public_key)).encrypt(content)


def open_envelope(key: PrivateKey, ciphertext: bytes) -> bytes:
    """What is in an envelope. Raises CannotOpen."""
    try:
        return SealedBox(key).decrypt(ciphertext)
    except (CryptoError, ValueError) as error:
        raise CannotOpen("this key does not open the envelope") from error


def receipt_of(pot_id: UUID, ciphertext: bytes) -> str:
    """The digest by which a voter finds their envelope on the board: SHA-256 over the pot and the ciphertext, hexadecimal.

    Nobody else can make it up, and it shows nothing of the choices: sealing the same ballot again gives another ciphertext.
    """
    return hashlib.sha256(b"plaza envelope v1\0" + pot_id.bytes + ciphertext).hexdigest()
