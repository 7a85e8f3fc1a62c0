"""Files and their pages, for the pages of this room."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from app.features.scans.models import FileState, PageState, PageTray, ScanDecision, ScanFile, ScanPage
from app.features.scans.rules import BALLOT, NEEDS_NOBODY, WAITING
from app.kernel import outbox
from app.kernel.retention import days_of, rules

READING = "scans.read"
RULE = "scans"
A_BALLOT = (ScanPage.form_kind == BALLOT, ScanPage.tray != PageTray.TEST_PRINT)
_ORDER = (ScanPage.form_kind, ScanPage.form_subject, ScanPage.code, ScanPage.page, ScanPage.created_at, ScanPage.id)


def file_of(session: Session, file_id: uuid.UUID) -> ScanFile | None:
    """A file by its id."""
    return session.get(ScanFile, file_id)


def files_of(session: Session, process_id: uuid.UUID, limit: int = 50, offset: int = 0) -> Sequence[ScanFile]:
    """The files of a process, newest first."""
    query = select(ScanFile).where(ScanFile.process_id == process_id)
    return session.scalars(query.order_by(ScanFile.created_at.desc(), ScanFile.id).limit(limit).offset(offset)).all()


def count_files(session: Session, process_id: uuid.UUID) -> int:
    """How many files a process has."""
    return session.scalar(select(func.count()).select_from(ScanFile).where(ScanFile.process_id == process_id)) or 0


def trays_of(session: Session, file_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[PageTray, int]]:
    """How many pages lie in which tray, by file."""
    found: dict[uuid.UUID, dict[PageTray, int]] = {one: {} for one in file_ids}
    rows = session.execute(
        select(ScanPage.file_id, ScanPage.tray, func.count())
        .where(ScanPage.file_id.in_(file_ids))
        .group_by(ScanPage.file_id, ScanPage.tray)
    )
    for file_id, tray, number in rows:
        found[file_id][tray] = number
    return found


def pictures_in_trays(session: Session, file_id: uuid.UUID) -> int:
    """How many pictures of the file have at least one page in a tray: as many as were read, or a page is lost."""
    return session.scalar(select(func.count(func.distinct(ScanPage.number))).where(ScanPage.file_id == file_id)) or 0


def pages_of_file(session: Session, file_id: uuid.UUID, tray: PageTray | None, limit: int, offset: int) -> Sequence[ScanPage]:
    """Pages of a file, sorted by form, number and page: all, or those of a tray."""
    query = select(ScanPage).where(ScanPage.file_id == file_id)
    if tray is not None:
        query = query.where(ScanPage.tray == tray)
    return session.scalars(query.order_by(*_ORDER).limit(limit).offset(offset)).all()


def rests(session: Session, file: ScanFile) -> bool:
    """Whether a file is not read to its end and nobody takes it up soon."""
    unread = file.state in (FileState.WAITING, FileState.READING)
    return unread and outbox.rests(session, READING, file_id=str(file.id))


def next_to_review(
    session: Session, process_id: uuid.UUID, person_id: uuid.UUID, *, ballots: bool, after: ScanPage | None = None
) -> ScanPage | None:
    """The page that this person looks through next: one that waits, and that they have not answered about.

    `ballots`: whether ballots may be looked at now. `after`: the one they have just left; when it was the last, from the start.
    """
    mine = exists().where(
        ScanDecision.page_id == ScanPage.id, ScanDecision.person_id == person_id, ScanDecision.undone_at.is_(None)
    )
    query = select(ScanPage).where(ScanPage.process_id == process_id, ScanPage.state.in_(WAITING), ~mine)
    if not ballots:
        query = query.where(ScanPage.form_kind != BALLOT)
    rows = session.scalars(query.order_by(*_ORDER).limit(1 if after is None else 200)).all()
    if after is None or len(rows) < 2:
        return next(iter(rows), None)
    key = _key(after)
    return next((one for one in rows if _key(one) > key), rows[0])


def _key(page: ScanPage) -> tuple[str, str, str, int, datetime, str]:
    return page.form_kind, str(page.form_subject), page.code, page.page, page.created_at, str(page.id)


def waiting(session: Session, process_id: uuid.UUID) -> dict[PageState, int]:
    """How many pages are in which state; those that need nobody are left out."""
    rows = session.execute(
        select(ScanPage.state, func.count())
        .where(
            ScanPage.process_id == process_id,
            ~and_(ScanPage.state == PageState.IN_TRAY, ScanPage.tray.in_(NEEDS_NOBODY)),
        )
        .group_by(ScanPage.state)
    )
    return {row[0]: row[1] for row in rows}


def next_in_tray(session: Session, process_id: uuid.UUID, *, ballots: bool) -> ScanPage | None:
    """The first page in a tray that needs a decision."""
    query = select(ScanPage).where(
        ScanPage.process_id == process_id, ScanPage.state == PageState.IN_TRAY, ScanPage.tray.not_in(NEEDS_NOBODY)
    )
    if not ballots:
        query = query.where(ScanPage.form_kind != BALLOT)
    return session.scalars(query.order_by(*_ORDER).limit(1)).first()


def not_taken(session: Session, process_id: uuid.UUID) -> int:
    """How many accepted pages of forms, which are no ballots, are in no batch yet."""
    accepted = (ScanPage.state == PageState.REVIEWED, ScanPage.taken_by.is_(None), ScanPage.form_kind != BALLOT)
    return session.scalar(select(func.count()).where(ScanPage.process_id == process_id, *accepted)) or 0


def waiting_all(session: Session, processes: frozenset[uuid.UUID] | None) -> dict[uuid.UUID, tuple[int, int]]:
    """By process: how many pages wait to be looked through, and how many lie in trays and need a decision; without ballots."""
    of_mine = () if processes is None else (ScanPage.process_id.in_(processes),)
    in_tray = and_(ScanPage.state == PageState.IN_TRAY, ScanPage.tray.not_in(NEEDS_NOBODY))
    rows = session.execute(
        select(
            ScanPage.process_id,
            func.count().filter(ScanPage.state.in_(WAITING)),
            func.count().filter(in_tray),
        )
        .where(ScanPage.form_kind != BALLOT, *of_mine)
        .group_by(ScanPage.process_id)
    )
    return {process_id: (review, trays) for process_id, review, trays in rows if review or trays}


def decisions_of(session: Session, page_id: uuid.UUID) -> Sequence[ScanDecision]:
    """The answers about a page that are in force, in their order."""
    query = select(ScanDecision).where(ScanDecision.page_id == page_id, ScanDecision.undone_at.is_(None))
    return session.scalars(query.order_by(ScanDecision.created_at, ScanDecision.id)).all()


def last_of(session: Session, process_id: uuid.UUID, person_id: uuid.UUID) -> ScanPage | None:
    """The page that this person answered about last, if it can still be taken back."""
    query = (
        select(ScanPage)
        .join(ScanDecision, ScanDecision.page_id == ScanPage.id)
        .where(
            ScanPage.process_id == process_id,
            ScanPage.taken_by.is_(None),
            ScanPage.state.not_in((PageState.SET_ASIDE, PageState.IN_TRAY)),
            ScanDecision.person_id == person_id,
            ScanDecision.undone_at.is_(None),
        )
    )
    return session.scalars(query.order_by(ScanDecision.created_at.desc(), ScanDecision.id).limit(1)).first()


def goes_on_day(file: ScanFile) -> datetime | None:
    """When the file is removed by the rule of retention; None for never."""
    rule = next((one for one in rules() if one.name == RULE), None)
    days = days_of(rule) if rule is not None else None
    return None if days is None else file.created_at + timedelta(days=days)


def holds_ballots(session: Session, file_id: uuid.UUID) -> bool:
    """Whether a ballot lies in the file; test prints count nowhere."""
    return bool(session.scalar(select(exists().where(ScanPage.file_id == file_id, *A_BALLOT))))


def lies_with_ballots(session: Session, page: ScanPage) -> bool:
    """Whether a page that says nothing of itself lies in a file with ballots."""
    return page.tray is not PageTray.BLANK and holds_ballots(session, page.file_id)


def is_here(session: Session, process_id: uuid.UUID) -> bool:
    """Whether the process has any scan."""
    return bool(session.scalar(select(exists().where(ScanFile.process_id == process_id))))
