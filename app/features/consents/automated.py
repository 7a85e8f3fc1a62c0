"""What this room decides or sorts by itself, in words for everybody."""

from app.kernel.automated import STEWARD, Kind, automated_step
from app.kernel.messages import msg

automated_step(
    "consents_run_out",
    room="consents",
    kind=Kind.CLOCK,
    title=msg("When a consent ends by itself"),
    data=msg("The day until which it was given"),
    rule=msg("In the night after its last day. Before that night, too, a consent that is past its day no longer counts."),
    answers_for=STEWARD,
    contest=msg("Give the consent again, or take it back earlier, under My data."),
    endpoint="consents.my_data",
)
