"""Letters of this room. The secret of the link is made when its letter is written, so that it never lies in the outbox."""

import uuid
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from app.features.erasure.models import Erasure, ErasureState
from app.features.erasure.rules import GRACE, LETTER_VALID
from app.features.notifications.queries import Mail
from app.kernel.messages import msg
from app.kernel.references import new_token, token_hash


def _with_token(session: Session, params: dict[str, Any]) -> dict[str, Any] | None:
    """Give the link its secret now; nothing is sent for what is confirmed or cancelled already."""
    erasure = session.get(Erasure, uuid.UUID(params["erasure_id"]))
    if erasure is None or erasure.state is not ErasureState.ASKED:
        return None
    token = new_token()
    erasure.token_hash = token_hash(token)
    session.flush()
    return {
        **params,
        "token": token,
        "hours": int(LETTER_VALID.total_seconds() // 3600),
        "at_once": erasure.at_once,
        "days": GRACE.days,
    }


def _with_day(_session: Session, params: dict[str, Any]) -> dict[str, Any]:
    return {**params, "day": datetime.fromisoformat(params["day"])}


def _with_backups(_session: Session, params: dict[str, Any]) -> dict[str, Any]:
    return {**params, "backup_days": current_app.config["SETTINGS"].backups_kept_days}


CONFIRM = Mail("erasure.confirm", subject=msg("Confirm that your data shall be erased"), prepare=_with_token)
SET = Mail("erasure.set", subject=msg("The day on which your data is erased"), prepare=_with_day)
CANCELLED = Mail("erasure.cancelled", subject=msg("Your data is not erased"))
DONE = Mail("erasure.done", subject=msg("Your data is erased"), prepare=_with_backups)
UNUSED = Mail("erasure.unused", subject=msg("Your account will be erased because nobody uses it"), prepare=_with_day)
