"""What this room keeps about a person: the notices they wrote."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.moderation.models import Report
from app.kernel.messages import msg
from app.kernel.personal_data import collection, not_given_out


@collection(
    "reports",
    msg("What you reported to the moderators"),
    tables=("report",),
    columns={
        "about": msg("proposal or comment"),
        "reason": msg("What you said is wrong"),
        "text": msg("Your words"),
        "state": msg("open, upheld or dismissed"),
        "created_at": msg("When you wrote it (UTC)"),
    },
)
def _reports(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    for row in session.scalars(select(Report).where(Report.reporter_id == person_id).order_by(Report.created_at)):
        yield {
            "about": row.subject_type.value,
            "reason": row.reason.value,
            "text": row.text,
            "state": row.state.value,
            "created_at": row.created_at.isoformat(),
        }


not_given_out("decision", msg("Decisions you took as a moderator: they belong to the city's records."))
