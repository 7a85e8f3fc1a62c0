"""Nightly work of this room."""

from celery.schedules import crontab

from app.extensions import celery, db
from app.features.receipts.nightly import keep_up
from app.kernel.automated import decides

__all__ = ["keep"]


@celery.task(name="receipts.keep")
@decides("receipt_keys")
def keep() -> int:
    """Replace an old key, sign what has no signature or a revoked one. Safe to run at any time and twice."""
    return keep_up(db.transaction)


celery.conf.beat_schedule = {
    **(celery.conf.beat_schedule or {}),
    "receipts.keep": {"task": "receipts.keep", "schedule": crontab(hour=3, minute=50)},
}
