"""What this room keeps about a person: which implementations they follow, and who wrote for the city."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.answers.models import Implementation, ImplementationFollow
from app.kernel.messages import msg
from app.kernel.personal_data import collection, not_given_out

not_given_out("official_answer", msg("Answers you wrote for the city: they belong to the city's records."))
not_given_out("answer_version", msg("Earlier versions of answers you wrote for the city: they belong to its records."))
not_given_out("milestone_version", msg("Steps you wrote down for the city: they belong to the city's records."))


@collection(
    "implementations",
    msg("Winners whose implementation you follow"),
    tables=("implementation_follow",),
    columns={"project": msg("The project, by its reference"), "created_at": msg("Since when (UTC)")},
)
def _followed(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    rows = session.execute(
        select(ImplementationFollow.created_at, Implementation.reference)
        .join(Implementation, Implementation.id == ImplementationFollow.implementation_id)
        .where(ImplementationFollow.person_id == person_id)
        .order_by(ImplementationFollow.created_at)
    )
    for created_at, reference in rows:
        yield {"project": reference, "created_at": created_at.isoformat()}
