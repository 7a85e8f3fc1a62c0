"""What can happen to paper: a batch is opened (`opening`), its sheets are entered, undone and made void (`entering`), read a
second time and settled (`reading`); the batch is counted, signed, closed and reopened (`closing`).
"""

from app.features.intake.commands import (
    EnterSheet,
    MoveBatch,
    OpenBatch,
    ReadSheet,
    SettleSheet,
    UndoSheet,
    VoidSheet,
)
from app.features.intake.use_cases.closing import (
    close_batch,
    finish_entering,
    note_slips,
    reconcile_batch,
    reopen_batch,
)
from app.features.intake.use_cases.entering import enter_sheet, undo_sheet, void_sheet
from app.features.intake.use_cases.opening import open_batch
from app.features.intake.use_cases.reading import read_sheet, settle_sheet

__all__ = [
    "EnterSheet",
    "MoveBatch",
    "OpenBatch",
    "ReadSheet",
    "SettleSheet",
    "UndoSheet",
    "VoidSheet",
    "close_batch",
    "enter_sheet",
    "finish_entering",
    "note_slips",
    "open_batch",
    "read_sheet",
    "reconcile_batch",
    "reopen_batch",
    "settle_sheet",
    "undo_sheet",
    "void_sheet",
]
