"""What this room decides or sorts by itself, in words for everybody."""

from app.kernel.automated import BY_LAW, STEWARD, Kind, automated_step
from app.kernel.messages import msg

automated_step(
    "small_numbers",
    room="dataplatform",
    kind=Kind.PROTECTION,
    title=msg("Which figures about people are withheld from published data"),
    data=msg("How many different people stand behind a figure"),
    rule=msg(
        "A figure about fewer than 10 people is withheld, nought too. No sums are published from which it could be worked "
        "out. "
        "Supports by the way they came in are counted at midnight and told in steps of five; ways with fewer than 10, for staff "
        "fewer than 5, stand together."
    ),
    answers_for=STEWARD,
    contest=BY_LAW,
    endpoint="dataplatform.index",
)
