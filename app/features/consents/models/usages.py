"""Uses of people's data."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.model import Identified, Model


class Usage(Identified, Model):
    """One use of one person's data: who, what for, on which basis, through what. Told to them by role and department."""

    __tablename__ = "usage"
    __table_args__ = (Index("ix_usage_person", "person_id", "at"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    kind: Mapped[str] = mapped_column(String(32))
    by_role: Mapped[str] = mapped_column(String(32))
    by_department: Mapped[str] = mapped_column(String(120), default="")
    basis: Mapped[str] = mapped_column(String(64))
    agreement_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("data_agreement.id", ondelete="SET NULL"))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
