"""Background work: files of photos that were taken off are erased."""

from sqlalchemy.orm import Session

from app.extensions import files
from app.kernel import outbox
from app.kernel.outbox import OutboxRow

__all__ = ["erase_files"]


@outbox.handler("proposals.erase_files")
def erase_files(_session: Session, row: OutboxRow) -> None:
    """Erase what the row names. A file that is gone already is fine: rows may be delivered twice."""
    for key in row.payload["keys"]:
        files.delete(key)
