"""What this room keeps about a person: nothing but which steward made a release."""

from app.kernel.messages import msg
from app.kernel.personal_data import not_given_out

not_given_out("release", msg("Releases you made as a data steward: they belong to the city's records."))
