"""Why print runs are not in the download of an account."""

from app.kernel.messages import msg
from app.kernel.personal_data import not_given_out

not_given_out("print_run", msg("Print runs that you ordered in office: nothing about you but that."))
