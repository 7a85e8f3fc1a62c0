"""Pictures of sheets that are kept with the answers typed from them."""

import uuid
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.consents.models import ConsentEvent, ConsentPaper


def papers_of(session: Session, events: Iterable[ConsentEvent]) -> dict[uuid.UUID, list[ConsentPaper]]:
    """By the id of an answer: the pages of its sheet. One question, and none where no answer came from paper."""
    wanted = [event.id for event in events if event.sheet]
    found: dict[uuid.UUID, list[ConsentPaper]] = {}
    if wanted:
        query = select(ConsentPaper).where(ConsentPaper.event_id.in_(wanted))
        for paper in session.scalars(query.order_by(ConsentPaper.event_id, ConsentPaper.number)):
            found.setdefault(paper.event_id, []).append(paper)
    return found


def paper_of(session: Session, paper_id: uuid.UUID, people: Collection[uuid.UUID]) -> ConsentPaper | None:
    """A page, if it is of one of these people."""
    paper = session.get(ConsentPaper, paper_id)
    return paper if paper is not None and paper.person_id in people else None


def papers_of_sheets(session: Session, agreement_id: uuid.UUID, sheets: Collection[str]) -> dict[str, list[ConsentPaper]]:
    """By the reference on a sheet: its pages, as they are kept with the answer."""
    found: dict[str, list[ConsentPaper]] = {}
    rows = session.execute(
        select(ConsentEvent.sheet, ConsentPaper)
        .join(ConsentPaper, ConsentPaper.event_id == ConsentEvent.id)
        .where(ConsentEvent.agreement_id == agreement_id, ConsentEvent.sheet.in_(sheets))
        .order_by(ConsentEvent.sheet, ConsentPaper.event_id, ConsentPaper.number)
    ).tuples()
    for sheet, paper in rows:
        found.setdefault(sheet, []).append(paper)
    return found


def kept_pictures(session: Session, keys: Sequence[str]) -> set[str]:
    """Which of these files are evidence of an answer."""
    return set(session.scalars(select(ConsentPaper.key).where(ConsentPaper.key.in_(keys))))
