"""Letters of this room. What is personal is looked up when a letter is written, so that it never lies in the outbox."""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from app.features.consents.queries import DataAgreement
from app.features.notifications.queries import Mail
from app.kernel.messages import msg


def _purpose(session: Session, params: dict[str, Any]) -> dict[str, Any] | None:
    agreement = session.get(DataAgreement, uuid.UUID(params["agreement_id"]))
    return {**params, "purpose": agreement.current.purpose} if agreement is not None else None


RECORDED = Mail("interfaces.recorded", subject=msg("Another system has recorded an answer of yours"), prepare=_purpose)
