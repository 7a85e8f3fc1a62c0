"""What one person sees: their cards, their timeline, what they may be asked, and who used their data."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.features.consents.governed import ContactDetail, ProfileDetail
from app.features.consents.models import (
    BY_PROGRAM,
    AgreementRevision,
    AgreementState,
    Answer,
    ConsentCode,
    ConsentEvent,
    ConsentRecord,
    DataAgreement,
    Giver,
    Guardian,
    Minor,
)
from app.features.consents.queries.agreements import agreements_of_process
from app.features.consents.rules import is_in_force, may_be_asked
from app.features.spaces.queries import Area
from app.kernel import clock


def open_questions(session: Session, process_id: uuid.UUID, person_id: uuid.UUID) -> list[DataAgreement]:
    """The agreements to ask this person about in a process; the oldest first."""
    found = [entry for entry in agreements_of_process(session, process_id) if entry.asks]
    if not found:
        return []
    records = {
        record.agreement_id: record
        for record in session.scalars(
            select(ConsentRecord).where(
                ConsentRecord.person_id == person_id, ConsentRecord.agreement_id.in_([entry.id for entry in found])
            )
        )
    }
    now = clock.now()
    put_off = _asked_and_not_answered(session, person_id, found, records)
    return [entry for entry in found if may_be_asked(records.get(entry.id), entry, now) and entry.current.id not in put_off]


def _asked_and_not_answered(
    session: Session, person_id: uuid.UUID, found: list[DataAgreement], records: dict[uuid.UUID, ConsentRecord]
) -> set[uuid.UUID]:
    """Revisions that this person was asked about and put off: they do not come back by themselves, until another text does.

    What was asked before their last answer was answered with it. That an adult was asked for a young person is no answer of
    theirs: they may ask again.
    """
    asked = (
        select(ConsentEvent.agreement_id, ConsentEvent.revision_id, func.max(ConsentEvent.number))
        .where(
            ConsentEvent.person_id == person_id,
            ConsentEvent.revision_id.in_([entry.current.id for entry in found]),
            ConsentEvent.answer == Answer.ASKED,
            ConsentEvent.giver == Giver.SELF,
        )
        .group_by(ConsentEvent.agreement_id, ConsentEvent.revision_id)
    )
    last = [record.event_id for record in records.values()]
    query = select(ConsentEvent.agreement_id, ConsentEvent.number).where(ConsentEvent.id.in_(last))
    answered = {row.agreement_id: row.number for row in session.execute(query)}
    return {
        revision_id
        for agreement_id, revision_id, number in session.execute(asked).tuples()
        if number > answered.get(agreement_id, 0)
    }


def open_question(session: Session, process_id: uuid.UUID, person_id: uuid.UUID) -> DataAgreement | None:
    """The one agreement to ask this person about now, or None: there is none, or they have answered all."""
    return next(iter(open_questions(session, process_id, person_id)), None)


def record_of(session: Session, agreement_id: uuid.UUID, person_id: uuid.UUID) -> ConsentRecord | None:
    """The present answer of a person to an agreement."""
    return session.scalars(
        select(ConsentRecord).where(ConsentRecord.agreement_id == agreement_id, ConsentRecord.person_id == person_id)
    ).first()


def refused_in_person(session: Session, record: ConsentRecord) -> bool:
    """Whether somebody has said no since their last yes, other than through a program.

    What programs say after it changes nothing: a no that a program passes on does not become the last word, so that its next
    yes would be taken.
    """
    if record.answer not in (Answer.REFUSED, Answer.WITHDRAWN):
        return False
    theirs = (ConsentEvent.agreement_id == record.agreement_id, ConsentEvent.person_id == record.person_id)
    last_yes = select(func.coalesce(func.max(ConsentEvent.number), 0)).where(
        *theirs, ConsentEvent.answer.in_((Answer.GIVEN, Answer.RENEWED))
    )
    own = select(ConsentEvent.id).where(
        *theirs,
        ConsentEvent.answer.in_((Answer.REFUSED, Answer.WITHDRAWN)),
        ConsentEvent.remark.not_like(f"{BY_PROGRAM}%"),
        ConsentEvent.number > last_yes.scalar_subquery(),
    )
    return session.scalars(own.limit(1)).first() is not None


def minor_until(session: Session, person_id: uuid.UUID) -> date | None:
    """The day from which somebody who said they are below the age set decides alone, or None."""
    found = session.get(Minor, person_id)
    return found.of_age_on if found else None


def guardian_of(session: Session, person_id: uuid.UUID) -> Guardian | None:
    """The adult who last was named for a minor, or None."""
    query = select(Guardian).where(Guardian.minor_id == person_id).order_by(Guardian.created_at.desc(), Guardian.id)
    return session.scalars(query).first()


RENEWED_WITHIN = timedelta(days=90)
"""So long before its end a yes can be renewed on one's page; the reminder comes within that time."""


