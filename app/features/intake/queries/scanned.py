"""Sheets that lie in the scans, looked through and in no batch yet: which a batch can take, and why it cannot take others."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.consents.queries import agreement
from app.features.intake.models import IntakeBatch, IntakeSheet, SheetKind, SheetState
from app.features.intake.rules import record_of
from app.features.intake.serials import normal_serial
from app.features.printing.queries import Kind
from app.features.scans.queries import ReviewedPage, reviewed, with_pages
from app.kernel.messages import Message, msg

KINDS = {SheetKind.PROPOSAL: Kind.PROPOSAL, SheetKind.CONSENT: Kind.CONSENT}


@dataclass(frozen=True)
class ScannedCopy:
    """The accepted pages of one copy, in their order. `why` says why it cannot become a sheet; None when it can."""

    code: str
    pages: tuple[ReviewedPage, ...]
    why: Message | None = None

    @property
    def files(self) -> frozenset[uuid.UUID]:
        """In which files its pages lay."""
        return frozenset(page.file_id for page in self.pages)


def copies_for(session: Session, batch: IntakeBatch, file_id: uuid.UUID | None = None) -> list[ScannedCopy]:
    """The scanned copies of the form that this batch is about; with a file, those with a page in it.

    A form about the whole city may have been scanned in any process; whoever takes it must take in paper there.
    """
    subject = batch.process_id if batch.kind is SheetKind.PROPOSAL else batch.agreement_id
    pages = reviewed(session, batch.process_id, kind=KINDS[batch.kind], subject=subject)
    groups: dict[tuple[str, ...], list[ReviewedPage]] = {}
    for page in pages:
        groups.setdefault((page.code,) if page.code else ("", str(page.page_id)), []).append(page)
    since = in_force_since(session, batch)
    lie = _where_they_lie(session, [key[0] for key in groups if key[0]])
    copies = [
        ScannedCopy(key[0], tuple(found), _why_not(batch, found, lie.get(key[0], ()), since)) for key, found in groups.items()
    ]
    copies.sort(key=lambda one: (str(one.pages[0].file_id), one.pages[0].number))
    return [one for one in copies if file_id is None or file_id in one.files]


def from_scans(session: Session, sheets: Sequence[IntakeSheet]) -> set[uuid.UUID]:
    """Which of these sheets came from the scans and can be put back: nobody has read them a second time."""
    records = {record_of(sheet.id): sheet.id for sheet in sheets if sheet.state is SheetState.ENTERED}
    return {records[name] for name in with_pages(session, list(records))}


def in_force_since(session: Session, batch: IntakeBatch) -> datetime | None:
    """Since when the text counts that the sheets of a batch of answers carry; None for proposals."""
    found = agreement(session, batch.agreement_id) if batch.agreement_id else None
    return next((one.in_force_at for one in found.revisions if one.id == batch.revision_id), None) if found else None


def _before(moment: datetime | None, since: datetime | None) -> bool:
    return moment is not None and since is not None and moment < since


def _where_they_lie(session: Session, codes: Sequence[str]) -> Mapping[str, list[tuple[IntakeSheet, IntakeBatch]]]:
    """By serial: the sheets that have it already, in any batch."""
    found: dict[str, list[tuple[IntakeSheet, IntakeBatch]]] = {}
    serials = {normal_serial(code): code for code in codes}
    rows = session.execute(
        select(IntakeSheet, IntakeBatch)
        .join(IntakeBatch, IntakeBatch.id == IntakeSheet.batch_id)
        .where(IntakeSheet.serial.in_(serials))
        .order_by(IntakeSheet.created_at)
    )
    for sheet, batch in rows:
        found.setdefault(serials[sheet.serial], []).append((sheet, batch))
    return found


def _why_not(
    batch: IntakeBatch,
    pages: Sequence[ReviewedPage],
    lie: Sequence[tuple[IntakeSheet, IntakeBatch]],
    since: datetime | None,
) -> Message | None:
    wanted = pages[0].pages
    if len(pages[0].asked_on) > 1 and not pages[0].code:
        return msg("It has several pages and no number, so nobody can tell which pages belong together. Type it in.")
    here = {page.page for page in pages}
    if gone := [str(number) for number in pages[0].asked_on if number not in here]:
        return msg(
            "Page %(missing)s of %(pages)s is missing, or is not looked through yet.", missing=", ".join(gone), pages=wanted
        )
    if batch.kind is SheetKind.CONSENT and any(page.outdated or _before(page.read_at, since) for page in pages):
        return msg("It carries an earlier text than the batch. Ask the person again.")
    for sheet, other in lie:
        if sheet.state is not SheetState.VOID:
            return msg(
                "It was entered already: sheet %(number)s of batch %(batch)s.", number=sheet.number, batch=other.reference
            )
        if other.id == batch.id:
            return msg(
                "Sheet %(number)s of this batch, which does not count. Type it in if it counts after all.", number=sheet.number
            )
    if lie:  # what somebody has made void becomes nothing by being there again
        sheet, other = lie[-1]
        return msg(
            "Sheet %(number)s of batch %(batch)s, which does not count: %(reason)s. Type it in if it counts after all.",
            number=sheet.number,
            batch=other.reference,
            reason=sheet.void_reason.rstrip("."),
        )
    return None
