"""Files that were written for rows that are not committed yet: a transaction that is undone leaves no file behind."""

from sqlalchemy import event
from sqlalchemy.orm import Session

from app.kernel.files import files

_WRITTEN = "files_written"


def written(session: Session, key: str) -> str:
    """Remember the file with this key until the transaction is kept; if it is undone, the file goes. Returns the key."""
    session.info.setdefault(_WRITTEN, []).append(key)
    return key


@event.listens_for(Session, "after_commit")
def _kept(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_WRITTEN, None)


@event.listens_for(Session, "after_rollback")
def _undone(session: Session) -> None:
    """A savepoint that was undone decides nothing yet."""
    if session.in_nested_transaction():
        return
    for key in session.info.pop(_WRITTEN, []):
        files.delete(key)
