"""Who could vote, who said that they are which voter, codes and complaints are forgotten once nobody can object any more."""

import uuid
from collections.abc import Callable

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.features.voting.keys.keyring import Keyring
from app.features.voting.letters.spool import Spool
from app.features.voting.models import CodePrint, Contest, RollEntry, VoterIdentity, VotingCode
from app.features.voting.use_cases.codes import delete_print
from app.features.voting.voters.eligibility import prints_of
from app.kernel import outbox
from app.kernel.permissions import SYSTEM

FORGOTTEN = (RollEntry, VoterIdentity, VotingCode, CodePrint, Contest)
"""The tables about voters of a process. What stays are participations, whose keys nobody can trace to a number any more, and
the numbers of `figures.py`: how many codes, contested participations and voters of each group there were."""


def forget_voters(session: Session, process_id: uuid.UUID, *, dry_run: bool = False) -> dict[str, int]:
    """Delete the list of voters of a process, whom accounts and codes stood for, and what people said about participations.

    The note about a print file that nobody has deleted stays: the file may lie on another server. Returns how many rows of
    which table.
    """
    numbers = {}
    for table in FORGOTTEN:
        which = [table.process_id == process_id]
        if table is CodePrint:
            which.append(CodePrint.deleted_at.is_not(None))
        numbers[table.__tablename__] = session.scalar(select(func.count()).select_from(table).where(*which)) or 0
        if not dry_run:
            session.execute(delete(table).where(*which))
    return numbers


DESTROY = "voting.destroy_keys"
ELECTION_KEYS = ("voters", "box")
"""The keys that tell which card number a participation belongs to, and that open envelopes. The board's key only signs."""
keys_destroyed: list[Callable[[Session, uuid.UUID, list[str]], None]] = []
"""Who wants to know that the keys of a vote are gone: the committee's room records it."""


def ask_to_destroy_keys(session: Session, process_id: uuid.UUID) -> None:
    """Have the keys of a vote destroyed after this transaction: no rollback brings an overwritten file back."""
    outbox.post(session, DESTROY, process_id=str(process_id))


def destroy_keys(session: Session, process_id: uuid.UUID, keyring: Keyring, spool: Spool) -> list[str]:
    """Overwrite the keys of a vote and its print files, and say so. Safe to run twice. Returns which keys there were.

    A print file is a list of voters in plain writing, and its codes mean nothing without the key. Files on other servers are
    out of reach and stay noted as not deleted.
    """
    found = [purpose for purpose in ELECTION_KEYS if keyring.destroy(process_id, purpose)]
    for printed in prints_of(session, process_id):
        if spool.path(printed.id) is not None:
            delete_print(session, SYSTEM, printed.id, spool)
    for told in keys_destroyed:
        told(session, process_id, found)
    return found
