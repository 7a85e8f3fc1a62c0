"""What this room removes by itself: the files of print runs. What was printed stays in the register."""

from app.features.printing import rules
from app.features.printing.use_cases import count_old_files, delete_old_files
from app.kernel.messages import msg
from app.kernel.retention import Rule, declare

declare(
    Rule(
        "printed_files",
        msg("Files of print runs: forms ready for the printer, some with codes of slips"),
        msg("after they were made"),
        msg("Until then they can be printed again. That they were printed stays in the register."),
        rules.KEPT_DAYS,
        count_old_files,
        delete_old_files,
        public=False,
    )
)
