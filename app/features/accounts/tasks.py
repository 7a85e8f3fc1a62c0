"""Background work of accounts."""

from celery.schedules import crontab

from app.extensions import celery, db
from app.features.accounts.use_cases import forget_what_is_over
from app.kernel.automated import decides


@celery.task(name="accounts.forget")
@decides("forgotten_sign_ins")
def forget() -> None:
    """Every night: forget what signing in has left behind."""
    with db.transaction() as session:
        forget_what_is_over(session)


celery.conf.beat_schedule = {
    **(celery.conf.beat_schedule or {}),
    "accounts.forget": {"task": "accounts.forget", "schedule": crontab(hour=3, minute=30)},
}
