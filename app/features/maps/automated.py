"""What this room decides or sorts by itself, in words for everybody."""

from app.kernel.automated import CITY, NO_EFFECT, Kind, automated_step
from app.kernel.messages import msg

automated_step(
    "streets",
    room="maps",
    kind=Kind.FINDING,
    title=msg("Which street is meant when an address is not spelled as on the map"),
    data=msg("The text that was typed, and the list of streets"),
    rule=msg("Names written alike, the likest first. A person chooses; nothing is taken over by itself."),
    answers_for=CITY,
    contest=NO_EFFECT,
)
