"""The secret in a follow-up link of somebody without an account.

It is computed from the proposal's id with the installation's key, so that a letter can carry it without its lying in the
database; what is stored is its hash, which goes on working when the key is changed.
"""

import base64
import hashlib
import hmac
import uuid

from app.kernel.codes import code_from

_key: list[bytes] = []


def bind(secret_key: str) -> None:
    """Use this installation's key."""
    _key[:] = [secret_key.encode()]


def follow_token(proposal_id: uuid.UUID) -> str:
    """256 bits that nobody can guess without the key; the same each time for one proposal."""
    return _secret(b"proposal follow-up link ", proposal_id)


def slip_token(proposal_id: uuid.UUID) -> str:
    """The secret on the slip of a proposal that was taken in; not that of letters, for an address read from a sheet may be
    somebody else's."""
    return _secret(b"proposal slip to take away ", proposal_id)


def follow_code(proposal_id: uuid.UUID) -> str:
    """The short code on the slip of a writer without an account, to be typed: 74 bits and a check character."""
    return code_from(_digest(b"proposal follow-up code ", proposal_id))


def _secret(label: bytes, proposal_id: uuid.UUID) -> str:
    return base64.urlsafe_b64encode(_digest(label, proposal_id)).rstrip(b"=").decode()


def _digest(label: bytes, proposal_id: uuid.UUID) -> bytes:
    return hmac.new(_key[0], label + proposal_id.bytes, hashlib.sha256).digest()
