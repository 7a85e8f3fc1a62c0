"""Nightly work of this room."""

from datetime import timedelta

from celery.schedules import crontab
from sqlalchemy.orm import Session

from app.extensions import celery, db
from app.features.interfaces.use_cases import KIND, forget_what_is_over, packed
from app.kernel import outbox, webhooks
from app.kernel.automated import decides


@outbox.handler(KIND, patience=timedelta(days=14))
def _tell(session: Session, row: outbox.OutboxRow) -> None:
    """One message to a program's webhook; one that is down is tried for two weeks. The transaction ends before another machine
    is spoken to."""
    if (parcel := packed(session, row)) is not None:
        webhooks.hand_over(session, parcel, celery.flask_app.config["SETTINGS"].webhook_hosts)


@celery.task(name="interfaces.forget")
@decides("tokens_over")
def forget() -> int:
    """Delete tokens that ran out; safe to run at any time and twice."""
    with db.transaction() as session:
        return forget_what_is_over(session)


celery.conf.beat_schedule = {
    **(celery.conf.beat_schedule or {}),
    "interfaces.forget": {"task": "interfaces.forget", "schedule": crontab(hour="2", minute="40")},
}
