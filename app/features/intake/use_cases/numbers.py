"""The number printed on a sheet, as a clerk typed it, is compared with the register of what was printed."""

import uuid

from sqlalchemy.orm import Session

from app.features.intake.models import IntakeBatch, IntakeSheet, SheetKind
from app.features.intake.queries.scanned import in_force_since
from app.features.intake.rules import record_of
from app.features.printing.queries import Kind, Variant
from app.features.printing.use_cases.serials import has_print_runs, is_slip_code, read_serial, registered
from app.features.scans.queries import reviewed
from app.kernel.errors import Refused
from app.kernel.messages import Message, msg

MISTYPED = msg("This is not the number of a sheet: one of its characters is wrong or missing. Compare it with the sheet.")
SLIP = msg(
    "This is the code of the slip, which is for whoever filled in the sheet. Type the number of the sheet: it stands above the "
    "dotted line."
)
TEST_PRINT = msg("This sheet is a test print. It counts nowhere: put it aside.")
OTHER_FORM = msg("This sheet is the form of another process or asks something else. Put it aside, for a batch of its own.")
NO_RUN = msg("No print run of this form has this number. Compare it with the sheet; if it is the same, put the sheet aside.")

EARLIER_TEXT = msg("This sheet carries an earlier text of the question. Put it aside, and ask the person again.")


def typed_number(text: str) -> str:
    """The number as it was printed; nothing where none was typed. Raises Refused for a mistyped one."""
    if not text.strip():
        return ""
    serial = read_serial(text)
    if serial is None:
        raise _refused(SLIP if is_slip_code(text) else MISTYPED)
    return serial


def number_for(session: Session, batch: IntakeBatch, text: str) -> str:
    """The same of a sheet that is to count in this batch.

    Raises Refused for test prints, other forms, forms with an earlier text of the question, and a number that no print run has
    although there are runs of this form. Where there are none, its sheets were printed without a register, and every rightly
    typed number is taken.
    """
    serial = typed_number(text)
    if not serial:
        return ""
    wanted, found = _form_of(batch), registered(session, serial)
    if found is None:
        if wanted is not None and has_print_runs(session, *wanted):
            raise _refused(NO_RUN)
        return serial
    if found.test:
        raise _refused(TEST_PRINT)
    if (found.kind, found.subject) != wanted:
        raise _refused(OTHER_FORM)
    since = in_force_since(session, batch)
    if since is not None and found.ordered_at < since:
        raise _refused(EARLIER_TEXT)
    return serial


def in_large_print(session: Session, sheet: IntakeSheet) -> bool:
    """Whether the form itself was one in large print, by its number or its scan: then its writer reads large letters."""
    found = registered(session, sheet.serial) if sheet.serial else None
    if found is not None:
        return found.variant is Variant.LARGE
    pages = reviewed(session, None, taken_by=record_of(sheet.id))
    return any(page.look.split("/")[0] == Variant.LARGE.value for page in pages)


def _form_of(batch: IntakeBatch) -> tuple[Kind, uuid.UUID] | None:
    kind, subject = (
        (Kind.PROPOSAL, batch.process_id) if batch.kind is SheetKind.PROPOSAL else (Kind.CONSENT, batch.agreement_id)
    )
    return (kind, subject) if subject is not None else None


def _refused(why: Message) -> Refused:
    return Refused(why, field="serial")
