"""What one person sees: their cards, their timeline, what they may be asked, and who used their data."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.consents.governed import ContactDetail, ProfileDetail
from app.features.consents.models import (
    AgreementRevision,
    AgreementState,
    Answer,
    ConsentCode,
    ConsentEvent,
    ConsentRecord,
    DataAgreement,
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

    A young person was asked when their letter to an adult went out, which is no answer: they may ask again.
    """
    if minor_until(session, person_id) is not None:
        return set()
    open_ones = {entry.current.id for entry in found}
    answered = {record.revision_id for record in records.values()}
    asked = select(ConsentEvent.revision_id).where(
        ConsentEvent.person_id == person_id,
        ConsentEvent.revision_id.in_(open_ones - answered),
        ConsentEvent.answer == Answer.ASKED,
    )
    return set(session.scalars(asked))


def open_question(session: Session, process_id: uuid.UUID, person_id: uuid.UUID) -> DataAgreement | None:
    """The one agreement to ask this person about now, or None: there is none, or they have answered all."""
    return next(iter(open_questions(session, process_id, person_id)), None)


def record_of(session: Session, agreement_id: uuid.UUID, person_id: uuid.UUID) -> ConsentRecord | None:
    """The present answer of a person to an agreement."""
    return session.scalars(
        select(ConsentRecord).where(ConsentRecord.agreement_id == agreement_id, ConsentRecord.person_id == person_id)
    ).first()


def minor_until(session: Session, person_id: uuid.UUID) -> date | None:
    """The day from which somebody who said they are below the age set decides alone, or None."""
    found = session.get(Minor, person_id)
    return found.of_age_on if found else None


def guardian_of(session: Session, person_id: uuid.UUID) -> Guardian | None:
    """The adult who last was named for a minor, or None."""
    query = select(Guardian).where(Guardian.minor_id == person_id).order_by(Guardian.created_at.desc(), Guardian.id)
    return session.scalars(query).first()


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
    return Card(found, revision, record, active, ask, sample if active else {})


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


def timeline_of(session: Session, person_id: uuid.UUID, start: int = 0, limit: int = 20) -> Sequence[ConsentEvent]:
    """Answers a person gave, newest first, each with the text then shown: `limit` of them, from `start` on."""
    return session.scalars(
        select(ConsentEvent)
        .where(ConsentEvent.person_id == person_id)
        .order_by(ConsentEvent.at.desc(), ConsentEvent.number.desc(), ConsentEvent.id)
        .offset(start)
        .limit(limit)
    ).all()
