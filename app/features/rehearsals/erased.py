"""What becomes of what this room keeps about a person: rehearsals stay, and who began them is no longer said."""

from app.features.rehearsals.models import Rehearsal
from app.kernel.erasing import anonymous
from app.kernel.messages import msg

anonymous(
    "rehearsals",
    msg("Rehearsals of votes that you began in office"),
    Rehearsal.started_by_id,
    why=msg("They belong to the preparation of a vote. Your name goes."),
)
