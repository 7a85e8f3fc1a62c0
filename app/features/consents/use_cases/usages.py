"""A usage of somebody's data is written down, in the transaction of the use."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.features.consents.models import Usage
from app.features.consents.used import looked_lately
from app.kernel import clock
from app.kernel.looks import Look, Looker


def note_usages(
    session: Session,
    people: Iterable[uuid.UUID],
    *,
    kind: str,
    by_role: str,
    by_department: str = "",
    basis: str,
    agreement_id: uuid.UUID | None = None,
    at: datetime | None = None,
    **details: str,
) -> int:
    """Write down that the data of these people were used, in the transaction of the use. Returns how many people.

    `at` is the moment of the use (now): a release names the moment at which its rows were read.
    """
    now = at or clock.now()
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


def note_looks(session: Session, look: Look, people: Iterable[uuid.UUID], looker: Looker) -> None:
    """Write down that staff looked at the records of these people; looking again within a quarter of an hour is one look."""
    everybody = set(people)
    known = looked_lately(session, everybody, look.kind, looker.role, looker.department)
    note_usages(
        session,
        sorted(everybody - known),
        kind=look.kind,
        by_role=looker.role,
        by_department=looker.department,
        basis=look.basis,
    )
