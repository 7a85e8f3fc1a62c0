"""What this room keeps about a person: nothing but who began a rehearsal for the city."""

from app.kernel.messages import msg
from app.kernel.personal_data import not_given_out

not_given_out("rehearsal", msg("Rehearsals of votes that you began for the city: they belong to the city's records."))
