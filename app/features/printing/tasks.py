"""Background work: print runs are drawn, file by file; files that are deleted or were cancelled are erased."""

import logging
from uuid import UUID

from sqlalchemy.orm import Session

from app.extensions import celery, db, files
from app.features.printing.use_cases import ERASE, PRINTING, SerialRepeated, draw_on, say_failed
from app.kernel import outbox
from app.kernel.outbox import OutboxRow

__all__ = ["draw", "erase"]

log = logging.getLogger(__name__)


@outbox.handler(PRINTING)
def draw(session: Session, row: OutboxRow) -> None:
    """Draw on. The row's own transaction ends first. What fails says so on its page and is repeated from there."""
    run_id = UUID(row.payload["run_id"])
    session.commit()
    secret = str(celery.flask_app.config["SECRET_KEY"]).encode()
    try:
        with celery.flask_app.app_context():
            more = _drawn(run_id, secret)
    except Exception:  # whatever is wrong with one run: it is said where people look
        log.exception("print run %s could not be drawn", run_id)
        with db.separate_transaction() as other:
            say_failed(other, run_id)
        return
    if more:
        outbox.post(session, PRINTING, run_id=str(run_id))


def _drawn(run_id: UUID, secret: bytes) -> bool:
    try:
        return draw_on(db.separate_transaction, run_id, secret)
    except SerialRepeated:  # one in a hundred thousand million: the file is drawn once more, with others
        return draw_on(db.separate_transaction, run_id, secret)


@outbox.handler(ERASE)
def erase(_session: Session, row: OutboxRow) -> None:
    """Erase what the row names; rows may be delivered twice."""
    for key in row.payload["keys"]:
        files.delete(key)
