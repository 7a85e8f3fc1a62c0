"""How old a key may get. Pure."""

from datetime import datetime, timedelta

from app.features.receipts.models import KeyState, ReceiptKey
from app.kernel.messages import Message, msg

OLDEST = timedelta(days=365)
"""A key that has signed for a year is replaced in the following night: whoever copied it unnoticed cannot use it for ever."""

STATES: dict[KeyState, Message] = {
    KeyState.ACTIVE: msg("Signs now"),
    KeyState.RETIRED: msg("Signs no more; what it signed stays valid"),
    KeyState.REVOKED: msg("Revoked: what it signed proves nothing"),
}


def is_old(key: ReceiptKey, now: datetime) -> bool:
    """Whether this key has signed long enough."""
    return now - key.begins_at >= OLDEST
