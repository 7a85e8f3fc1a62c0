"""The worker of a test: delivers what waits, in sessions of its own, so that what the test has loaded stays its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from app.extensions import db
from app.kernel import outbox
from app.kernel.database import intent


@contextmanager
def own_session() -> Iterator[Session]:
    """A transaction beside the test's; its handler may end it and begin another, as handlers of long work do."""
    with intent(writing=True), db._factory() as session:
        yield session
        session.commit()


def work() -> int:
    """Deliver what is due. Returns how many rows."""
    return outbox.deliver_due(own_session)
