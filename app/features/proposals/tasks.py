"""Background work: files of photos that were taken off are erased, drafts that nobody will come back to are deleted."""

from celery.schedules import crontab
from sqlalchemy.orm import Session

from app.extensions import celery, db, files
from app.features.proposals.use_cases import delete_stale_drafts
from app.kernel import outbox
from app.kernel.automated import decides
from app.kernel.outbox import OutboxRow
from app.kernel.permissions import SYSTEM

__all__ = ["erase_files", "tidy_drafts"]


@outbox.handler("proposals.erase_files")
def erase_files(_session: Session, row: OutboxRow) -> None:
    """Erase what the row names. A file that is gone already is fine: rows may be delivered twice."""
    for key in row.payload["keys"]:
        files.delete(key)


@celery.task(name="proposals.tidy_drafts")
@decides("stale_drafts")
def tidy_drafts() -> None:
    """Delete stale drafts in short transactions until none is left."""
    deleted = 1
    while deleted:
        with db.transaction() as session:
            deleted = delete_stale_drafts(session, SYSTEM)


celery.conf.beat_schedule = {
    **(celery.conf.beat_schedule or {}),
    "proposals.tidy_drafts": {"task": "proposals.tidy_drafts", "schedule": crontab(hour=3, minute=20)},
}
