"""Requests are counted in the database: two web processes, or ten, keep one limit."""

from sqlalchemy import case, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.interfaces.models import InterfaceUse
from app.features.interfaces.rules import WINDOW, Allowance, allowance
from app.kernel import clock


def count_use(session: Session, key: str, limit: int) -> Allowance:
    """Count one request of this caller, and say what is left of `limit` a minute. Its door gives it its own transaction."""
    now = clock.now()
    over = InterfaceUse.began_at <= now - WINDOW
    statement = (
        update(InterfaceUse)
        .where(InterfaceUse.key == key)
        .values(
            count=case((over, 1), else_=InterfaceUse.count + 1),
            began_at=case((over, now), else_=InterfaceUse.began_at),
            last_at=now,
        )
        .returning(InterfaceUse.count, InterfaceUse.began_at)
        .execution_options(synchronize_session=False)
    )
    row = session.execute(statement).first()
    if row is None:
        try:
            with session.begin_nested():
                session.add(InterfaceUse(key=key, began_at=now, count=1, last_at=now))
                session.flush()
            return allowance(limit, 1, now, now)
        except IntegrityError:  # another process wrote the first one at this moment
            row = session.execute(statement).one()
    return allowance(limit, row[0], row[1], now)
