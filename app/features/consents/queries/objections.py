"""Objections to what rests on the public task: what waits for a decision, what was decided, and what the person reads of it."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.features.accounts.queries import people_names
from app.features.consents import objecting
from app.features.consents.models import (
    DECIDED,
    AgreementState,
    Answer,
    ConsentEvent,
    ConsentRecord,
    DataAgreement,
    LegalBasis,
    ObjectionDecision,
    Ruling,
)
from app.kernel import clock


@dataclass(frozen=True)
class Objection:
    """Somebody objects to a use that rests on the public task. `decision` is where the examination stands, if it has begun."""

    agreement: DataAgreement
    event: ConsentEvent
    decision: ObjectionDecision | None

    @property
    def person_id(self) -> uuid.UUID:
        """Who objects."""
        return self.event.person_id

    @property
    def state(self) -> Ruling | None:
        """Where the examination stands; None before it has begun."""
        return self.decision.state if self.decision else None

    @property
    def due(self) -> date:
        """The last day for the answer."""
        return objecting.due_on(self.event.at)

    @property
    def waits_days(self) -> int:
        """For how many whole days the person has been waiting."""
        return (clock.now() - self.event.at).days

    @property
    def overdue(self) -> bool:
        """Whether the month for the answer is over."""
        return objecting.is_overdue(self.event.at, clock.now())


Ids = Collection[uuid.UUID] | None


def _standing(process_ids: Ids) -> Select[DataAgreement, ConsentEvent, ObjectionDecision]:
    """Objections that were not taken back, to agreements in force of these processes (None: of all, and of the city)."""
    query = (
        select(DataAgreement, ConsentEvent, ObjectionDecision)
        .select_from(ConsentRecord)
        .join(DataAgreement, DataAgreement.id == ConsentRecord.agreement_id)
        .join(ConsentEvent, ConsentEvent.id == ConsentRecord.event_id)
        .outerjoin(ObjectionDecision, ObjectionDecision.event_id == ConsentRecord.event_id)
        .where(
            ConsentRecord.answer == Answer.OBJECTED,
            DataAgreement.legal_basis == LegalBasis.PUBLIC_TASK,
            DataAgreement.state == AgreementState.IN_FORCE,
        )
    )
    return query if process_ids is None else query.where(DataAgreement.process_id.in_(process_ids))


_OPEN = or_(ObjectionDecision.id.is_(None), ObjectionDecision.state.not_in(DECIDED))


def open_objections(session: Session, process_ids: Ids, start: int = 0, limit: int = 50) -> list[Objection]:
    """Objections that wait for a decision; the oldest first, so those whose month is over stand on top."""
    query = _standing(process_ids).where(_OPEN).order_by(ConsentEvent.at, ConsentEvent.id)
    return [Objection(*row) for row in session.execute(query.offset(start).limit(limit))]


def decided_objections(session: Session, process_ids: Ids, start: int = 0, limit: int = 50) -> list[Objection]:
    """Objections that were decided, the newest decision first; those that were taken back since are among them."""
    query = (
        select(DataAgreement, ConsentEvent, ObjectionDecision)
        .select_from(ObjectionDecision)
        .join(DataAgreement, DataAgreement.id == ObjectionDecision.agreement_id)
        .join(ConsentEvent, ConsentEvent.id == ObjectionDecision.event_id)
        .where(ObjectionDecision.state.in_(DECIDED))
        .order_by(ObjectionDecision.decided_at.desc(), ObjectionDecision.id)
    )
    if process_ids is not None:
        query = query.where(DataAgreement.process_id.in_(process_ids))
    return [Objection(*row) for row in session.execute(query.offset(start).limit(limit))]


def objections_waiting(session: Session, process_ids: Ids) -> tuple[int, int]:
    """How many objections wait for a decision, and how many of them for longer than their month."""
    times = _standing(process_ids).where(_OPEN).with_only_columns(ConsentEvent.at)
    now = clock.now()
    found = session.scalars(times).all()
    return len(found), sum(objecting.is_overdue(since, now) for since in found)


def objection(session: Session, event_id: uuid.UUID) -> Objection | None:
    """One objection, whether it stands or was decided; None for one that was taken back before anybody decided."""
    row = session.execute(_standing(None).where(ConsentEvent.id == event_id)).first()
    if row is None:
        query = (
            select(DataAgreement, ConsentEvent, ObjectionDecision)
            .select_from(ObjectionDecision)
            .join(DataAgreement, DataAgreement.id == ObjectionDecision.agreement_id)
            .join(ConsentEvent, ConsentEvent.id == ObjectionDecision.event_id)
            .where(ObjectionDecision.event_id == event_id, ObjectionDecision.state.in_(DECIDED))
        )
        row = session.execute(query).first()
    return Objection(*row) if row is not None else None


def ruling_of(session: Session, event_id: uuid.UUID) -> ObjectionDecision | None:
    """Where the examination of one objection stands; None before it has begun."""
    return session.scalars(select(ObjectionDecision).where(ObjectionDecision.event_id == event_id)).first()


@dataclass(frozen=True)
class Decided:
    """What a person reads about the decision on their objection: which, when, why, and who signed it."""

    state: Ruling
    at: datetime
    reason: str
    signers: tuple[str, ...]

    @property
    def upheld(self) -> bool:
        """Whether the use has stopped for good."""
        return self.state is Ruling.UPHELD


def decisions_of(session: Session, person_id: uuid.UUID) -> dict[uuid.UUID, Decided]:
    """The decisions on one person's objections, by the event with which they objected. What is only proposed is not told."""
    found = session.scalars(
        select(ObjectionDecision).where(ObjectionDecision.person_id == person_id, ObjectionDecision.state.in_(DECIDED))
    ).all()
    names = people_names(session, [who for one in found for who in (one.proposed_by_id, one.confirmed_by_id)])
    return {
        one.event_id: Decided(
            one.state,
            one.decided_at or one.proposed_at,
            one.reason,
            tuple(names[who] for who in (one.proposed_by_id, one.confirmed_by_id) if who in names),
        )
        for one in found
    }
