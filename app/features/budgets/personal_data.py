"""What this room keeps about a person: nothing but who reviewed a proposal for the city."""

from app.kernel.messages import msg
from app.kernel.personal_data import not_given_out

not_given_out("feasibility_review", msg("Reviews you wrote for the city: they belong to the city's records."))
