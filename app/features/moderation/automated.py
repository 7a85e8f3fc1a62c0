"""What this room decides or sorts by itself, in words for everybody."""

from app.kernel.automated import MODERATORS, Kind, automated_step
from app.kernel.messages import msg

automated_step(
    "moderation_queue",
    room="moderation",
    kind=Kind.ORDER,
    title=msg("In which order moderators look at reports and new proposals"),
    data=msg("When something was sent or first reported"),
    rule=msg(
        "What has waited longest comes first. How often something was reported, and by whom, does not count. "
        "No program sorts texts by what they say."
    ),
    answers_for=MODERATORS,
    contest=msg("Write to the contact point below: moderators can undo every decision."),
)
