"""How agreements, answers and usages are looked up. `in_force` is the valve: whoever wants consented data joins it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.features.consents.governed import ContactDetail
from app.features.consents.models import (
    AgreementRevision,
    AgreementState,
    Answer,
    ConsentEvent,
    ConsentRecord,
    DataAgreement,
    Usage,
)
from app.features.consents.rules import is_in_force, may_be_asked
from app.features.consents.used import Place, place_from_words, place_in_words, place_of, told, usages_between
from app.features.spaces.queries import Process, ProcessState
from app.kernel import clock

__all__ = [
    "AgreementRevision",
    "AgreementState",
    "Answer",
    "Card",
    "ConsentRecord",
    "DataAgreement",
    "Place",
    "Usage",
    "agreement",
    "agreement_of_process",
    "cards_of",
    "contact_opt_ins",
    "in_force",
    "open_question",
    "place_from_words",
    "place_in_words",
    "place_of",
    "register",
    "timeline_of",
    "told",
    "usages_between",
]


def in_force(moment: datetime | None = None) -> Select[uuid.UUID, uuid.UUID]:
    """SELECT of (agreement_id, person_id) whose consent is in force at `moment` (now). Join it; do not copy its result.

    A yes to words that have changed in substance since is none: whoever gave it has to be asked about the new ones.
    """
    moment = moment or clock.now()
    answered, newer = aliased(AgreementRevision), aliased(AgreementRevision)
    replaced = exists().where(
        newer.agreement_id == ConsentRecord.agreement_id, newer.material.is_(True), newer.number > answered.number
    )
    return (
        select(ConsentRecord.agreement_id, ConsentRecord.person_id)
        .join(DataAgreement, DataAgreement.id == ConsentRecord.agreement_id)
        .join(answered, answered.id == ConsentRecord.revision_id)
        .where(
            ConsentRecord.answer == Answer.GIVEN,
            or_(ConsentRecord.expires_at.is_(None), ConsentRecord.expires_at > moment),
            DataAgreement.state == AgreementState.IN_FORCE,
            ~replaced,
        )
    )


def contact_opt_ins(
    process_ids: Sequence[uuid.UUID] | None = None,
) -> Select[uuid.UUID, str, uuid.UUID | None, uuid.UUID, str, str, datetime, datetime | None]:
    """SELECT of the people who may be contacted now: agreement, process, person, name, address, since, expires.

    The consents in force at the moment the statement runs are joined in the statement itself.
    """
    valve = in_force().subquery("valve")
    query = (
        select(
            DataAgreement.id.label("agreement_id"),
            DataAgreement.code.label("agreement"),
            DataAgreement.process_id,
            ContactDetail.person_id,
            ContactDetail.name,
            ContactDetail.address,
            ConsentRecord.since,
            ConsentRecord.expires_at,
        )
        .join(valve, and_(valve.c.agreement_id == ContactDetail.agreement_id, valve.c.person_id == ContactDetail.person_id))
        .join(
            ConsentRecord,
            and_(ConsentRecord.agreement_id == ContactDetail.agreement_id, ConsentRecord.person_id == ContactDetail.person_id),
        )
        .join(DataAgreement, DataAgreement.id == ContactDetail.agreement_id)
        .order_by(DataAgreement.code, ContactDetail.name, ContactDetail.person_id)
    )
    return query if process_ids is None else query.where(DataAgreement.process_id.in_(process_ids))


def agreement(session: Session, agreement_id: uuid.UUID) -> DataAgreement | None:
    """An agreement with its revisions, newest first."""
    return session.get(DataAgreement, agreement_id)


def agreement_of_process(session: Session, process_id: uuid.UUID) -> DataAgreement | None:
    """The agreement in force about contact in a process."""
    return session.scalars(
        select(DataAgreement).where(DataAgreement.process_id == process_id, DataAgreement.state == AgreementState.IN_FORCE)
    ).first()


def open_question(session: Session, process_id: uuid.UUID, person_id: uuid.UUID) -> DataAgreement | None:
    """The agreement to ask this person about, or None: there is none, or they have answered."""
    found = agreement_of_process(session, process_id)
    if found is None:
        return None
    record = record_of(session, found.id, person_id)
    return found if may_be_asked(record, found, clock.now()) else None


def record_of(session: Session, agreement_id: uuid.UUID, person_id: uuid.UUID) -> ConsentRecord | None:
    """The present answer of a person to an agreement."""
    return session.scalars(
        select(ConsentRecord).where(ConsentRecord.agreement_id == agreement_id, ConsentRecord.person_id == person_id)
    ).first()


@dataclass(frozen=True)
class Card:
    """What a person sees of one agreement on their page."""

    agreement: DataAgreement
    revision: AgreementRevision
    record: ConsentRecord | None
    in_force: bool
    ask: bool
    name: str
    address: str


def cards_of(session: Session, person_id: uuid.UUID) -> list[Card]:
    """Every agreement this person has answered; those in force first."""
    now = clock.now()
    rows = session.execute(
        select(ConsentRecord, DataAgreement, ContactDetail)
        .join(DataAgreement, DataAgreement.id == ConsentRecord.agreement_id)
        .outerjoin(
            ContactDetail,
            and_(ContactDetail.agreement_id == ConsentRecord.agreement_id, ContactDetail.person_id == ConsentRecord.person_id),
        )
        .where(ConsentRecord.person_id == person_id)
        .order_by(ConsentRecord.since.desc())
    )
    cards = []
    for record, found, detail in rows:
        revision = next((r for r in found.revisions if r.id == record.revision_id), found.current)
        active = is_in_force(record, found, now)
        ask = found.state is AgreementState.IN_FORCE and not active
        cards.append(
            Card(found, revision, record, active, ask, detail.name if detail else "", detail.address if detail else "")
        )
    return sorted(cards, key=lambda card: not card.in_force)


def timeline_of(session: Session, person_id: uuid.UUID) -> Sequence[ConsentEvent]:
    """Every answer a person gave, newest first, each with the text then shown."""
    return session.scalars(
        select(ConsentEvent).where(ConsentEvent.person_id == person_id).order_by(ConsentEvent.at.desc(), ConsentEvent.id)
    ).all()


def register(session: Session, *, public: bool = False) -> list[tuple[DataAgreement, int]]:
    """All agreements that are or were in force, with how many consents are in force now.

    `public` leaves out those of processes that are still drafts, whose titles nobody may read yet.
    """
    drafts = select(Process.id).where(Process.state == ProcessState.DRAFT)
    hidden = [or_(DataAgreement.process_id.is_(None), DataAgreement.process_id.not_in(drafts))] if public else []
    valve = in_force().subquery("valve")
    counted = aliased(valve)
    rows = session.execute(
        select(DataAgreement, func.count(counted.c.person_id))
        .outerjoin(counted, counted.c.agreement_id == DataAgreement.id)
        .where(DataAgreement.state != AgreementState.DRAFT, *hidden)
        .group_by(DataAgreement.id)
        .order_by(DataAgreement.code)
    )
    return [(found, number) for found, number in rows]
