"""What becomes of scans when somebody is erased: acts in office lose the account. The paper itself goes after its time."""

from app.features.scans.models import ScanDecision, ScanFile
from app.kernel.erasing import anonymous, nothing_of_people
from app.kernel.messages import msg

anonymous(
    "scans_taken_in",
    msg("Scanned files that you took in in office"),
    ScanFile.uploaded_by,
    why=msg("They are other people's forms. Your account is no longer named."),
)
anonymous(
    "scans_looked_through",
    msg("Scanned pages that you looked through in office"),
    ScanDecision.person_id,
    why=msg("What is on somebody else's form stays as it was accepted. Your account is no longer named."),
)
nothing_of_people(
    "what is on paper: pages of sheets that became something of theirs are emptied with those sheets (`intake`), others stand "
    "for no account and go with the scan, after the days of the rule `scans`",
    "scan_file.name",
    "scan_page.readings",
    "scan_page.result",
    "scan_page.why",
    "scan_decision.answers",
)
nothing_of_people(
    "which form a page is of, which copy of it, and which record has taken it: none of them a person",
    "scan_page.form_subject",
    "scan_page.copy_key",
    "scan_page.taken_by",
)
