"""What this room decides or sorts by itself, in words for everybody."""

from app.kernel.automated import CITY, TELL_US, Kind, automated_step
from app.kernel.messages import msg

automated_step(
    "kiosk_token",
    room="kiosk",
    kind=Kind.PROTECTION,
    title=msg("When a public screen is refused"),
    data=msg("Which token the screen shows and when that was given out; nothing about its visitors"),
    rule=msg(
        "A screen gets another token every quarter of an hour. One that shows an older token although the newer is in use is "
        "refused, because one of the two browsers has a copy; staff are told of both."
    ),
    answers_for=CITY,
    contest=TELL_US,
)
