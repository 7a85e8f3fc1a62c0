"""How long things wait, and which steps follow which. Pure."""

from datetime import datetime, timedelta

from app.features.erasure.models import Erasure, ErasureState

GRACE = timedelta(days=7)
"""How long somebody can change their mind; they may also choose "now"."""
LETTER_VALID = timedelta(hours=24)
"""How long the link that confirms an erasure works."""
SECOND_HAND_WITHIN = timedelta(days=7)
"""How long a second clerk has; then the request of the first one is over."""
STALLED = timedelta(minutes=10)
"""A running erasure that nobody has touched for so long is taken up by whoever sweeps."""
AT_ONCE = 500
"""Rows a transaction: short enough that other writers do not wait long on SQLite."""


def is_due(erasure: Erasure, now: datetime) -> bool:
    """Whether its time has come."""
    return erasure.state is ErasureState.WAITING and erasure.runs_at is not None and erasure.runs_at <= now


def may_cancel(erasure: Erasure) -> bool:
    """Whether it can still be stopped: nothing has been removed yet."""
    return erasure.state in (ErasureState.ASKED, ErasureState.WAITING)


def is_lapsed(erasure: Erasure, now: datetime) -> bool:
    """Whether nobody has confirmed it in time."""
    limit = SECOND_HAND_WITHIN if erasure.first_hand is not None else LETTER_VALID
    return erasure.state is ErasureState.ASKED and erasure.asked_at + limit <= now
