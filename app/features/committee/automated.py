"""What this room decides or sorts by itself, in words for everybody."""

from app.kernel.automated import COMMITTEE, Kind, automated_step
from app.kernel.messages import msg

automated_step(
    "end_of_votes",
    room="committee",
    kind=Kind.CLOCK,
    title=msg("When the keys of a vote are destroyed and voters are forgotten"),
    data=msg("The end of the vote, of objections and of the days the committee has set"),
    rule=msg("Announced first, then done in a night after all objections are decided."),
    answers_for=COMMITTEE,
    contest=msg("Object while objections are taken: nothing is destroyed before they are decided."),
)
