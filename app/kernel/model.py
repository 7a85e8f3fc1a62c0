"""What every table has in common."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import MetaData, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.kernel import clock
from app.kernel.types import JsonDocument, UtcDateTime

__all__ = ["Identified", "Model", "Timestamped"]

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """Base of all tables: constraint names that migrations can rely on, and our column types."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: UtcDateTime,
        uuid.UUID: Uuid,
        dict[str, Any]: JsonDocument,
        dict[str, str]: JsonDocument,
        list[str]: JsonDocument,
        list[Any]: JsonDocument,
    }


class Identified:
    """A random public identifier, so that no address tells how many there are."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4, sort_order=-100)


class Timestamped:
    """When the row came into being (UTC)."""

    created_at: Mapped[datetime] = mapped_column(default=clock.now, sort_order=90)
