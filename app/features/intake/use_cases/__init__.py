"""What can happen at the counter and by telephone (`answering`), and to paper: a batch is opened (`opening`), its sheets are
entered, undone and made void (`entering`), read a second time and settled (`reading`); scanned sheets are taken and given back
(`taking_scans`); the batch is counted, signed, closed and reopened (`closing`).
"""

from app.features.intake.commands import (
    EnterSheet,
    GiveBackScans,
    MoveBatch,
    OpenBatch,
    ReadSheet,
    RetypeSheet,
    SettleSheet,
    TakeInAnswer,
    TakeScans,
    UndoSheet,
    VoidSheet,
)
from app.features.intake.use_cases.answering import take_in_answer
from app.features.intake.use_cases.closing import (
    close_batch,
    finish_entering,
    note_slips,
    reconcile_batch,
    reopen_batch,
)
from app.features.intake.use_cases.counting_again import count_again, drop_batch
from app.features.intake.use_cases.entering import enter_sheet, retype_sheet, undo_sheet, void_sheet
from app.features.intake.use_cases.knowing import has_read
from app.features.intake.use_cases.opening import open_batch
from app.features.intake.use_cases.reading import read_sheet, settle_sheet
from app.features.intake.use_cases.taking_scans import Left, Taken, give_back_scans, take_scans

__all__ = [
    "EnterSheet",
    "GiveBackScans",
    "Left",
    "MoveBatch",
    "OpenBatch",
    "ReadSheet",
    "RetypeSheet",
    "SettleSheet",
    "TakeInAnswer",
    "TakeScans",
    "Taken",
    "UndoSheet",
    "VoidSheet",
    "close_batch",
    "count_again",
    "drop_batch",
    "enter_sheet",
    "finish_entering",
    "give_back_scans",
    "has_read",
    "note_slips",
    "open_batch",
    "read_sheet",
    "reconcile_batch",
    "reopen_batch",
    "retype_sheet",
    "settle_sheet",
    "take_in_answer",
    "take_scans",
    "undo_sheet",
    "void_sheet",
]
