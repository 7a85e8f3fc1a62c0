"""Rules of retention at work: what each would do, and doing it. Each rule on its own, in short transactions."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from app.features.accounts.queries import Person, unused, without_address
from app.features.consents.queries import Answer, ConsentEvent, ConsentRecord
from app.features.erasure import mails
from app.features.erasure.models import Erasure, ErasureState, Origin, RetentionRun
from app.features.erasure.use_cases.beginning import begin
from app.features.notifications.use_cases import notify
from app.features.proposals.queries import Proposal
from app.kernel import clock, erasing, retention
from app.kernel.permissions import SYSTEM
from app.kernel.retention import Notice, Rule

WARNED_BEFORE = 30
"""Days between the letter that tells somebody and the day their unused account goes."""


@dataclass(frozen=True)
class Forecast:
    """What a rule will do in a run: how many it removes, how many people it tells."""

    rule: Rule
    days: int | None
    removes: int
    tells: int


def forecast(session: Session, rule: Rule, moment: datetime) -> Forecast:
    """What a run at `moment` would do, as things stand. Changes nothing."""
    before = retention.cut_off(rule, moment)
    if before is None:
        return Forecast(rule, None, 0, 0)
    notice = rule.notice
    tells = notice.count(session, before + timedelta(days=notice.days)) if notice else 0
    return Forecast(rule, retention.days_of(rule), rule.count(session, before), tells)


def note_run(session: Session, rule: str, *, removed: int = 0, announced: int = 0, error: str = "") -> None:
    """Write down what one run of one rule did."""
    session.add(RetentionRun(rule=rule, removed=removed, announced=announced, error=error[:120]))
    session.flush()


def _told(before: datetime) -> ColumnElement[bool]:
    """Unused accounts whose people were told long enough ago, and have not come back since."""
    told_before = clock.now() - timedelta(days=WARNED_BEFORE)
    return and_(unused(before), Person.unused_told_at > Person.last_used_at, Person.unused_told_at <= told_before)


def _to_tell(before: datetime) -> ColumnElement[bool]:
    return and_(unused(before), or_(Person.unused_told_at.is_(None), Person.unused_told_at <= Person.last_used_at))


def _count(session: Session, which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Person).where(which)) or 0


def erase_unused(session: Session, before: datetime, most: int) -> int:
    """Begin to erase them; the worker does the rest. Somebody who asked for it themselves is being erased anyway."""
    return _begin(session, session.scalars(select(Person.id).where(_told(before)).limit(most)).all())


def _begin(session: Session, found: Sequence[uuid.UUID]) -> int:
    erased = 0
    for person_id in found:
        if erasing.obstacles(session, person_id):
            continue
        erasure = session.scalars(select(Erasure).where(Erasure.person_id == person_id)).one_or_none()
        if erasure is None:
            erasure = Erasure(person_id=person_id, origin=Origin.UNUSED, state=ErasureState.WAITING, at_once=True)
            session.add(erasure)
        begin(session, SYSTEM, erasure)
        erased += 1
    return erased


def _over(before: datetime) -> ColumnElement[bool]:
    """People without an address who have answered, on paper or at a desk, and of whose answers none counts any more.

    The last that happened to one, its end too, was before. Whoever has made a proposal is none of them.
    """
    given = exists().where(
        ConsentRecord.person_id == Person.id,
        ConsentRecord.answer == Answer.GIVEN,
        or_(ConsentRecord.expires_at.is_(None), ConsentRecord.expires_at > clock.now()),
    )
    return and_(
        without_address(),
        exists().where(ConsentEvent.person_id == Person.id),
        ~exists().where(ConsentEvent.person_id == Person.id, ConsentEvent.at >= before),
        ~given,
        ~exists().where(Proposal.author_id == Person.id),
    )


def erase_over(session: Session, before: datetime, most: int) -> int:
    """Begin to erase them; the worker does the rest. Nobody can be told before: they left no address."""
    return _begin(session, session.scalars(select(Person.id).where(_over(before)).limit(most)).all())


def count_over(session: Session, before: datetime) -> int:
    """How many of them there are."""
    return _count(session, _over(before))


def _tell_unused(session: Session, before: datetime, most: int) -> int:
    """Write to them; what they can do about it is to sign in."""
    found: list[uuid.UUID] = list(session.scalars(select(Person.id).where(_to_tell(before)).limit(most)))
    now = clock.now()
    for person_id in found:
        notify(session, mails.UNUSED, person_id=person_id, params={"day": (now + timedelta(days=WARNED_BEFORE)).isoformat()})
    session.execute(
        update(Person).where(Person.id.in_(found)).values(unused_told_at=now), execution_options={"synchronize_session": False}
    )
    session.expire_all()
    return len(found)


UNUSED = Notice(WARNED_BEFORE, lambda session, before: _count(session, _to_tell(before)), _tell_unused)


def count_told(session: Session, before: datetime) -> int:
    """Unused accounts that a run would begin to erase."""
    return _count(session, _told(before))
