"""What this room removes by itself: who used somebody's data, once that is long ago."""

from app.features.consents.queries import USAGES_KEPT
from app.features.consents.use_cases.usages import count_old_usages, forget_old_usages
from app.kernel.messages import msg
from app.kernel.retention import Rule, declare

USAGES = declare(
    Rule(
        "usages",
        msg("Notes on who used somebody's data, and when"),
        msg("after the use; longer for as long as the consent that it rests on is in force"),
        msg("So that people can see for two years who used their data."),
        USAGES_KEPT.days,
        count_old_usages,
        forget_old_usages,
    )
)
