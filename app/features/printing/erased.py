"""What becomes of print runs when somebody is erased: who ordered them in office is no longer named."""

from app.features.printing.models import PrintRun
from app.kernel.erasing import anonymous, nothing_of_people
from app.kernel.messages import msg

anonymous(
    "print_runs",
    msg("Print runs that you ordered in office"),
    PrintRun.ordered_by,
    why=msg("The register of what was printed stays. Your account is no longer named."),
)
nothing_of_people(
    "the city's own words, printed forms before anybody wrote on them, and what those are about",
    "print_run.issued_to",
    "printed_form.subject",
    "printed_form.layout",
)
