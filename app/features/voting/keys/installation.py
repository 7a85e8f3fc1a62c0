"""The keys of this installation, for the doors of this room."""

from uuid import UUID

from flask import current_app

from app.extensions import db
from app.features.voting.keys.kept import kept_key
from app.features.voting.keys.keyring import KeyDestroyed, Keyring
from app.features.voting.letters.spool import Spool
from app.kernel.errors import Conflict
from app.kernel.messages import msg


def keyring() -> Keyring:
    """The folder that the configuration names (PLAZA_KEYS)."""
    return Keyring(current_app.config["SETTINGS"].keys)


def voters_key(process_id: UUID) -> bytes:
    """The key under which the register numbers of a vote are hashed; no two votes have the same.

    Raises Conflict once it was destroyed: then nobody can tell any more which entry a number belongs to. Raises KeyLost when
    the file is not there, or another one.
    """
    try:
        return kept_key(db.session(), keyring(), process_id, "voters")
    except KeyDestroyed:
        raise Conflict(msg("The key of this vote is destroyed, so nobody can look a number up any more.")) from None


def spool() -> Spool:
    """Where print files with codes wait until they are deleted: `letters` in the data folder, on this server alone."""
    return Spool(current_app.config["SETTINGS"].var / "letters")
