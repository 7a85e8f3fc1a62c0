"""What this room decides or sorts by itself, in words for everybody."""

from app.kernel.automated import CITY, TELL_US, Kind, automated_step
from app.kernel.messages import msg

automated_step(
    "news",
    room="notifications",
    kind=Kind.FINDING,
    title=msg("Who gets a letter about news"),
    data=msg("What one makes, follows and comments on, and what one chose under notifications"),
    rule=msg("Answers and comments on one's own proposals come unless one says no; other talk comes only if one asks for it."),
    answers_for=CITY,
    contest=msg("Choose other news in your settings, or stop them with the link in each letter."),
    endpoint="notifications.preferences",
)

automated_step(
    "delivery",
    room="notifications",
    kind=Kind.CLOCK,
    title=msg("When a letter is sent again, and when that is given up"),
    data=msg("Whether the mail server took it; no content"),
    rule=msg(
        "Tried at once, then with growing pauses up to 6 hours; given up after 12 attempts. What was sent is "
        "forgotten after 30 days."
    ),
    answers_for=CITY,
    contest=TELL_US,
)
