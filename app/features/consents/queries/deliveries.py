"""Messages to recipients: those of one recipient for the staff, the last one of each card for the person."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.features.consents.models import Endpoint, Notice, NoticeKind, Recipient
from app.kernel.paging import Page, last_page


def endpoint(session: Session, recipient_id: uuid.UUID) -> Endpoint | None:
    """Where a recipient's server takes messages, if they have one."""
    return session.get(Endpoint, recipient_id)


def notice(session: Session, notice_id: uuid.UUID) -> Notice | None:
    """One message."""
    return session.get(Notice, notice_id)


def notices_page(session: Session, recipient_id: uuid.UUID, number: int, size: int = 50) -> Page[Notice]:
    """Messages to a recipient: those not confirmed first, then the newest."""
    of_them = Notice.recipient_id == recipient_id
    total = session.scalar(select(func.count()).select_from(Notice).where(of_them)) or 0
    number = last_page(number, total, size)
    order = (Notice.acknowledged_at.is_not(None), Notice.at.desc(), Notice.id)
    query = select(Notice).where(of_them).order_by(*order).limit(size).offset((number - 1) * size)
    return Page(session.scalars(query).all(), number, size, total)


@dataclass(frozen=True)
class Told:
    """How a recipient stands: how many messages wait, since when some fail, and whether they have a server."""

    recipient: Recipient
    has_server: bool
    waiting: int
    failing: int
    failing_since: datetime | None


def told_recipients(session: Session) -> list[Told]:
    """Every recipient with their messages in numbers; in trouble first. One statement."""
    open_ones = Notice.acknowledged_at.is_(None) & (Notice.kind != NoticeKind.TEST)
    failing = open_ones & Notice.failing_since.is_not(None)
    rows = session.execute(
        select(
            Recipient,
            func.max(Endpoint.url),
            func.sum(case((open_ones, 1), else_=0)),
            func.sum(case((failing, 1), else_=0)),
            func.min(case((failing, Notice.failing_since))),
        )
        .outerjoin(Endpoint, Endpoint.recipient_id == Recipient.id)
        .outerjoin(Notice, Notice.recipient_id == Recipient.id)
        .group_by(Recipient.id)
        .order_by(Recipient.created_at, Recipient.id)
    )
    found = [Told(one, url is not None, waiting or 0, bad or 0, since) for one, url, waiting, bad, since in rows]
    return sorted(found, key=lambda one: (not one.failing, not one.waiting))


@dataclass(frozen=True)
class LastNotice:
    """What a recipient was last told of one person; `by_hand` where they have no server and staff tell them."""

    notice: Notice
    by_hand: bool


def last_notices(session: Session, person_id: uuid.UUID, agreements: Collection[uuid.UUID]) -> dict[uuid.UUID, LastNotice]:
    """For each of these agreements what its recipient was last told of this person. One statement."""
    query = (
        select(Notice, Endpoint.url)
        .outerjoin(Endpoint, Endpoint.recipient_id == Notice.recipient_id)
        .where(Notice.person_id == person_id, Notice.agreement_id.in_(agreements))
        .order_by(Notice.at, Notice.id)
    )
    rows = session.execute(query).all()
    return {found.agreement_id: LastNotice(found, url is None) for found, url in rows if found.agreement_id is not None}


def unconfirmed(session: Session, recipient_id: uuid.UUID) -> Sequence[Notice]:
    """Messages that a recipient has not confirmed, oldest first."""
    query = select(Notice).where(Notice.recipient_id == recipient_id, Notice.acknowledged_at.is_(None))
    return session.scalars(query.order_by(Notice.at, Notice.id)).all()
