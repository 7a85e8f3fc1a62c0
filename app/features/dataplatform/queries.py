"""How data sets and their releases are looked up."""

import uuid
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.dataplatform import datasets as _declared  # noqa: F401  importing it declares the sets
from app.features.dataplatform.declarations import Audience, DataSet, data_set, data_sets
from app.features.dataplatform.models import Release
from app.features.dataplatform.writers import as_csv, as_geojson

__all__ = ["Audience", "DataSet", "Release", "content", "data_set", "data_sets", "next_number", "open_data_set", "releases"]


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
