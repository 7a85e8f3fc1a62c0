"""Uses of people's data, looked up by the person they are about; `rules` tells them in sentences."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.features.consents.models import Answer, ConsentRecord, DataAgreement, Usage
from app.kernel import clock

USAGES_KEPT = timedelta(days=2 * 365)
"""How long a usage is kept after the use: as long as the data, and a little longer. See `docs/consent/valve.md`."""
ONE_LOOK = timedelta(minutes=15)
"""Who opens the same page again within this time is still at the same look."""
ONE_READING = timedelta(days=1)
"""A program that reads the same person's answers again within this time is noted once."""
PAGE = 50
MOST = 200

Place = tuple[datetime, uuid.UUID]
"""Where a page of usages ended: when, and which."""


def usages_between(
    session: Session,
    person_id: uuid.UUID,
    start: datetime | None = None,
    end: datetime | None = None,
    after: Place | None = None,
    limit: int = PAGE,
) -> Sequence[Usage]:
    """Usages of a person's data from `start` up to (not including) `end`, newest first, at most `limit` (up to 200).

    `after` is the place where the page before ended (`place_of` its last usage): however many there are, only the rows of this
    page are read, by the index over person and time.
    """
    query = select(Usage).where(Usage.person_id == person_id)
    if start is not None:
        query = query.where(Usage.at >= start)
    if end is not None:
        query = query.where(Usage.at < end)
    if after is not None:
        at, last = after
        query = query.where(Usage.at <= at, or_(Usage.at < at, Usage.id < last))
    limit = max(1, min(limit, MOST))
    return session.scalars(query.order_by(Usage.at.desc(), Usage.id.desc()).limit(limit)).all()


def place_of(usage: Usage) -> Place:
    """Where a page that ends with this usage ends."""
    return usage.at, usage.id


def place_in_words(place: Place) -> str:
    """A place as it stands in an address."""
    return f"{place[0].isoformat()}~{place[1].hex}"


def place_from_words(words: str | None) -> Place | None:
    """The place that an address names; None for what is not one, which means the beginning."""
    at, _, last = (words or "").partition("~")
    try:
        moment = datetime.fromisoformat(at.replace(" ", "+"))  # an unescaped plus of the zone arrives as a blank
        return (moment, uuid.UUID(last)) if moment.tzinfo else None
    except ValueError:
        return None


@dataclass(frozen=True)
class ToldUsage:
    """A usage with what its person is told beside it. `withdrawn_at`: they took the consent back after this use."""

    usage: Usage
    agreement: DataAgreement | None = None
    withdrawn_at: datetime | None = None


def told(session: Session, person_id: uuid.UUID, usages: Sequence[Usage]) -> list[ToldUsage]:
    """Usages with their agreements and withdrawals: as many statements for a page as for one."""
    wanted = {usage.agreement_id for usage in usages if usage.agreement_id is not None}
    if not wanted:
        return [ToldUsage(usage) for usage in usages]
    agreements: Mapping[uuid.UUID, DataAgreement] = {
        found.id: found for found in session.scalars(select(DataAgreement).where(DataAgreement.id.in_(wanted)))
    }
    withdrawn: dict[uuid.UUID, datetime] = dict(
        session.execute(
            select(ConsentRecord.agreement_id, ConsentRecord.since).where(
                ConsentRecord.person_id == person_id,
                ConsentRecord.agreement_id.in_(wanted),
                ConsentRecord.answer == Answer.WITHDRAWN,
            )
        )
        .tuples()
        .all()
    )
    found = []
    for usage in usages:
        since = withdrawn.get(usage.agreement_id) if usage.agreement_id else None
        agreement = agreements.get(usage.agreement_id) if usage.agreement_id else None
        found.append(ToldUsage(usage, agreement, since if since is not None and usage.at <= since else None))
    return found


def looked_lately(
    session: Session, people: Iterable[uuid.UUID], kind: str, role: str, department: str, within: timedelta = ONE_LOOK
) -> set[uuid.UUID]:
    """Those of these people whose record the same office, or the same program, is looking at already."""
    query = select(Usage.person_id).where(
        Usage.person_id.in_(list(people)),
        Usage.at > clock.now() - within,
        Usage.kind == kind,
        Usage.by_role == role,
        Usage.by_department == department,
    )
    return set(session.scalars(query))
