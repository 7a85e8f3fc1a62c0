"""What can happen with public screens."""

from app.features.kiosk.use_cases.devices import (
    change_device,
    enrol,
    give_code,
    revoke_device,
    set_up_device,
)
from app.features.kiosk.use_cases.handing_over import hand_over, take_over
from app.features.kiosk.use_cases.tokens import another_token, note_copy, note_seen
from app.features.kiosk.use_cases.wishes import finish_wish, reopen_wish, wish_for_print

__all__ = [
    "another_token",
    "change_device",
    "enrol",
    "finish_wish",
    "give_code",
    "hand_over",
    "note_copy",
    "note_seen",
    "reopen_wish",
    "revoke_device",
    "set_up_device",
    "take_over",
    "wish_for_print",
]
