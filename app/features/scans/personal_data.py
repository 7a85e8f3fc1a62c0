"""Why scans are not in the download of an account."""

from app.kernel.messages import msg
from app.kernel.personal_data import not_given_out

not_given_out("scan_file", msg("Scanned files that you took in in office: they are other people's forms."))
not_given_out("scan_decision", msg("What you saw on other people's forms in office."))
