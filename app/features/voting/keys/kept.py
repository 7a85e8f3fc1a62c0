"""The keys of a vote as the database knows them: what each must be, so that none is ever made a second time.

A folder that was lost, not mounted, or is another one on another server must not become a new key without a word: every voter
would be a stranger to the list, or get a second ballot, and the board would be signed by somebody else.
"""

import hashlib
import logging
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.voting.keys.keyring import KeyMissing, Keyring
from app.features.voting.models import VoteKey
from app.kernel.errors import Conflict
from app.kernel.messages import msg

_log = logging.getLogger(__name__)


class KeyLost(Conflict):
    """The file of a key is not there, or is another one than the one the vote began with. Nothing goes on without it."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            msg(
                "The key of this vote cannot be found on this server, so nothing was done. "
                "Whoever runs the server must bring it back before the vote goes on."
            )
        )


def kept_key(session: Session, keyring: Keyring, process_id: UUID, purpose: str) -> bytes:
    """The key for a purpose of a vote. It is made when the vote is set up, that is when the database knows of none yet.

    Raises KeyLost when the file is missing or is not the one that was made then, KeyDestroyed once it was destroyed.
    """
    known = _known(session, process_id, purpose)
    try:
        key = keyring.key(process_id, purpose, make=known is None)
    except KeyMissing as missing:
        _log.critical("PLAZA_KEYS has no file %s, which a vote needs; see docs/operations.md", missing)
        raise KeyLost from None
    digest = hashlib.sha256(key).hexdigest()
    if known is None:
        known = _keep(session, process_id, purpose, digest)
    if known != digest:
        _log.critical("PLAZA_KEYS has another %s.%s than the one this vote began with", process_id, purpose)
        raise KeyLost
    return key


def _known(session: Session, process_id: UUID, purpose: str) -> str | None:
    return session.scalar(select(VoteKey.sha256).where(VoteKey.process_id == process_id, VoteKey.purpose == purpose))


def _keep(session: Session, process_id: UUID, purpose: str, digest: str) -> str:
    """Write down what the key is; of two who do so at once, the first one's stays."""
    try:
        with session.begin_nested():
            session.add(VoteKey(process_id=process_id, purpose=purpose, sha256=digest))
            session.flush()
    except IntegrityError:
        return _known(session, process_id, purpose) or ""
    return digest
