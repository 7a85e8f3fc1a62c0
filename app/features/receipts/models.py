"""What we remember about receipts: the keys that sign them, and each receipt as it was signed."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel import clock
from app.kernel.model import Identified, Model
from app.kernel.types import words


class KeyState(StrEnum):
    """One key signs; retired ones only verify; a revoked one proves nothing any more."""

    ACTIVE = "active"
    RETIRED = "retired"
    REVOKED = "revoked"


class ReceiptKey(Identified, Model):
    """One pair of keys (Ed25519). The private half is sealed with the installation's secret, and gone once it signs no more."""

    __tablename__ = "receipt_key"
    __table_args__ = (
        Index(
            "uq_receipt_key_active",
            "state",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )

    kid: Mapped[str] = mapped_column(String(64), unique=True)
    public: Mapped[dict[str, Any]]
    sealed_private: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[KeyState] = mapped_column(words(KeyState), default=KeyState.ACTIVE)
    begins_at: Mapped[datetime] = mapped_column(default=clock.now)
    ends_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")


class Receipt(Identified, Model):
    """The receipt of one event, in both formats: the canonical bytes (compressed) and the signature over them.

    A signature is a compact JWS without its middle part (RFC 7515, appendix F): `header..signature`.
    """

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("event_id"), Index("ix_receipt_person", "person_id", "issued_at"))

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consent_event.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("receipt_key.id", ondelete="RESTRICT"), index=True)
    issued_at: Mapped[datetime] = mapped_column(default=clock.now)
    iso_document: Mapped[bytes] = mapped_column(LargeBinary)
    iso_signature: Mapped[str] = mapped_column(Text)
    kantara_document: Mapped[bytes] = mapped_column(LargeBinary)
    kantara_signature: Mapped[str] = mapped_column(Text)

    key: Mapped[ReceiptKey] = relationship(lazy="joined")
