"""What this room decides or sorts by itself, in words for everybody."""

from app.kernel.automated import CITY, TELL_US, Kind, automated_step
from app.kernel.messages import msg

automated_step(
    "removing",
    room="erasure",
    kind=Kind.CLOCK,
    title=msg("What is removed after a set time"),
    data=msg("How long something has been over, unused or sent; nothing that anybody wrote is read or judged"),
    rule=msg("Every night, each kind of thing after its own number of days. Before an unused account goes, an e-mail says so."),
    answers_for=CITY,
    contest=msg("Sign in once, and your account is kept. About everything else ask the contact point below."),
    endpoint="erasure.kept",
)
automated_step(
    "erasing",
    room="erasure",
    kind=Kind.CLOCK,
    title=msg("When an erasure that was asked for begins"),
    data=msg("The day that was set when it was confirmed"),
    rule=msg("Within minutes after that day has come, unless it was cancelled before. What is interrupted is taken up again."),
    answers_for=CITY,
    contest=TELL_US,
)
