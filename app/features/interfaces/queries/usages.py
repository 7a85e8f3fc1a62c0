"""Who used one person's data, page by page, for interfaces."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import Session

from app.features.consents.queries import DataAgreement, Usage

Processes = Collection[uuid.UUID] | None
UsageRow = Row[datetime, str, str, str, str, uuid.UUID | None, dict[str, Any]]
"""A use without what makes it an object of its own: when, kind, role, department, basis, agreement, details. A thousand of
these are read in a third of the time."""


def _of(
    person_id: uuid.UUID, since: datetime | None, until: datetime | None, processes: Processes
) -> list[ColumnElement[bool]]:
    """Whoever is limited to some processes reads only uses under agreements of these, or of the whole city."""
    conditions = [Usage.person_id == person_id]
    if since is not None:
        conditions.append(Usage.at >= since)
    if until is not None:
        conditions.append(Usage.at <= until)
    if processes is not None:
        there = or_(DataAgreement.process_id.is_(None), DataAgreement.process_id.in_(processes))
        conditions.append(Usage.agreement_id.in_(select(DataAgreement.id).where(there)))
    return conditions


def usages_page(
    session: Session,
    person_id: uuid.UUID,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    processes: Processes = None,
    skip: int = 0,
    limit: int = 1000,
) -> Sequence[UsageRow]:
    """Uses of one person's data between two moments, newest first, without the first `skip`. What is left out is
    walked in `ix_usage_person` alone: only the rows of the page are read."""
    within = _of(person_id, since, until, processes)
    query = (
        select(Usage.at, Usage.kind, Usage.by_role, Usage.by_department, Usage.basis, Usage.agreement_id, Usage.details)
        .where(*within)
        .order_by(Usage.at.desc(), Usage.id.desc())
    )
    if skip:
        place = session.scalar(select(Usage.at).where(*within).order_by(Usage.at.desc()).offset(skip).limit(1))
        if place is None:
            return []
        newer = session.scalar(select(func.count()).select_from(Usage).where(*within, Usage.at > place)) or 0
        query, skip = query.where(Usage.at <= place), skip - newer
    return session.execute(query.offset(skip).limit(limit)).all()


def count_usages(
    session: Session,
    person_id: uuid.UUID,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    processes: Processes = None,
) -> int:
    """How many there are between two moments; answered from `ix_usage_person` alone."""
    return session.scalar(select(func.count()).select_from(Usage).where(*_of(person_id, since, until, processes))) or 0
