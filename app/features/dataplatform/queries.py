"""How data sets and their releases are looked up."""

import uuid
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.consents.queries import AgreementState, DataAgreement, register
from app.features.dataplatform import datasets as _declared  # noqa: F401  importing it declares the sets
from app.features.dataplatform.datasets.participation import Activity, TookPart, last_midnight, took_part
from app.features.dataplatform.declarations import Audience, DataSet, data_set, data_sets
from app.features.dataplatform.disclosure import STEP
from app.features.dataplatform.models import Release
from app.features.dataplatform.rules import may_hand_over
from app.features.dataplatform.writers import as_csv, as_geojson

__all__ = [
    "STEP",
    "Activity",
    "Audience",
    "DataSet",
    "Release",
    "TookPart",
    "allowed_now",
    "content",
    "data_set",
    "data_sets",
    "last_midnight",
    "may_be_handed_over",
    "next_number",
    "open_data_set",
    "releases",
    "took_part",
]


def open_data_set(name: str) -> DataSet | None:
    """The set of that name if everybody may have it."""
    found = data_set(name)
    return found if found is not None and found.audience is Audience.OPEN else None


def content(
    session: Session, found: DataSet, file_format: str, process_ids: Collection[uuid.UUID] | None = None
) -> Iterator[bytes]:
    """The set as a file of that format, in pieces."""
    rows: Iterator[Sequence[Any]] = found.rows(session, process_ids)
    if file_format == "geojson" and found.geometry is not None:
        return as_geojson(found, rows, found.geometry(session))
    return as_csv(found, rows)


def releases(session: Session, limit: int = 50) -> Sequence[Release]:
    """What was released, newest first."""
    return session.scalars(select(Release).order_by(Release.created_at.desc(), Release.id).limit(limit)).all()


def release(session: Session, release_id: uuid.UUID) -> Release | None:
    """One release."""
    return session.get(Release, release_id)


def next_number(session: Session, name: str) -> int:
    """The number that the next release of a set gets."""
    return (session.scalar(select(func.max(Release.number)).where(Release.data_set == name)) or 0) + 1


def may_be_handed_over(session: Session, process_ids: Collection[uuid.UUID] | None) -> list[tuple[DataAgreement, int]]:
    """Agreements in force that rest on consent, under which somebody may hand data over, with how many people allow it."""
    return [
        (about, count)
        for about, count in register(session)
        if about.state is AgreementState.IN_FORCE and about.asks and may_hand_over(about.process_id, process_ids)
    ]


def allowed_now(session: Session, agreement_id: uuid.UUID) -> int:
    """How many people allow the use under one agreement at this moment."""
    return next((count for about, count in register(session) if about.id == agreement_id), 0)
