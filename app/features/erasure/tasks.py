"""Erasures go on in the background, each step in a transaction of its own; whatever a dead worker left is taken up again."""

from datetime import timedelta
from uuid import UUID

from celery.schedules import crontab
from sqlalchemy.orm import Session

from app.extensions import celery, db
from app.features.erasure import nightly
from app.features.erasure.queries import work_to_do
from app.features.erasure.use_cases import GO_ON, begin_due, go_on
from app.kernel import clock, outbox
from app.kernel.one_by_one import one_by_one

__all__ = ["erase", "retention", "sweep"]


@outbox.handler(GO_ON, for_ever=True)
def erase(session: Session, row: outbox.OutboxRow) -> None:
    """Take the steps that are left. The row's own transaction ends first: it would hold up the steps."""
    erasure_id = UUID(row.payload["erasure_id"])
    session.commit()
    with celery.flask_app.app_context():
        go_on(db.separate_transaction, erasure_id)


def take_up(*, stalled_only: bool = True) -> int:
    """Begin what is due and go on with what was left. Returns how many. Each on its own: one that fails stops no other."""
    with db.transaction() as session:
        waiting = list(work_to_do(session, clock.now(), stalled_only=stalled_only))

    def of(erasure_id: UUID) -> None:
        with db.transaction() as session:
            begin_due(session, erasure_id)
        go_on(db.transaction, erasure_id)

    return len(one_by_one("erasing", waiting, of))


@celery.task(name="erasure.sweep")
def sweep() -> int:
    """Every few minutes: erasures whose day has come, and those that a dead worker left."""
    return take_up()


@celery.task(name="erasure.retention")
def retention() -> None:
    """Every night: remove what nobody needs any more."""
    nightly.run()


celery.conf.beat_schedule = {
    **(celery.conf.beat_schedule or {}),
    "erasure.sweep": {"task": "erasure.sweep", "schedule": timedelta(minutes=5), "options": {"expires": 290}},
    "erasure.retention": {"task": "erasure.retention", "schedule": crontab(hour=3, minute=20)},
}
