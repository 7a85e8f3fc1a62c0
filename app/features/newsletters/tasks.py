"""After a newsletter was sent, its letters are put in line, one for each reader."""

import uuid

from sqlalchemy.orm import Session

from app.features.newsletters.use_cases import POSTING, post_letters
from app.kernel import outbox
from app.kernel.outbox import OutboxRow


@outbox.handler(POSTING)
def post_all(session: Session, row: OutboxRow) -> None:
    """In one transaction with the note that it was done: the letters exist once, or not yet."""
    post_letters(session, uuid.UUID(row.payload["newsletter"]))
