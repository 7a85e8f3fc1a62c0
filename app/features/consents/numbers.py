"""Numbers of answers for everybody: so coarse, and so seldom, that nobody can watch one person answer.

Three things together. They are counted once a day, so no visit before and after somebody's answer shows a difference. They are
given in steps of five. And the step does not come at a known number: each agreement and each kind of answer has an offset of
its own between 0 and 4, from a key that nobody outside has, so whoever sees "fewer than 5" turn into "about 5" knows that one
of the last five has come, not that there are exactly five now. The offset stays the same: one drawn anew every day would
average out.
"""

import hashlib
import hmac
from uuid import UUID

from app.kernel.automated import decides

STEP = 5
KINDS = ("allowed", "refused", "withdrawn", "objected")


def offset(secret: str, agreement_id: UUID, kind: str) -> int:
    """Between 0 and `STEP` - 1, always the same for one agreement and kind of answer."""
    key = hashlib.sha256(b"plaza register numbers " + secret.encode()).digest()
    return int.from_bytes(hmac.new(key, agreement_id.bytes + kind.encode(), hashlib.sha256).digest()) % STEP


@decides("numbers_of_answers")
def blurred(number: int, shift: int) -> int:
    """A number of people as it is published: 0 for fewer than five, else a multiple of five that is less than five away."""
    return (number + shift) // STEP * STEP
