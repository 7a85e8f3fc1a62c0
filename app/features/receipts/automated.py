"""What this room decides or sorts by itself, in words for everybody."""

from app.kernel.automated import BY_LAW, STEWARD, Kind, automated_step
from app.kernel.messages import msg

automated_step(
    "receipt_keys",
    room="receipts",
    kind=Kind.CLOCK,
    title=msg("When the key that signs receipts is replaced"),
    data=msg("How long the key has signed"),
    rule=msg("In the night after it has signed for a year. What the old key signed stays valid."),
    answers_for=STEWARD,
    contest=BY_LAW,
    endpoint="receipts.keys_page",
)
