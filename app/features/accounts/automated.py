"""What this room decides or sorts by itself, in words for everybody."""

from app.kernel.automated import CITY, TELL_US, Kind, automated_step
from app.kernel.messages import msg

automated_step(
    "attempts",
    room="accounts",
    kind=Kind.LIMIT,
    title=msg("How long one waits after wrong attempts to sign in or to enter a code"),
    data=msg("How many wrong attempts there were in a row; kept without a name, forgotten after a day"),
    rule=msg("Three attempts are free. Then one waits 5 seconds, 10, 20 and so on, up to a quarter of an hour."),
    answers_for=CITY,
    contest=TELL_US,
)
