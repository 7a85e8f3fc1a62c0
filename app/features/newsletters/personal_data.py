"""What this room keeps about a person: nothing but which member of staff wrote a newsletter."""

from app.kernel.messages import msg
from app.kernel.personal_data import not_given_out

not_given_out("newsletter", msg("Newsletters you wrote for the city: they belong to the city's records."))
