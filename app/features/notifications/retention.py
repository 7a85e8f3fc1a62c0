"""What this room removes by itself: work that has left the house, and letters that could not be delivered."""

from sqlalchemy import or_

from app.kernel.messages import msg
from app.kernel.outbox import OutboxRow
from app.kernel.retention import rows

rows(
    "outbox",
    msg("Notes about letters and other work that has left the house, and letters that could not be delivered"),
    OutboxRow,
    lambda before: or_(OutboxRow.delivered_at < before, OutboxRow.gave_up_at < before),
    since=msg("after they have left, or were given up"),
    why=msg("So that somebody can find out what went wrong. What stood in a letter is forgotten as soon as it has left."),
    days=30,
)
