"""What this room decides or sorts by itself, in words for everybody."""

from app.kernel.automated import COMMITTEE, OBJECTION, Kind, automated_step
from app.kernel.messages import msg

automated_step(
    "second_reading",
    room="stations",
    kind=Kind.COUNTING,
    title=msg("Which ballots on paper are read a second time, and whether that was enough"),
    data=msg("What was typed of all ballots on paper of a pot, and a seed from a public draw that everybody can repeat"),
    rule=msg(
        "All where a rule looks at whole ballots or where there are 200 or fewer. Else one in fifty, at least 200, drawn after "
        "all were typed. If the errors found could hide so many others that another project would win, all are read."
    ),
    answers_for=COMMITTEE,
    contest=OBJECTION,
)
