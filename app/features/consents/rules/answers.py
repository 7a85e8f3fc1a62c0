"""What an answer needs to count, how long it does, and which state follows from events. Pure."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from app.features.consents.models import AgreementState, Answer, ConsentEvent, ConsentRecord, DataAgreement
from app.kernel.automated import decides
from app.kernel.messages import Message, msg

DAYS_A_MONTH = 30.4375


ANSWERS: dict[Answer, Message] = {
    Answer.ASKED: msg("You were asked"),
    Answer.GIVEN: msg("You said yes"),
    Answer.REFUSED: msg("You said no"),
    Answer.WITHDRAWN: msg("You took it back"),
    Answer.RENEWED: msg("You renewed your yes"),
    Answer.EXPIRED: msg("It ran out"),
    Answer.OBJECTED: msg("You objected"),
}


def expiry(moment: datetime, months: int) -> datetime:
    """When a consent given at `moment` runs out."""
    return moment + timedelta(days=round(months * DAYS_A_MONTH))


def runs_until(moment: datetime, months: int, of_age_on: date | None) -> tuple[datetime, bool]:
    """When a yes given now ends, and whether that is because the minor is then old enough to decide alone."""
    end = expiry(moment, months)
    if of_age_on is None:
        return end, False
    of_age = datetime.combine(of_age_on, time(), UTC)
    return (of_age, True) if of_age < end else (end, False)


@decides("minors")
def is_minor(of_age_on: date | None, now: datetime) -> bool:
    """Whether somebody of whom this day is known is still below the age set."""
    return of_age_on is not None and datetime.combine(of_age_on, time(), UTC) > now


@dataclass(frozen=True)
class State:
    """Where the events about one agreement and one person have led to."""

    answer: Answer
    revision_id: UUID
    event_id: UUID
    number: int
    since: datetime
    expires_at: datetime | None
    lapses: bool


def next_state(before: State | None, event: ConsentEvent) -> State | None:
    """The state after one more event. Having been asked changes no answer; a renewal keeps the yes and its new end."""
    if event.answer is Answer.ASKED:
        if before is None:
            return None
        return State(**{**before.__dict__, "number": event.number})
    renewed = event.answer is Answer.RENEWED
    return State(
        answer=Answer.GIVEN if renewed else event.answer,
        revision_id=event.revision_id,
        event_id=event.id,
        number=event.number,
        since=before.since if renewed and before else event.at,
        expires_at=event.until,
        lapses=event.lapses,
    )


def replay(events: Iterable[ConsentEvent]) -> State | None:
    """The state that events lead to, in the order of their numbers."""
    state: State | None = None
    for event in sorted(events, key=lambda e: e.number):
        state = next_state(state, event)
    return state


def is_replaced(record: ConsentRecord, agreement: DataAgreement, now: datetime | None = None) -> bool:
    """Whether the words have changed in substance since this answer was given.

    With `now`: whether the answer has stopped to count for that, which the new revision may put off to a stated date.
    """
    answered = next((revision.number for revision in agreement.revisions if revision.id == record.revision_id), 0)
    return any(
        revision.material
        and revision.number > answered
        and (now is None or revision.earlier_end_at is None or revision.earlier_end_at <= now)
        for revision in agreement.published
    )


def is_in_force(record: ConsentRecord | None, agreement: DataAgreement, now: datetime) -> bool:
    """Whether this answer is a yes that counts: agreement in force, not run out, not replaced by other words."""
    return (
        record is not None
        and agreement.state is AgreementState.IN_FORCE
        and agreement.asks
        and record.answer is Answer.GIVEN
        and (record.expires_at is None or record.expires_at > now)
        and not is_replaced(record, agreement, now)
    )


def can_be_taken_back(record: ConsentRecord) -> bool:
    """Whether there is something to take back: a yes, or an objection. A no stays a no, and what ran out has run out."""
    return record.answer in (Answer.GIVEN, Answer.OBJECTED)


def may_be_asked(record: ConsentRecord | None, agreement: DataAgreement, now: datetime) -> bool:
    """Whether to ask this person: never answered, run out, or the words have changed in substance since."""
    if not agreement.asks:
        return False
    if record is None or record.answer is Answer.EXPIRED:
        return True
    if record.answer is Answer.GIVEN and not is_in_force(record, agreement, now):
        return True
    return is_replaced(record, agreement)


def same_name(one: str, other: str) -> bool:
    """Whether two names can be of the same person: the words of the shorter one stand in the other, in any order and case.

    An empty name says nothing and fits every other.
    """
    words, others = (set(unicodedata.normalize("NFKC", name).casefold().split()) for name in (one, other))
    return words <= others or others <= words
