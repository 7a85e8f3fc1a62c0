"""What can happen to everything that is kept about somebody; other rooms call from here."""

from app.features.erasure.queries import Preview, preview_erasure
from app.features.erasure.use_cases.asking import ask_for_erasure, cancel_erasure, confirm_erasure
from app.features.erasure.use_cases.at_desk import ask_at_desk, confirm_at_desk, decline_at_desk
from app.features.erasure.use_cases.beginning import begin_due, erase_now
from app.features.erasure.use_cases.restoring import Restored, after_restore
from app.features.erasure.use_cases.running import GO_ON, go_on, one_step

__all__ = [
    "GO_ON",
    "Preview",
    "Restored",
    "after_restore",
    "ask_at_desk",
    "ask_for_erasure",
    "begin_due",
    "cancel_erasure",
    "confirm_at_desk",
    "confirm_erasure",
    "decline_at_desk",
    "erase_now",
    "go_on",
    "one_step",
    "preview_erasure",
]
