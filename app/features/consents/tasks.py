"""Nightly work of this room."""

from celery.schedules import crontab

from app.extensions import celery, db
from app.features.consents import delivery
from app.features.consents.use_cases import expire_consents

__all__ = ["delivery", "expire"]


@celery.task(name="consents.expire")
def expire() -> int:
    """Mark what has run out; safe to run at any time and twice."""
    with db.transaction() as session:
        return expire_consents(session)


celery.conf.beat_schedule = {
    **(celery.conf.beat_schedule or {}),
    "consents.expire": {"task": "consents.expire", "schedule": crontab(hour="2", minute="15")},
}
