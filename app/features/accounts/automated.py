"""What this room decides or sorts by itself, in words for everybody."""

from app.kernel.automated import BY_LAW, CITY, TELL_US, Kind, automated_step
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

automated_step(
    "forgotten_sign_ins",
    room="accounts",
    kind=Kind.CLOCK,
    title=msg("When traces of signing in are deleted"),
    data=msg("Sign-in links, sessions that are over, counters of wrong attempts"),
    rule=msg("Every night: links and counters after two days, sessions 30 days after their end."),
    answers_for=CITY,
    contest=BY_LAW,
)
