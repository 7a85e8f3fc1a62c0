"""The secret in a follow-up link of somebody without an account.

It is computed from the proposal's id with the installation's key, so that a letter can carry it without its lying in the
database; what is stored is its hash, which goes on working when the key is changed.
"""

import base64
import hashlib
import hmac
import uuid

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


def _secret(label: bytes, proposal_id: uuid.UUID) -> str:
    digest = hmac.new(_key[0], label + proposal_id.bytes, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
