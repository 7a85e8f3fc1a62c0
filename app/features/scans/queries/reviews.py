"""Accepted pages as plain values for other rooms, and what is missing of copies with several pages."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, defer

from app.features.printing.queries import FormKey, Kind
from app.features.scans.models import PageState, PageTray, ScanDecision, ScanFile, ScanPage
from app.features.scans.rules import LOOKED_THROUGH, SEVERAL, UNCLEAR, VALUE


@dataclass(frozen=True)
class ReviewedPage:
    """One page as people accepted it.

    `code` is the serial of a proposal or consent, or the set code of a ballot of several pages; empty without one. `values`
    holds of each field what is marked (nothing, or one value). `overmarked` are fields in which more than one value is marked,
    `unclear` those of which nobody can tell: what they count is for the rule of the vote to say, not for a clerk. `texts` is
    handwriting as it was typed. `taken_by` names the record that has taken the page, such as `intake:<id>`. `outdated`: it is
    of an earlier revision, and a person has let it in. `asked_on` are the pages of the form on which something is asked: those
    belong to a whole copy, the others may be missing.
    """

    page_id: uuid.UUID
    process_id: uuid.UUID
    form: FormKey
    revision: str
    look: str
    page: int
    pages: int
    code: str
    file_id: uuid.UUID
    number: int
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    overmarked: frozenset[str] = frozenset()
    unclear: frozenset[str] = frozenset()
    texts: dict[str, str] = field(default_factory=dict)
    taken_by: str | None = None
    outdated: bool = False
    asked_on: tuple[int, ...] = ()
    read_at: datetime | None = None


@dataclass(frozen=True)
class Incomplete:
    """A numbered copy of which pages are missing."""

    form: FormKey
    code: str
    pages: int
    missing: tuple[int, ...]


def reviewed(
    session: Session,
    process_id: uuid.UUID | None,
    *,
    kind: Kind | None = None,
    subject: uuid.UUID | None = None,
    taken_by: str | None = None,
    file_id: uuid.UUID | None = None,
) -> list[ReviewedPage]:
    """Accepted pages of a process (None: of all) that nobody has taken, or that the record `taken_by` has.

    `file_id`: those of one file alone, and of the copies of which a page lies in it. Ordered by form, code and page; without a
    code as they lay in their files. Of what was read nothing is fetched but the pages that belong to a copy: thousands of pages
    are asked for together, and each has kilobytes of circles.
    """
    query = select(ScanPage, ScanPage.readings["asked_on"]).options(defer(ScanPage.readings))
    query = query.where(ScanPage.state == PageState.REVIEWED)
    if file_id is not None:
        codes = select(ScanPage.code).where(ScanPage.file_id == file_id, ScanPage.code != "")
        query = query.where(or_(ScanPage.file_id == file_id, ScanPage.code.in_(codes)))
    if process_id is not None:
        query = query.where(ScanPage.process_id == process_id)
    query = query.where(ScanPage.taken_by == taken_by if taken_by else ScanPage.taken_by.is_(None))
    if kind is not None:
        query = query.where(ScanPage.form_kind == kind.value)
    if subject is not None:
        query = query.where(ScanPage.form_subject == subject)
    order = (ScanPage.form_kind, ScanPage.form_subject, ScanPage.code, ScanPage.page, ScanPage.file_id, ScanPage.number)
    return [as_reviewed(page, asked_on) for page, asked_on in session.execute(query.order_by(*order, ScanPage.part)).tuples()]


def as_reviewed(page: ScanPage, asked_on: Sequence[int] | None) -> ReviewedPage:
    """The plain value of an accepted page; `asked_on` as it was read. Raises ValueError for a page that is not accepted."""
    if page.result is None or page.form_subject is None:
        raise ValueError("this page was not accepted")
    fields: dict[str, str] = page.result["fields"]
    return ReviewedPage(
        page_id=page.id,
        process_id=page.process_id,
        form=FormKey(Kind(page.form_kind), page.form_subject),
        revision=page.revision,
        look=page.look,
        page=page.page,
        pages=page.pages,
        code=page.code,
        file_id=page.file_id,
        number=page.number,
        values={name: (answer.removeprefix(VALUE),) if answer.startswith(VALUE) else () for name, answer in fields.items()},
        overmarked=frozenset(name for name, answer in fields.items() if answer == SEVERAL),
        unclear=frozenset(name for name, answer in fields.items() if answer == UNCLEAR),
        texts=dict(page.result["texts"]),
        taken_by=page.taken_by,
        outdated=page.tray is PageTray.OUTDATED,
        read_at=page.created_at,
        asked_on=tuple(asked_on or range(1, page.pages + 1)),
    )


def pictures_of(session: Session, record: str, form: FormKey, code: str = "") -> list[str]:
    """The stored pictures of all pages of a copy, in their order: those that the record has taken, and with a `code` also
    those that nobody is asked anything on, or that nobody has taken."""
    same = (ScanPage.form_kind == form.kind.value, ScanPage.form_subject == form.subject, ScanPage.code == code)
    free = (ScanPage.state.in_((PageState.REVIEWED, PageState.SET_ASIDE)), ScanPage.taken_by.is_(None), ScanPage.why == "")
    found = ScanPage.taken_by == record
    query = (
        select(ScanPage.page, ScanPage.image_key)
        .where(or_(found, and_(*same, *free, ScanPage.tray.in_(LOOKED_THROUGH))) if code else found, ScanPage.image_key != "")
        .order_by(ScanPage.page, ScanPage.created_at.desc())
    )
    return list(dict(session.execute(query).tuples().all()).values())


def readers_of(session: Session, page_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Who has said what is on each page, the first one first; without those whose account is erased."""
    rows = session.execute(
        select(ScanDecision.page_id, ScanDecision.person_id)
        .where(ScanDecision.page_id.in_(page_ids), ScanDecision.undone_at.is_(None), ScanDecision.person_id.is_not(None))
        .order_by(ScanDecision.created_at, ScanDecision.id)
    )
    found: dict[uuid.UUID, list[uuid.UUID]] = {one: [] for one in page_ids}
    for page_id, person_id in rows:
        if person_id is not None:
            found[page_id].append(person_id)
    return found


