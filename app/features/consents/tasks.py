"""Nightly work of this room."""

from celery.schedules import crontab
from sqlalchemy.orm import Session

from app.extensions import celery, db, files
from app.features.consents import delivery
from app.features.consents.use_cases import (
    ERASE_PAPERS,
    count_for_everybody,
    expire_consents,
    forget_out_of_force,
    remind_of_expiry,
)
from app.features.consents.use_cases.nightly import START, Place
from app.kernel import outbox
from app.kernel.automated import decides
from app.kernel.outbox import OutboxRow

__all__ = ["delivery", "expire"]
AT_ONCE = 200
"""Consents that one transaction marks as run out."""


@outbox.handler(ERASE_PAPERS)
def erase_papers(_session: Session, row: OutboxRow) -> None:
    """Erase the pictures that the row names; rows may be delivered twice."""
    for key in row.payload["keys"]:
        files.delete(key)


@celery.task(name="consents.expire")
@decides("consents_run_out")
def expire() -> int:
    """Mark what has run out or lapsed and delete what counts no more; safe to run at any time and twice."""
    expired, more = 0, True
    while more:
        with db.transaction() as session:
            marked = expire_consents(session, AT_ONCE)
        expired, more = expired + marked, marked == AT_ONCE
    place: Place | None = START
    while place is not None:
        with db.transaction() as session:
            place = forget_out_of_force(session, place).place
    return expired


@celery.task(name="consents.count")
@decides("numbers_of_answers")
def count() -> int:
    """Once a day: the numbers of answers that the public register shows until the next night."""
    with db.transaction() as session:
        return count_for_everybody(session, celery.flask_app.config["SECRET_KEY"])


@celery.task(name="consents.remind")
@decides("consents_run_out")
def remind() -> int:
    """Write to people whose consent runs out within 30 days; each is told once. In steps that are kept one by one."""
    letters, more = 0, True
    while more:
        with db.transaction() as session:
            written = remind_of_expiry(session)
        letters, more = letters + written, written > 0
    return letters


celery.conf.beat_schedule = {
    **(celery.conf.beat_schedule or {}),
    "consents.count": {"task": "consents.count", "schedule": crontab(hour="2", minute="50")},
    "consents.expire": {"task": "consents.expire", "schedule": crontab(hour="2", minute="15")},
    "consents.remind": {"task": "consents.remind", "schedule": crontab(hour="7", minute="45")},
}
