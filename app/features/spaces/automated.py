"""What this room decides or sorts by itself, in words for everybody."""

from app.kernel.automated import CITY, TELL_US, Kind, automated_step
from app.kernel.messages import msg

automated_step(
    "area_of_place",
    room="spaces",
    kind=Kind.FINDING,
    title=msg("Which area a proposal belongs to"),
    data=msg("The place on the map, and the outlines of the areas"),
    rule=msg("The smallest area whose outline holds the place."),
    answers_for=CITY,
    contest=TELL_US,
)
