"""Who used one person's data, page by page, for interfaces."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.features.consents.queries import Usage


def _of(person_id: uuid.UUID, since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    conditions = [Usage.person_id == person_id]
    if since is not None:
        conditions.append(Usage.at >= since)
    if until is not None:
        conditions.append(Usage.at <= until)
    return conditions


def usages_page(
    session: Session,
    person_id: uuid.UUID,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    skip: int = 0,
    limit: int = 1000,
) -> Sequence[Usage]:
    """Uses of one person's data between two moments, newest first, without the first `skip`. Reads `ix_usage_person` only as
    far as it must."""
    query = select(Usage).where(*_of(person_id, since, until)).order_by(Usage.at.desc(), Usage.id)
    return session.scalars(query.offset(skip).limit(limit)).all()


def count_usages(
    session: Session, person_id: uuid.UUID, *, since: datetime | None = None, until: datetime | None = None
) -> int:
    """How many there are between two moments; answered from `ix_usage_person` alone."""
    return session.scalar(select(func.count()).select_from(Usage).where(*_of(person_id, since, until))) or 0
