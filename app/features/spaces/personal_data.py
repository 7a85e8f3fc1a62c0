"""What this room keeps about a person: nothing but who is importing areas at this moment."""

from app.kernel.messages import msg
from app.kernel.personal_data import not_given_out

not_given_out("area_upload", msg("Files of areas you uploaded as an administrator, until you confirm them: no personal data."))
