"""What this room keeps about a person: which news they want by mail."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.notifications.models import MailChoice
from app.kernel.messages import msg
from app.kernel.personal_data import collection


@collection(
    "news",
    msg("Which news you want by mail"),
    tables=("mail_choice",),
    columns={"news": msg("The kind of news"), "wanted": msg("Whether you want it")},
)
def _news(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    for row in session.scalars(select(MailChoice).where(MailChoice.person_id == person_id)):
        yield {"news": row.news.value, "wanted": row.wanted}
