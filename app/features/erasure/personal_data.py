"""What this room keeps about a person: that they have asked to be erased."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.erasure.models import Erasure
from app.kernel.messages import msg
from app.kernel.personal_data import collection


@collection(
    "erasures",
    msg("Whether you have asked to be erased"),
    tables=("erasure",),
    columns={
        "state": msg("asked or waiting"),
        "asked_at": msg("When it was asked for (UTC)"),
        "runs_at": msg("When it begins (UTC)"),
    },
)
def _erasures(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    for row in session.scalars(select(Erasure).where(Erasure.person_id == person_id)):
        yield {
            "state": row.state.value,
            "asked_at": row.asked_at.isoformat(),
            "runs_at": row.runs_at.isoformat() if row.runs_at else None,
        }
