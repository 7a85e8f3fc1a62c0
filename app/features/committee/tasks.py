"""Work of the committee by the clock."""

from celery.schedules import crontab

from app.extensions import celery
from app.features.committee import nightly
from app.kernel.automated import decides


@celery.task(name="committee.retention")
@decides("end_of_votes")
def retention() -> None:
    """Announce and destroy keys, forget voters."""
    nightly.run()


celery.conf.beat_schedule = {
    **(celery.conf.beat_schedule or {}),
    "committee.retention": {"task": "committee.retention", "schedule": crontab(hour=2, minute=35)},
}
