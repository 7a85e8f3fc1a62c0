"""What clerks ask for when paper is taken in: frozen values, checked by the use cases and not here."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.features.intake.models import SheetKind
from app.kernel.permissions import Channel


@dataclass(frozen=True)
class OpenBatch:
    """A bundle of `declared` sheets from `station`, received on `day`.

    `batch_id` is chosen when the form is opened, so that a double click opens one batch. `at_once`: each sheet appears when two
    people have read it alike, and not only when the batch is closed.
    """

    batch_id: UUID
    process_id: UUID | None
    kind: SheetKind
    station: str
    day: date
    declared: int
    zone: str
    agreement_id: UUID | None = None
    at_once: bool = False


@dataclass(frozen=True)
class EnterSheet:
    """What the first reader typed. `sheet_id` is chosen when the form is opened: sent twice, it is entered once."""

    batch_id: UUID
    sheet_id: UUID
    entry: dict[str, Any]
    serial: str = ""


@dataclass(frozen=True)
class ReadSheet:
    """What the second reader typed, without seeing what the first one did."""

    batch_id: UUID
    sheet_id: UUID
    entry: dict[str, Any]


@dataclass(frozen=True)
class SettleSheet:
    """What counts of a sheet that two people read differently."""

    batch_id: UUID
    sheet_id: UUID
    entry: dict[str, Any]


@dataclass(frozen=True)
class VoidSheet:
    """A sheet that does not count, and why: one that was entered, or (with a new `sheet_id`) one that cannot be entered."""

    batch_id: UUID
    sheet_id: UUID
    reason: str
    serial: str = ""


@dataclass(frozen=True)
class UndoSheet:
    """Take the sheet back that the clerk has entered last."""

    batch_id: UUID
    sheet_id: UUID


@dataclass(frozen=True)
class RetypeSheet:
    """The sheet that the clerk has entered last, typed again; `before` is the one that it stands for."""

    before: UUID
    entered: EnterSheet


@dataclass(frozen=True)
class MoveBatch:
    """Lead a batch to its next state: entered, reconciled, closed, reopened. `reason` where one is needed.

    `secret` is the installation's, from which the codes of slips follow.
    """

    batch_id: UUID
    reason: str = ""
    secret: str = ""


@dataclass(frozen=True)
class TakeScans:
    """Make sheets of what was scanned and looked through: all of it, or what lies in one file."""

    batch_id: UUID
    file_id: UUID | None = None


@dataclass(frozen=True)
class GiveBackScans:
    """Put the sheets that came from scans back, as long as nobody has read them a second time."""

    batch_id: UUID


@dataclass(frozen=True)
class TakeInAnswer:
    """Somebody answers at the counter or by telephone: a new person, or whoever has the `code` of an earlier slip.

    `form_id` is chosen when the form is opened: sent twice, it is one answer. `of_age_on` and `guardian` are of young people.
    """

    form_id: UUID
    person: str
    code: str
    channel: Channel
    of_age_on: date | None = None
    guardian: str = ""
