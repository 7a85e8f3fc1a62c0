"""What the register says of a serial that somebody typed from a sheet: of which form it is, and whether it was a test print."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from app.features.printing.layout.codes import FOLLOW_LENGTH, SERIAL_LENGTH, read_code
from app.features.printing.layout.model import Kind, Variant
from app.features.printing.models import PrintedCopy, PrintedForm, PrintRun


@dataclass(frozen=True)
class Registered:
    """The form that was printed with a serial: its kind and subject, whether the print run was a test, when it was ordered,
    which is when the form said what it says, and in which variant."""

    kind: Kind
    subject: uuid.UUID
    test: bool
    ordered_at: datetime
    variant: Variant = Variant.STANDARD


def read_serial(text: str) -> str | None:
    """A serial from what somebody typed, without dashes and spaces; None where a character is wrong, missing or too many."""
    serial = read_code(text)
    return serial if serial is not None and len(serial) == SERIAL_LENGTH else None


def is_slip_code(text: str) -> bool:
    """Whether somebody typed the code of a slip where the number of a sheet belongs."""
    code = read_code(text)
    return code is not None and len(code) == FOLLOW_LENGTH


def registered(session: Session, serial: str) -> Registered | None:
    """What was printed with this serial; None for one that no print run has."""
    row = session.execute(_printed().where(PrintedCopy.serial == serial)).first()
    if row is None:
        return None
    return Registered(Kind(row.kind), row.subject, row.test, row.created_at, Variant(row.variant))


def has_print_runs(session: Session, kind: Kind, subject: uuid.UUID) -> bool:
    """Whether copies of this form, with serials, stand in the register. Test prints do not count."""
    of_form = _printed().where(PrintedForm.kind == kind.value, PrintedForm.subject == subject, PrintRun.test.is_(False))
    return bool(session.scalar(select(exists(of_form))))


def _printed() -> Select[str, uuid.UUID, bool, datetime, str]:
    return (
        select(PrintedForm.kind, PrintedForm.subject, PrintRun.test, PrintRun.created_at, PrintRun.variant)
        .select_from(PrintedCopy)
        .join(PrintRun, PrintRun.id == PrintedCopy.run_id)
        .join(PrintedForm, PrintedForm.id == PrintRun.form_id)
    )
