"""The audit log: every change to a governed thing, in the same transaction as the change (law 8).

Entries name the hands (the actor: a person, or the registered program of another system) and, where somebody acted for
another, the voice. Casting a ballot writes none.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kernel import clock
from app.kernel.model import Identified, Model
from app.kernel.permissions import Actor


class AuditEntry(Identified, Model):
    """One change: who, what, to what, from which value to which, and why."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject_type", "subject_id"), Index("ix_audit_entry_at", "at"))

    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[uuid.UUID | None]
    actor_kind: Mapped[str] = mapped_column(String(16))
    voice_id: Mapped[uuid.UUID | None]
    action: Mapped[str] = mapped_column(String(64))
    subject_type: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[uuid.UUID]
    process_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(default="")


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject: Any,
    *,
    process_id: uuid.UUID | None = None,
    voice_id: uuid.UUID | None = None,
    reason: str = "",
    **details: Any,
) -> None:
    """Add an entry about `subject` (a model with an id). `details` are JSON values such as `before=…, after=…`."""
    kind = "system" if actor.is_system else "client" if actor.client_id else "person" if actor.person_id else "guest"
    session.add(
        AuditEntry(
            actor_id=actor.client_id or actor.person_id,
            actor_kind=kind,
            voice_id=voice_id,
            action=action,
            subject_type=type(subject).__tablename__,
            subject_id=subject.id,
            process_id=process_id,
            details=details,
            reason=reason,
        )
    )
