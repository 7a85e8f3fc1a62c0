"""What follows from what about batches and sheets: which state comes next, when the numbers agree, what is the same. Pure."""

import re
import unicodedata
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from app.features.intake.models import BatchState, IntakeBatch, IntakeSheet, SheetState
from app.kernel.messages import Message, nmsg

DECLARED_MOST = 500
"""More sheets than that are several batches: one is closed in one transaction, and printed slips fill one tray."""
REASON_MOST = 500
STATION_MOST = 80
TAKES_SHEETS = frozenset({BatchState.OPEN, BatchState.REOPENED})
READS = frozenset({BatchState.ENTERED, BatchState.SECOND_READING})
REOPENABLE = frozenset({BatchState.ENTERED, BatchState.SECOND_READING, BatchState.RECONCILED, BatchState.CLOSED})
DONE = frozenset({SheetState.READ, SheetState.SETTLED, SheetState.VOID})

_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "\u00a0": " "})


@dataclass(frozen=True)
class Equation:
    """declared = entered + void. `entered` are the sheets that count."""

    declared: int
    entered: int
    void: int

    @property
    def difference(self) -> int:
        """How many sheets there are more than declared; below nothing: how many are missing."""
        return self.entered + self.void - self.declared

    @property
    def balances(self) -> bool:
        """Whether the batch holds what was declared."""
        return self.difference == 0


def equation(batch: IntakeBatch, states: Iterable[SheetState]) -> Equation:
    """The numbers of a batch from the states of its sheets."""
    counted = Counter(states)
    return Equation(batch.declared, sum(counted.values()) - counted[SheetState.VOID], counted[SheetState.VOID])


def missing_before_reconciling(states: Iterable[SheetState]) -> Message | None:
    """What is to be done with the sheets of a batch before somebody can sign that its numbers agree; None when nothing is."""
    counted = Counter(states)
    if waiting := counted[SheetState.ENTERED]:
        return nmsg("%(num)s sheet waits for a second reading.", "%(num)s sheets wait for a second reading.", waiting)
    if differing := counted[SheetState.DIFFERS]:
        return nmsg("%(num)s sheet is to be settled.", "%(num)s sheets are to be settled.", differing)
    return None


def state_after_reading(first: Mapping[str, Any], second: Mapping[str, Any]) -> SheetState:
    """READ when both typed the same, DIFFERS otherwise."""
    return SheetState.DIFFERS if differences(first, second) else SheetState.READ


def differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """The names of what two people typed differently, in the order of the form.

    White space, typographic quotes and dashes, and an empty answer beside a missing one are no difference.
    """
    names = [*first, *(name for name in second if name not in first)]
    return [name for name in names if _plain(first.get(name)) != _plain(second.get(name))]


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(unicodedata.normalize("NFC", value).translate(_QUOTES).split())
    if isinstance(value, float):
        return round(value, 5)  # a metre
    if isinstance(value, Mapping):
        return {name: plain for name, each in value.items() if (plain := _plain(each))}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value or ""


Parts = list[tuple[str, bool]]
"""A text in pieces, each with whether it stands in one of two readings alone."""


def compared(first: str, second: str) -> tuple[Parts, Parts]:
    """Both readings in pieces of whole words, with what differs."""
    words: tuple[list[str], list[str]] = (re.findall(r"\s+|\S+", first), re.findall(r"\s+|\S+", second))
    parts: tuple[Parts, Parts] = ([], [])
    for how, *ends in SequenceMatcher(None, words[0], words[1], autojunk=False).get_opcodes():
        for side, (begin, end) in enumerate((ends[:2], ends[2:])):
            if begin < end:
                parts[side].append(("".join(words[side][begin:end]), how != "equal"))
    return parts


def counted_entry(first: Mapping[str, Any], settled: Mapping[str, Any]) -> Mapping[str, Any]:
    """What counts of a sheet: what was settled where the readings differed, else what both typed."""
    return settled or first


def reference_of(batch: IntakeBatch, sheet: IntakeSheet) -> str:
    """What an answer names as the sheet that it came from: the printed number, else the batch and the place in it."""
    return sheet.serial or f"{batch.reference}/{sheet.number}"


def record_of(sheet_id: uuid.UUID) -> str:
    """The name under which a sheet has its pages in the scans."""
    return f"intake:{sheet_id}"


def sheet_of_record(record: str) -> uuid.UUID | None:
    """The sheet of such a name; None for the records of other rooms."""
    kind, _colon, sheet_id = record.partition(":")
    return uuid.UUID(sheet_id) if kind == "intake" else None
