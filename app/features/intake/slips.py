"""The address at which a clerk sees the slip with its secret link: signed, for this clerk, for a few minutes.

Nothing of the secret lies in the clerk's browser, neither in its cookie nor in the address: the link is computed anew for
whoever shows a valid address, and nobody else can make one.
"""

import uuid
from datetime import datetime, timedelta

from itsdangerous import BadSignature, Signer

SHOWN_FOR = timedelta(minutes=10)
"""Long enough to print the slip once more when the printer had no paper."""


def seal(secret: str, proposal_id: uuid.UUID, clerk_id: uuid.UUID, taken_in_at: datetime) -> str:
    """What the address of the slip carries: until when, signed for this proposal and this clerk.

    A repeated click gets the same.
    """
    return _signer(secret, proposal_id, clerk_id).sign(str(int((taken_in_at + SHOWN_FOR).timestamp()))).decode()


def is_sealed(secret: str, text: str, proposal_id: uuid.UUID, clerk_id: uuid.UUID, now: datetime) -> bool:
    """Whether `text` was sealed for this proposal and this clerk, and still counts."""
    try:
        until = int(_signer(secret, proposal_id, clerk_id).unsign(text))
    except (BadSignature, ValueError):
        return False
    return now.timestamp() <= until


def _signer(secret: str, proposal_id: uuid.UUID, clerk_id: uuid.UUID) -> Signer:
    return Signer(secret, salt=f"intake slip {proposal_id.hex} {clerk_id.hex}")
