"""Background work: the outbox is emptied when a commit wakes us, and every half minute for what was left behind."""

from datetime import timedelta

from app.extensions import celery, db
from app.features.notifications import delivery
from app.kernel import outbox

__all__ = ["deliver", "delivery", "sweep"]

MOST_IN_A_ROW = 2_000


def empty_outbox() -> int:
    """Deliver what is due until nothing is left that could be delivered now. Returns how many were."""
    total = 0
    while (delivered := outbox.deliver_due(db.transaction, limit=100)) and total < MOST_IN_A_ROW:
        total += delivered
    return total


@celery.task(name="outbox.deliver")
def deliver() -> None:
    """Woken after a commit that posted something."""
    empty_outbox()


@celery.task(name="outbox.sweep")
def sweep() -> None:
    """Find what nobody was woken for: a message that was lost, a worker that died, a delivery to try again."""
    empty_outbox()


celery.conf.beat_schedule = {
    **(celery.conf.beat_schedule or {}),
    "outbox.sweep": {"task": "outbox.sweep", "schedule": timedelta(seconds=30), "options": {"expires": 25}},
}
