"""What time does: consents run out, people are reminded before, and what was given is deleted afterwards."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from sqlalchemy import and_, delete, exists, select, tuple_
from sqlalchemy.orm import Session

from app.features.accounts.queries import Person
from app.features.consents import mails
from app.features.consents.governed import GOVERNED, forget
from app.features.consents.models import (
    AgreementRevision,
    Answer,
    ConsentEvent,
    ConsentRecord,
    Giver,
)
from app.features.consents.queries import in_force
from app.features.consents.use_cases.recording import append
from app.features.notifications.use_cases import notify
from app.kernel import clock
from app.kernel.automated import decides
from app.kernel.permissions import SYSTEM


@decides("consents_run_out")
def expire_consents(session: Session, at_most: int | None = None) -> int:
    """Mark consents that have run out or lapsed, and delete what was given for them. Returns how many.

    `at_most` of them, those that ran out first: the task commits and goes on, so that no transaction holds a whole night's
    records. Locks in the same order each time.

    Until the nightly task calls it, a consent past its date is out of force all the same: `queries.in_force` looks at the
    date.
    """
    now = clock.now()
    due = session.scalars(
        select(ConsentRecord)
        .where(ConsentRecord.answer == Answer.GIVEN, ConsentRecord.expires_at <= now)
        .order_by(ConsentRecord.expires_at, ConsentRecord.id)
        .limit(at_most)
        .with_for_update()
    ).all()
    for record in due:
        last = session.get_one(ConsentEvent, record.event_id)
        append(
            session,
            SYSTEM,
            session.get_one(AgreementRevision, record.revision_id),
            record.person_id,
            Answer.EXPIRED,
            shown=last.shown_text,
            language=last.language,
            giver=Giver.NOBODY,
            lapses=record.lapses,
            channel=last.channel,
        )
        forget(session, record.agreement_id, record.person_id)
    session.flush()
    return len(due)


Place = tuple[int, uuid.UUID, uuid.UUID]
"""Where a step of `forget_out_of_force` ended: which of the tables of details, agreement, person."""
START: Place = (0, uuid.UUID(int=0), uuid.UUID(int=0))


@dataclass(frozen=True)
class Step:
    """What one step has removed, and where the next begins; None when there is nothing more."""

    removed: int
    place: Place | None


def forget_out_of_force(session: Session, place: Place = START, at_most: int = 500) -> Step:
    """Delete details whose consent counts no more, such as those given to words that were replaced on a stated date.

    `at_most` of them, in the order of the table: the task commits each step and goes on where it ended. A step that was cut
    off is done again from the beginning. Whoever gave a new yes meanwhile keeps their details: it is asked again as they go.
    """
    number, *after = place
    table = GOVERNED[number]
    valve = in_force().subquery("valve")
    kept = exists().where(valve.c.agreement_id == table.agreement_id, valve.c.person_id == table.person_id)
    key = tuple_(table.agreement_id, table.person_id)
    found = session.execute(
        select(table.agreement_id, table.person_id)
        .where(key > tuple_(*after), ~kept)
        .order_by(table.agreement_id, table.person_id)
        .limit(at_most)
    ).all()
    removed = 0
    for agreement_id, rows in groupby(found, key=lambda row: row.agreement_id):
        people = [row.person_id for row in rows]
        gone = delete(table).where(table.agreement_id == agreement_id, table.person_id.in_(people), ~kept)
        removed += len(session.execute(gone.returning(table.person_id)).all())
    if len(found) == at_most:
        return Step(removed, (number, found[-1].agreement_id, found[-1].person_id))
    return Step(removed, (number + 1, *START[1:]) if number + 1 < len(GOVERNED) else None)


REMIND_BEFORE = timedelta(days=30)
AT_ONCE = 1000
"""Letters in one step: the task commits each and goes on until there are none."""


@decides("consents_run_out")
def remind_of_expiry(session: Session) -> int:
    """Write to people whose yes runs out within 30 days, once for each end. Returns how many letters.

    Nobody is reminded of what lapses because they come of age: it is asked afresh then. People without an address get none.
    """
    now = clock.now()
    valve = in_force(now).subquery("valve")
    due = session.scalars(
        select(ConsentRecord)
        .join(valve, and_(valve.c.agreement_id == ConsentRecord.agreement_id, valve.c.person_id == ConsentRecord.person_id))
        .join(Person, Person.id == ConsentRecord.person_id)
        .where(
            ConsentRecord.expires_at <= now + REMIND_BEFORE,
            ConsentRecord.reminded_at.is_(None),
            ConsentRecord.lapses.is_(False),
            Person.email.is_not(None),
        )
        .order_by(ConsentRecord.expires_at, ConsentRecord.id)
        .limit(AT_ONCE)
        .with_for_update(of=ConsentRecord)
    ).all()
    for record in due:
        record.reminded_at = now
        until = record.expires_at.isoformat() if record.expires_at else ""
        params = {"agreement_id": str(record.agreement_id), "person": str(record.person_id), "until": until}
        notify(session, mails.RUNS_OUT, person_id=record.person_id, params=params)
    session.flush()
    return len(due)