def looked_through(session: Session, person_id: uuid.UUID, records: Sequence[str]) -> set[str]:
    """Of which of these records somebody has said what is on a page that it has taken, whether they took it back or not: they
    have seen what was read.
    """
    rows = session.scalars(
        select(ScanPage.taken_by)
        .join(ScanDecision, ScanDecision.page_id == ScanPage.id)
        .where(ScanPage.taken_by.in_(records), ScanDecision.person_id == person_id)
    )
    return {record for record in rows if record}


def with_pages(session: Session, records: Sequence[str]) -> set[str]:
    """Which of these records have pages."""
    return {one for one in session.scalars(select(ScanPage.taken_by).where(ScanPage.taken_by.in_(records)).distinct()) if one}


def names_of_files(session: Session, file_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What these files were called where they came from."""
    rows = session.execute(select(ScanFile.id, ScanFile.name).where(ScanFile.id.in_(set(file_ids))))
    return {row[0]: row[1] for row in rows}


def missing_pages(session: Session, process_id: uuid.UUID) -> list[Incomplete]:
    """Numbered copies, of several pages, of which not every page with a question is in the review or accepted."""
    rows = session.execute(
        select(
            ScanPage.form_kind,
            ScanPage.form_subject,
            ScanPage.code,
            ScanPage.pages,
            ScanPage.page,
            ScanPage.readings["asked_on"],
        )
        .where(ScanPage.process_id == process_id, ScanPage.copy_key.is_not(None), ScanPage.pages > 1)
        .order_by(ScanPage.form_kind, ScanPage.form_subject, ScanPage.code, ScanPage.page)
    )
    here: dict[tuple[str, uuid.UUID, str, int], set[int]] = {}
    asked: dict[tuple[str, uuid.UUID, str, int], list[int]] = {}
    for kind, subject, code, pages, page, asked_on in rows:
        if subject is None:  # a page with a number is one of a form
            continue
        here.setdefault((kind, subject, code, pages), set()).add(page)
        asked[kind, subject, code, pages] = asked_on or list(range(1, pages + 1))
    return [
        Incomplete(FormKey(Kind(kind), subject), code, pages, gone)
        for (kind, subject, code, pages), numbers in here.items()
        if (gone := tuple(page for page in asked[kind, subject, code, pages] if page not in numbers))
    ]
