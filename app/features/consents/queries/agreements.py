"""Agreements and recipients: what people are asked, the public register, the list of the staff."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.features.consents.models import (
    AgreementState,
    Answer,
    ConsentRecord,
    DataAgreement,
    Recipient,
    RecipientState,
    RegisterNumbers,
)
from app.features.consents.queries.valve import in_force
from app.features.spaces.queries import Process, ProcessState


def agreement(session: Session, agreement_id: uuid.UUID) -> DataAgreement | None:
    """An agreement with its revisions, newest first."""
    return session.get(DataAgreement, agreement_id)


def agreement_by_code(session: Session, code: str) -> DataAgreement | None:
    """An agreement by its short public name."""
    return session.scalars(select(DataAgreement).where(DataAgreement.code == code)).first()


def agreements_named(session: Session, ids: Collection[uuid.UUID]) -> Sequence[DataAgreement]:
    """Several agreements with their revisions, by their short names."""
    return session.scalars(select(DataAgreement).where(DataAgreement.id.in_(ids)).order_by(DataAgreement.code)).all()


def agreements_of_process(session: Session, process_id: uuid.UUID) -> Sequence[DataAgreement]:
    """The agreements in force that concern a process: its own, then those of the whole city; the oldest first."""
    return session.scalars(
        select(DataAgreement)
        .where(
            DataAgreement.state == AgreementState.IN_FORCE,
            or_(DataAgreement.process_id == process_id, DataAgreement.process_id.is_(None)),
        )
        .order_by(DataAgreement.process_id.is_(None), DataAgreement.created_at, DataAgreement.id)
    ).all()


def recipient(session: Session, recipient_id: uuid.UUID) -> Recipient | None:
    """Somebody who gets data."""
    return session.get(Recipient, recipient_id)


def recipients(session: Session, *, retired: bool = True) -> Sequence[Recipient]:
    """Everybody who gets data, or who may be chosen for a new agreement (`retired=False`)."""
    query = select(Recipient).order_by(Recipient.created_at, Recipient.id)
    return session.scalars(query if retired else query.where(Recipient.state == RecipientState.ACTIVE)).all()


@dataclass(frozen=True)
class Counts:
    """How many people have which answer to one agreement now. `allowed` counts what is in force, by the valve."""

    allowed: int = 0
    refused: int = 0
    withdrawn: int = 0
    objected: int = 0


def counts_of(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Counts]:
    """Numbers of several agreements in two statements."""
    valve = in_force(agreements=ids).subquery("valve")
    allowing = session.execute(select(valve.c.agreement_id, func.count()).group_by(valve.c.agreement_id))
    allowed: dict[uuid.UUID, int] = dict(allowing.tuples().all())
    said: dict[tuple[uuid.UUID, Answer], int] = {
        (found, answer): number
        for found, answer, number in session.execute(
            select(ConsentRecord.agreement_id, ConsentRecord.answer, func.count())
            .where(ConsentRecord.agreement_id.in_(ids))
            .group_by(ConsentRecord.agreement_id, ConsentRecord.answer)
        )
    }
    return {
        found: Counts(
            allowed.get(found, 0),
            said.get((found, Answer.REFUSED), 0),
            said.get((found, Answer.WITHDRAWN), 0),
            said.get((found, Answer.OBJECTED), 0),
        )
        for found in ids
    }


def register(session: Session) -> list[tuple[DataAgreement, int]]:
    """All agreements that are or were in force, with how many consents are in force now; those in force first."""
    found = session.scalars(_registered()).all()
    counts = counts_of(session, [entry.id for entry in found])
    return [(entry, counts[entry.id].allowed) for entry in found]


def public_register(session: Session) -> Sequence[DataAgreement]:
    """The same for everybody: without those of processes that are still drafts, whose titles nobody may read yet."""
    drafts = select(Process.id).where(Process.state == ProcessState.DRAFT)
    query = _registered().where(or_(DataAgreement.process_id.is_(None), DataAgreement.process_id.not_in(drafts)))
    return session.scalars(query).all()


def _registered() -> Select[DataAgreement]:
    query = select(DataAgreement).where(DataAgreement.state != AgreementState.DRAFT)
    return query.order_by(DataAgreement.state != AgreementState.IN_FORCE, DataAgreement.code)


def published_numbers(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, RegisterNumbers]:
    """The numbers that everybody may see, as they were taken last night; none for what is younger than that."""
    found = session.scalars(select(RegisterNumbers).where(RegisterNumbers.agreement_id.in_(ids)))
    return {row.agreement_id: row for row in found}


def staff_list(session: Session, process_ids: Collection[uuid.UUID] | None) -> list[tuple[DataAgreement, Counts]]:
    """Agreements in every state that the staff of these processes (None: of all, and of the city) work on."""
    query = select(DataAgreement).order_by(DataAgreement.state == AgreementState.ENDED, DataAgreement.code)
    if process_ids is not None:
        query = query.where(DataAgreement.process_id.in_(process_ids))
    found = session.scalars(query).all()
    counts = counts_of(session, [entry.id for entry in found])
    return [(entry, counts[entry.id]) for entry in found]
