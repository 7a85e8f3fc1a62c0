"""Work of the committee by the clock."""

from celery.schedules import crontab

from app.extensions import celery
from app.features.committee import nightly


@celery.task(name="committee.retention")
def retention() -> None:
    """Announce and destroy keys, forget voters."""
    nightly.run()


celery.conf.beat_schedule = {
    **(celery.conf.beat_schedule or {}),
    "committee.retention": {"task": "committee.retention", "schedule": crontab(hour=2, minute=35)},
}
