"""An event is appended and the present state brought up to it. No other code writes either."""

import uuid
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from app.features.consents import rules
from app.features.consents.models import (
    AgreementRevision,
    Answer,
    ConsentEvent,
    ConsentRecord,
    Giver,
)
from app.features.consents.use_cases.telling import tell_of_answer
from app.kernel import clock
from app.kernel.errors import Conflict
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Channel

TRIES = 20
Heard = Callable[[Session, ConsentEvent, ConsentRecord | None], None]
Admit = Callable[[Session, ConsentRecord | None], None]
"""Looks at the present answer, which nobody else can change meanwhile, and raises where the new one may not follow it."""
_listening: list[Heard] = []


def listen(listener: Heard) -> Heard:
    """Register who is told of each event, in its transaction: rooms that stand on this one and pass it on (by the outbox)."""
    if listener not in _listening:
        _listening.append(listener)
    return listener


def locked_record(session: Session, agreement_id: uuid.UUID, person_id: uuid.UUID) -> ConsentRecord | None:
    """The present answer, locked until the end of the transaction."""
    return session.scalars(
        select(ConsentRecord)
        .where(ConsentRecord.agreement_id == agreement_id, ConsentRecord.person_id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def append(
    session: Session,
    actor: Actor,
    revision: AgreementRevision,
    person_id: uuid.UUID,
    answer: Answer,
    *,
    shown: str,
    language: str,
    giver: Giver = Giver.SELF,
    guardian_id: uuid.UUID | None = None,
    sheet: str = "",
    remark: str = "",
    until: datetime | None = None,
    lapses: bool = False,
    channel: Channel | None = None,
    admit: Admit | None = None,
    anew: bool = False,
) -> ConsentRecord | None:
    """Append an event and bring the state up to it; two devices at once end in one state, the later event's.

    The number of the event is unique for a person and an agreement: of two at the same moment one waits, sees the other,
    and takes the next number. That somebody was asked is noted once for a revision, and `anew` once for each answer that it
    comes after. `admit` is asked under the lock, before the event is there; what it raises ends the transaction.

    Returns None when somebody was asked who has never answered.
    """
    for _attempt in range(TRIES):
        record = locked_record(session, revision.agreement_id, person_id)
        if admit is not None:
            admit(session, record)
        if answer is Answer.ASKED and _was_asked(session, revision.id, person_id, giver, record if anew else None):
            return record
        event = ConsentEvent(
            agreement_id=revision.agreement_id,
            revision_id=revision.id,
            person_id=person_id,
            number=_next_number(session, record, revision.agreement_id, person_id),
            answer=answer,
            shown_text=shown,
            language=language,
            channel=channel or actor.channel,
            giver=giver,
            guardian_id=guardian_id,
            hands_id=actor.person_id if actor.person_id != person_id else None,
            sheet=sheet,
            remark=remark,
            until=until,
            lapses=lapses,
            at=clock.now(),
        )
        try:
            with session.begin_nested():
                session.add(event)
                session.flush()
                if record is None and admit is not None and _is_answered(session, revision.agreement_id, person_id):
                    raise _Overtaken
        except (IntegrityError, _Overtaken):
            continue
        before = record.answer if record is not None else None
        record = _bring_up(session, record, event)
        tell_of_answer(session, event, before)
        for listener in _listening:
            listener(session, event, record)
        return record
    raise Conflict(msg("You have answered on another device at the same moment. Try again."))


class _Overtaken(Exception):
    """Somebody has answered between our look and our event: both are done again, because `admit` must not see our own yes."""


def _is_answered(session: Session, agreement_id: uuid.UUID, person_id: uuid.UUID) -> bool:
    """Asked without a lock: whoever holds the record may wait for the number of our event."""
    theirs = (ConsentRecord.agreement_id == agreement_id, ConsentRecord.person_id == person_id)
    return session.scalar(select(ConsentRecord.id).where(*theirs)) is not None


def _was_asked(
    session: Session, revision_id: uuid.UUID, person_id: uuid.UUID, giver: Giver, after: ConsentRecord | None
) -> bool:
    """Looked up anew at each try, so that two devices note it once. `after`: only since the answer that counts there."""
    noted = exists().where(
        ConsentEvent.person_id == person_id,
        ConsentEvent.revision_id == revision_id,
        ConsentEvent.answer == Answer.ASKED,
        ConsentEvent.giver == giver,
    )
    if after is not None:
        answered = aliased(ConsentEvent)
        noted = noted.where(
            ConsentEvent.number > select(answered.number).where(answered.id == after.event_id).scalar_subquery()
        )
    return bool(session.scalar(select(noted)))


def _next_number(session: Session, record: ConsentRecord | None, agreement_id: uuid.UUID, person_id: uuid.UUID) -> int:
    """One more than the last event's. Somebody who was only asked has events but no record."""
    if record is not None:
        return record.number + 1
    query = select(func.coalesce(func.max(ConsentEvent.number), 0)).where(
        ConsentEvent.agreement_id == agreement_id, ConsentEvent.person_id == person_id
    )
    return int(session.scalar(query) or 0) + 1


def _bring_up(session: Session, record: ConsentRecord | None, event: ConsentEvent) -> ConsentRecord | None:
    # whoever wrote the event before ours at the same moment has made the record too
    record = record or locked_record(session, event.agreement_id, event.person_id)
    state = rules.next_state(state_of(record), event)
    if state is None:
        return None
    if record is None:
        record = ConsentRecord(agreement_id=event.agreement_id, person_id=event.person_id)
    if state.answer is not Answer.GIVEN or state.expires_at != record.expires_at:
        record.reminded_at = None
    record.answer, record.revision_id, record.event_id = state.answer, state.revision_id, state.event_id
    record.number, record.since = state.number, state.since
    record.expires_at, record.lapses = state.expires_at, state.lapses
    session.add(record)
    session.flush()
    return record


def state_of(record: ConsentRecord | None) -> rules.State | None:
    """What a record says, as events say it."""
    if record is None:
        return None
    return rules.State(
        answer=record.answer,
        revision_id=record.revision_id,
        event_id=record.event_id,
        number=record.number,
        since=record.since,
        expires_at=record.expires_at,
        lapses=record.lapses,
    )
