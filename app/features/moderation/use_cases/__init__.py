"""What can happen here: a report is written, a moderator decides, on one thing or on several, and takes it back."""

from app.features.moderation.use_cases.deciding import decide
from app.features.moderation.use_cases.reporting import write_report
from app.features.moderation.use_cases.together import Outcome, decide_together
from app.features.moderation.use_cases.undoing import undo_together

__all__ = ["Outcome", "decide", "decide_together", "undo_together", "write_report"]
