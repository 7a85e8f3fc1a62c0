"""What this room removes by itself: work that has left the house, letters that could not be delivered, letters on paper."""

from sqlalchemy import or_

from app.features.notifications.models import PaperLetter
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
rows(
    "paper_letters_sent",
    msg("Letters on paper, with the address they went to"),
    PaperLetter,
    lambda before: PaperLetter.sent_at < before,
    since=msg("after they were posted"),
    why=msg("So that one that was lost in the post can be printed again."),
    days=30,
)
rows(
    "paper_letters_waiting",
    msg("Letters on paper that nobody has posted"),
    PaperLetter,
    lambda before: (PaperLetter.created_at < before) & PaperLetter.sent_at.is_(None),
    since=msg("after they were written"),
    why=msg("What they tell is old by then."),
    days=180,
)