@dataclass(frozen=True)
class Card:
    """What a person sees of one agreement on their page.

    `revision` is the one they answered, or the present one where nothing was answered. `sample` is their own record as it
    would be sent, by category; empty when nothing is sent.
    """

    agreement: DataAgreement
    revision: AgreementRevision
    record: ConsentRecord | None
    in_force: bool
    ask: bool
    sample: dict[str, Any]
    ends_soon: bool = False

    @property
    def renewable(self) -> bool:
        """Whether renewing is offered: near the end of a yes, or to the same in clearer words; before that it says nothing."""
        return self.in_force and not self.ask and (self.ends_soon or self.replaced)

    @property
    def replaced(self) -> bool:
        """Whether there is a newer text than the one that was answered."""
        return self.revision.id != self.agreement.current.id


def cards_of(session: Session, person_id: uuid.UUID) -> list[Card]:
    """Every agreement this person has answered, and those on another basis that concern everybody; in force first."""
    now = clock.now()
    records = {
        record.agreement_id: record
        for record in session.scalars(
            select(ConsentRecord).where(ConsentRecord.person_id == person_id).order_by(ConsentRecord.since.desc())
        )
    }
    samples = _samples(session, person_id)
    cards = [
        _card(found, records.get(found.id), samples.get(found.id, {}), now) for found in _agreements(session, list(records))
    ]
    return sorted(cards, key=lambda card: (not card.in_force, not card.agreement.asks, card.agreement.code))


def _agreements(session: Session, answered: list[uuid.UUID]) -> Sequence[DataAgreement]:
    """Those that were answered, and those in force that nobody is asked about (the public task and the like)."""
    told = (DataAgreement.state == AgreementState.IN_FORCE) & DataAgreement.legal_basis.not_in(("consent", "explicit_consent"))
    return session.scalars(select(DataAgreement).where(DataAgreement.id.in_(answered) | told)).all()


def _card(found: DataAgreement, record: ConsentRecord | None, sample: dict[str, Any], now: Any) -> Card:
    answered = record.revision_id if record else None
    revision = next((r for r in found.revisions if r.id == answered), found.current)
    active = is_in_force(record, found, now)
    ask = found.asks and found.state is AgreementState.IN_FORCE and (not active or may_be_asked(record, found, now))
    soon = active and record is not None and record.expires_at is not None and record.expires_at <= now + RENEWED_WITHIN
    return Card(found, revision, record, active, ask, sample if active else {}, soon)


def sample_of(session: Session, agreement_id: uuid.UUID, person_id: uuid.UUID) -> dict[str, Any]:
    """The governed details of one person for one agreement, by category: their record as it would be sent."""
    return _samples(session, person_id).get(agreement_id, {})


def _samples(session: Session, person_id: uuid.UUID) -> dict[uuid.UUID, dict[str, Any]]:
    """By agreement; areas by their names in each language."""
    found: dict[uuid.UUID, dict[str, Any]] = {}
    for contact in session.scalars(select(ContactDetail).where(ContactDetail.person_id == person_id)):
        found.setdefault(contact.agreement_id, {}).update(name=contact.name, contact=contact.address)
    rows = session.execute(
        select(ProfileDetail, Area.name)
        .outerjoin(Area, Area.id == ProfileDetail.area_id)
        .where(ProfileDetail.person_id == person_id)
    )
    for profile, area in rows:
        found.setdefault(profile.agreement_id, {}).update(
            age_band=profile.age_band, area=area or {}, languages=list(profile.languages), gender=profile.gender
        )
    return {agreement_id: {name: value for name, value in sample.items() if value} for agreement_id, sample in found.items()}


def person_of_code(session: Session, code_id: uuid.UUID) -> uuid.UUID | None:
    """Whose slip has this code; None when it counts no more."""
    return session.scalar(select(ConsentCode.person_id).where(ConsentCode.id == code_id))


def events_of(session: Session, agreement_id: uuid.UUID, person_id: uuid.UUID) -> Sequence[ConsentEvent]:
    """The events of one person about one agreement, in their order."""
    return session.scalars(
        select(ConsentEvent)
        .where(ConsentEvent.agreement_id == agreement_id, ConsentEvent.person_id == person_id)
        .order_by(ConsentEvent.number)
    ).all()


def purposes_of(session: Session, revisions: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
    """What each of these revisions is for, in the languages it is written in. One statement."""
    query = select(AgreementRevision.id, AgreementRevision.purpose).where(AgreementRevision.id.in_(revisions))
    return {found.id: found.purpose for found in session.execute(query)}


def timeline_of(session: Session, person_id: uuid.UUID, start: int = 0, limit: int = 20) -> Sequence[ConsentEvent]:
    """Answers a person gave, newest first, each with the text then shown: `limit` of them, from `start` on."""
    return session.scalars(
        select(ConsentEvent)
        .where(ConsentEvent.person_id == person_id)
        .order_by(ConsentEvent.at.desc(), ConsentEvent.number.desc(), ConsentEvent.id)
        .offset(start)
        .limit(limit)
    ).all()
