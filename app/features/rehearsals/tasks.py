"""Test ballots that were asked for at once are cast a few at a time, so that nobody who casts a real one waits for them."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.extensions import celery
from app.features.rehearsals.use_cases import cast_more
from app.features.voting.use_cases import Keyring
from app.kernel import outbox


@outbox.handler("rehearsals.cast_more")
def more(session: Session, row: outbox.OutboxRow) -> None:
    """Cast the next ones, and leave the rest to another row."""
    keyring = Keyring(celery.flask_app.config["SETTINGS"].keys)
    cast_more(session, UUID(row.payload["copy_id"]), int(row.payload["number"]), keyring)
