"""What this room removes by itself: scanned paper."""

from app.features.scans import rules
from app.features.scans.queries.files import RULE
from app.features.scans.use_cases import count_old_scans, remove_old_scans
from app.kernel.messages import msg
from app.kernel.retention import Rule, declare

declare(
    Rule(
        RULE,
        msg("Scanned forms: the files, the pictures of their pages, and what was read on them"),
        msg("after they were scanned"),
        msg("Until then somebody can look at the paper again when what was typed from it is in doubt."),
        rules.KEPT_DAYS,
        count_old_scans,
        remove_old_scans,
        fewest_days=30,
    )
)
