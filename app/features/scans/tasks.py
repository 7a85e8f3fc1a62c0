"""Background work: files are read, a page a transaction; files of removed scans are erased."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.extensions import celery, db
from app.features.scans.use_cases import ERASE, READING, erase_files, read_on
from app.kernel import outbox
from app.kernel.automated import decides
from app.kernel.outbox import OutboxRow

__all__ = ["erase", "read"]


@outbox.handler(READING)
@decides("scans_read")
def read(session: Session, row: OutboxRow) -> None:
    """Read on. The row's own transaction ends first: it would hold up the pages. What is left is a row of its own."""
    file_id = UUID(row.payload["file_id"])
    session.commit()
    with celery.flask_app.app_context():
        settings = celery.flask_app.config["SETTINGS"]
        more = read_on(
            db.separate_transaction, file_id, settings.city_name, base_url=settings.base_url, age=settings.consent_age
        )
    if more:
        outbox.post(session, READING, file_id=str(file_id))


@outbox.handler(ERASE)
def erase(_session: Session, row: OutboxRow) -> None:
    """Erase what the row names; rows may be delivered twice."""
    erase_files(row.payload["keys"])
