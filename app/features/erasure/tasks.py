"""Erasures go on in the background, each step in a transaction of its own; whatever a dead worker left is taken up again."""

from datetime import timedelta
from uuid import UUID

from celery.schedules import crontab
from sqlalchemy.orm import Session

from app.extensions import celery, db
from app.features.erasure import nightly
from app.features.erasure.use_cases import GO_ON, go_on
from app.kernel import outbox
from app.kernel.automated import decides

__all__ = ["erase", "retention", "sweep"]


@outbox.handler(GO_ON, for_ever=True)
def erase(session: Session, row: outbox.OutboxRow) -> None:
    """Take the steps that are left. The row's own transaction ends first: it would hold up the steps."""
    erasure_id = UUID(row.payload["erasure_id"])
    session.commit()
    with celery.flask_app.app_context():
        go_on(db.separate_transaction, erasure_id)


@celery.task(name="erasure.sweep")
@decides("erasing")
def sweep() -> int:
    """Every few minutes: erasures whose day has come, and those that a dead worker left."""
    return nightly.take_up()


@celery.task(name="erasure.retention")
@decides("removing")
def retention() -> None:
    """Every night: remove what nobody needs any more."""
    nightly.run()


celery.conf.beat_schedule = {
    **(celery.conf.beat_schedule or {}),
    "erasure.sweep": {"task": "erasure.sweep", "schedule": timedelta(minutes=5), "options": {"expires": 290}},
    "erasure.retention": {"task": "erasure.retention", "schedule": crontab(hour=3, minute=20)},
}
