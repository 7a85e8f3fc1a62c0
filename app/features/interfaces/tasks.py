"""Nightly work of this room."""

from celery.schedules import crontab

from app.extensions import celery, db
from app.features.interfaces.use_cases import forget_what_is_over


@celery.task(name="interfaces.forget")
def forget() -> int:
    """Delete tokens that ran out; safe to run at any time and twice."""
    with db.transaction() as session:
        return forget_what_is_over(session)


celery.conf.beat_schedule = {
    **(celery.conf.beat_schedule or {}),
    "interfaces.forget": {"task": "interfaces.forget", "schedule": crontab(hour="2", minute="40")},
}
