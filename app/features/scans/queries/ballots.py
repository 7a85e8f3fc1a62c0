"""Ballots among the scans, for the room that puts them into batches: what of an upload waits, and which sets are taken."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from app.features.scans.models import FileState, PageState, ScanFile, ScanPage
from app.features.scans.rules import BALLOT, NEEDS_NOBODY, WAITING


@dataclass(frozen=True)
class LeftPage:
    """A page with a ballot, or without a name, that is not accepted. `aside`: people have said why; else it waits for somebody.

    `tray`: it lies in a tray, and waits there to be let in or set aside.
    """

    page_id: uuid.UUID
    file_id: uuid.UUID
    number: int
    code: str
    tray: bool
    aside: bool
    why: str


def pots_with_ballots() -> Select[uuid.UUID | None]:
    """The pots of which ballots are among the scans that were read to their end."""
    files = select(ScanFile.id).where(read_to_an_end())
    return select(ScanPage.form_subject).where(ScanPage.form_kind == BALLOT, ScanPage.file_id.in_(files))


def read_to_an_end() -> ColumnElement[bool]:
    """Files that nobody reads on in."""
    return ScanFile.state.in_((FileState.READ, FileState.FAILED))


def being_read(session: Session, file_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these files are not read to their end."""
    return set(session.scalars(select(ScanFile.id).where(ScanFile.id.in_(file_ids), ScanFile.state != FileState.READ)))


def left_over(
    session: Session, process_id: uuid.UUID, pot_id: uuid.UUID, file_ids: Collection[uuid.UUID]
) -> Sequence[LeftPage]:
    """What is not accepted of these files, and of the sets that lie in them wherever their other pages are; in their order.

    Of a file those are the ballots of the pot and pages that say nothing of themselves. Blank ones and test prints need nobody.
    """
    mine = and_(ScanPage.process_id == process_id, ScanPage.form_kind == BALLOT, ScanPage.form_subject == pot_id)
    sets = select(ScanPage.code).where(mine, ScanPage.code != "", ScanPage.file_id.in_(file_ids))
    of_file = and_(ScanPage.file_id.in_(file_ids), or_(mine, ScanPage.form_kind == ""))
    waits = ScanPage.state.in_((*WAITING, PageState.IN_TRAY))
    of_set = and_(mine, ScanPage.code.in_(sets), waits)
    needs_nobody = and_(ScanPage.state == PageState.IN_TRAY, ScanPage.tray.in_(NEEDS_NOBODY))
    query = select(ScanPage).where(or_(of_file, of_set), ScanPage.state != PageState.REVIEWED, ~needs_nobody)
    return [
        LeftPage(
            page_id=page.id,
            file_id=page.file_id,
            number=page.number,
            code=page.code if page.form_kind == BALLOT else "",
            tray=page.state is PageState.IN_TRAY,
            aside=page.state is PageState.SET_ASIDE,
            why=page.why,
        )
        for page in session.scalars(query.order_by(ScanPage.file_id, ScanPage.number, ScanPage.part))
    ]


def split_sets(session: Session, process_id: uuid.UUID, pot_id: uuid.UUID) -> set[str]:
    """The codes of sets of which one page is in a record, and another one is accepted and in none."""
    mine = (ScanPage.process_id == process_id, ScanPage.form_kind == BALLOT, ScanPage.form_subject == pot_id)
    free = select(ScanPage.code).where(*mine, ScanPage.state == PageState.REVIEWED, ScanPage.taken_by.is_(None))
    query = select(ScanPage.code).where(*mine, ScanPage.code != "", ScanPage.taken_by.is_not(None), ScanPage.code.in_(free))
    return set(session.scalars(query))
