"""What this room decides or sorts by itself, in words for everybody."""

from app.kernel.automated import CITY, TELL_US, Kind, automated_step
from app.kernel.messages import msg

automated_step(
    "tokens_over",
    room="interfaces",
    kind=Kind.CLOCK,
    title=msg("When what lets another system in is deleted"),
    data=msg("Until when it was valid; how often a system has asked in the last minute, under its own name or a keyed hash"),
    rule=msg("In the night after it has run out. It lets nobody in from the moment on at which it runs out."),
    answers_for=CITY,
    contest=TELL_US,
)
