"""How newsletters, their agreements and their readers are looked up. Readers are always those of the valve."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.consents.queries import AgreementState, DataAgreement, readers
from app.features.newsletters.models import Newsletter, NewsletterState
from app.features.newsletters.rules import PURPOSE

__all__ = ["Newsletter", "NewsletterState", "agreement_of", "agreements", "newsletter", "newsletters", "reader_counts"]


def newsletter(session: Session, newsletter_id: uuid.UUID, *, locked: bool = False) -> Newsletter | None:
    """One newsletter; `locked` until the end of the transaction."""
    if not locked:
        return session.get(Newsletter, newsletter_id)
    query = select(Newsletter).where(Newsletter.id == newsletter_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).first()


def agreement_of(session: Session, agreement_id: uuid.UUID) -> DataAgreement | None:
    """The agreement that a newsletter rests on, if it is one about newsletters."""
    found = session.get(DataAgreement, agreement_id)
    return found if found is not None and found.purpose_term == PURPOSE else None


def agreements(session: Session, process_ids: Collection[uuid.UUID] | None) -> Sequence[DataAgreement]:
    """The agreements about newsletters in force that somebody with these processes (None: all) may write under."""
    query = select(DataAgreement).where(DataAgreement.purpose_term == PURPOSE, DataAgreement.state == AgreementState.IN_FORCE)
    if process_ids is not None:
        query = query.where(DataAgreement.process_id.in_(process_ids))
    return session.scalars(query.order_by(DataAgreement.code)).all()


def newsletters(session: Session, process_ids: Collection[uuid.UUID] | None, limit: int = 100) -> Sequence[Newsletter]:
    """Newsletters, drafts first, then the newest."""
    query = select(Newsletter).join(DataAgreement, DataAgreement.id == Newsletter.agreement_id)
    if process_ids is not None:
        query = query.where(DataAgreement.process_id.in_(process_ids))
    order = (Newsletter.state != NewsletterState.DRAFT, Newsletter.created_at.desc(), Newsletter.id)
    return session.scalars(query.order_by(*order).limit(limit)).all()


def reader_counts(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many people would get a letter under each of these agreements now."""
    reachable = readers(ids).subquery()
    rows = session.execute(select(reachable.c.agreement_id, func.count()).group_by(reachable.c.agreement_id))
    return dict.fromkeys(ids, 0) | dict(rows.tuples().all())
