"""A usage of somebody's data is written down, in the transaction of the use."""

import uuid
from collections.abc import Iterable

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.features.consents.models import (
    Usage,
)
from app.kernel import clock


def note_usages(
    session: Session,
    people: Iterable[uuid.UUID],
    *,
    kind: str,
    by_role: str,
    by_department: str = "",
    basis: str,
    agreement_id: uuid.UUID | None = None,
    **details: str,
) -> int:
    """Write down that the data of these people were used, in the transaction of the use. Returns how many people."""
    now = clock.now()
    rows = [
        {
            "id": uuid.uuid4(),
            "person_id": person,
            "at": now,
            "kind": kind,
            "by_role": by_role,
            "by_department": by_department,
            "basis": basis,
            "agreement_id": agreement_id,
            "details": details,
        }
        for person in people
    ]
    if rows:
        session.execute(insert(Usage), rows)
    return len(rows)
