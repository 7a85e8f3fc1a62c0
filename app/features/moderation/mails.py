"""Letters of this room."""

from typing import Any

from sqlalchemy.orm import Session

from app.features.moderation.models import Reason
from app.features.moderation.rules import REASONS
from app.features.notifications.queries import Mail
from app.kernel.messages import msg


def _with_reason(_session: Session, params: dict[str, Any]) -> dict[str, Any]:
    """The reason as a text that the letter translates, from the code that waited in the outbox."""
    return {**params, "reason": REASONS[Reason(params["reason_code"])]}


HIDDEN = Mail("moderation.hidden", subject=msg("Your contribution was hidden"), prepare=_with_reason)
RESTORED = Mail("moderation.restored", subject=msg("Your contribution is visible again"))
APPROVED = Mail("moderation.approved", subject=msg("Your proposal is published"))
WAITS_AGAIN = Mail("moderation.waits_again", subject=msg("Your proposal waits for a moderator again"))
