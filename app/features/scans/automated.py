"""What this room decides or sorts by itself, in words for everybody."""

from app.kernel.automated import CITY, Kind, automated_step
from app.kernel.messages import msg

automated_step(
    "scans_read",
    room="scans",
    kind=Kind.FINDING,
    title=msg("What is marked on a scanned form"),
    data=msg("The picture of the form: which circles are filled, crossed out or doubtful. Handwriting is not read."),
    rule=msg(
        "A circle that is clearly filled or clearly empty is proposed to a person, who looks at every page beside its picture. "
        "What is doubtful on a ballot is decided by two people."
    ),
    answers_for=CITY,
    contest=msg("The machine decides nothing: a person accepts each page. Ask the contact point to look at a sheet again."),
)
automated_step(
    "scans_sorted",
    room="scans",
    kind=Kind.FINDING,
    title=msg("In which tray a scanned page is put"),
    data=msg("The square code and the corner marks on the page, and which pages were scanned before"),
    rule=msg(
        "A page of another process, an earlier form, a second scan of the same sheet or a damaged page waits in its own tray "
        "until a person says what becomes of it. None is thrown away."
    ),
    answers_for=CITY,
    contest=msg("A person decides about every tray. Ask the contact point to have a sheet looked at again."),
)
