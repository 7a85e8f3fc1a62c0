"""What GovStack's interface reads: policies, agreements with their papers, individuals, webhooks, records and signatures."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.features.consents.queries import (
    AgreementState,
    ConsentEvent,
    ConsentRecord,
    DataAgreement,
    in_force,
)
from app.features.interfaces.models import AgreementPaper, Individual, Policy, PolicyRevision, Signature, Webhook

Row = TypeVar("Row")
Processes = Collection[uuid.UUID] | None


def policies(session: Session, skip: int, limit: int, revision_id: uuid.UUID | None = None) -> Sequence[Policy]:
    """Policies that are in use, the oldest first; only that with a revision, if one is named."""
    query = select(Policy).where(Policy.deleted_at.is_(None))
    if revision_id is not None:
        query = query.where(Policy.id.in_(select(PolicyRevision.policy_id).where(PolicyRevision.id == revision_id)))
    return session.scalars(query.order_by(Policy.created_at, Policy.id).offset(skip).limit(limit)).all()


def policy(session: Session, policy_id: uuid.UUID) -> Policy | None:
    """A policy that is in use."""
    found = session.get(Policy, policy_id)
    return found if found is not None and found.deleted_at is None else None


def policies_of(session: Session, agreement_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Policy]:
    """By agreement: its policy, deleted or not."""
    rows = session.execute(
        select(AgreementPaper.agreement_id, Policy)
        .join(Policy, Policy.id == AgreementPaper.policy_id)
        .where(AgreementPaper.agreement_id.in_(agreement_ids))
    )
    return dict(rows.tuples().all())


def papers_of(session: Session, agreement_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, AgreementPaper]:
    """By agreement: what GovStack says of it besides."""
    rows = session.scalars(select(AgreementPaper).where(AgreementPaper.agreement_id.in_(agreement_ids)))
    return {row.agreement_id: row for row in rows}


def agreements(
    session: Session, processes: Processes, skip: int, limit: int, states: Collection[AgreementState] = tuple(AgreementState)
) -> Sequence[DataAgreement]:
    """Agreements in these states that a program may see, the oldest first."""
    query = select(DataAgreement).where(DataAgreement.state.in_(states)).order_by(DataAgreement.created_at, DataAgreement.id)
    return session.scalars(_within(query, processes).offset(skip).limit(limit)).all()


def agreement(session: Session, processes: Processes, agreement_id: uuid.UUID) -> DataAgreement | None:
    """One agreement, if the program may see it."""
    return session.scalars(_within(select(DataAgreement).where(DataAgreement.id == agreement_id), processes)).first()


def _within(query: Select[Any], processes: Processes) -> Select[Any]:
    """Only in these processes, and in the whole city."""
    if processes is None:
        return query
    return query.where(or_(DataAgreement.process_id.is_(None), DataAgreement.process_id.in_(processes)))


def individuals(session: Session, client_id: uuid.UUID, skip: int, limit: int) -> Sequence[Individual]:
    """Whom a program has registered, the oldest first."""
    query = select(Individual).where(Individual.client_id == client_id).order_by(Individual.created_at, Individual.id)
    return session.scalars(query.offset(skip).limit(limit)).all()


def individual(session: Session, client_id: uuid.UUID, individual_id: uuid.UUID) -> Individual | None:
    """One of those whom this program has registered; others are not there for it."""
    found = session.get(Individual, individual_id)
    return found if found is not None and found.client_id == client_id else None


def individuals_who_are(session: Session, client_id: uuid.UUID, people: Collection[uuid.UUID]) -> dict[uuid.UUID, Individual]:
    """By person: under whom this program knows them (the first, if it registered them twice)."""
    query = select(Individual).where(Individual.client_id == client_id, Individual.person_id.in_(people))
    found = session.scalars(query.order_by(Individual.created_at.desc(), Individual.id.desc()))
    return {one.person_id: one for one in found}


def webhooks(session: Session, client_id: uuid.UUID, skip: int, limit: int) -> Sequence[Webhook]:
    """Where a program wants to be told, the oldest first."""
    query = select(Webhook).where(Webhook.client_id == client_id).order_by(Webhook.created_at, Webhook.id)
    return session.scalars(query.offset(skip).limit(limit)).all()


def webhook(session: Session, client_id: uuid.UUID, webhook_id: uuid.UUID) -> Webhook | None:
    """One of a program's webhooks."""
    found = session.get(Webhook, webhook_id)
    return found if found is not None and found.client_id == client_id else None


def records(
    session: Session,
    processes: Processes,
    skip: int,
    limit: int,
    *,
    known_to: uuid.UUID | None = None,
    individual_id: uuid.UUID | None = None,
    agreement_id: uuid.UUID | None = None,
    in_force_only: bool = False,
) -> Sequence[ConsentRecord]:
    """Present answers, the latest first: of the individuals of a program (`known_to`), of one of them, to one agreement, or
    only those that count now (by the valve)."""
    query = _within(select(ConsentRecord).join(DataAgreement, DataAgreement.id == ConsentRecord.agreement_id), processes)
    if known_to is not None:
        query = query.where(ConsentRecord.person_id.in_(select(Individual.person_id).where(Individual.client_id == known_to)))
    if individual_id is not None:
        query = query.where(ConsentRecord.person_id.in_(select(Individual.person_id).where(Individual.id == individual_id)))
    if agreement_id is not None:
        query = query.where(ConsentRecord.agreement_id == agreement_id)
    if in_force_only:
        valve = in_force().with_only_columns(ConsentRecord.id)
        query = query.where(ConsentRecord.id.in_(valve))
    query = query.order_by(ConsentRecord.since.desc(), ConsentRecord.id)
    return session.scalars(query.offset(skip).limit(limit)).all()


def record(
    session: Session, processes: Processes, record_id: uuid.UUID, *, known_to: uuid.UUID | None = None
) -> ConsentRecord | None:
    """One present answer, if the program may see it."""
    query = select(ConsentRecord).join(DataAgreement, DataAgreement.id == ConsentRecord.agreement_id)
    query = _within(query.where(ConsentRecord.id == record_id), processes)
    if known_to is not None:
        query = query.where(ConsentRecord.person_id.in_(select(Individual.person_id).where(Individual.client_id == known_to)))
    return session.scalars(query).first()


def those_in_force(session: Session, record_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these answers are a yes that counts at this moment: by the valve itself."""
    return set(session.scalars(in_force().where(ConsentRecord.id.in_(record_ids)).with_only_columns(ConsentRecord.id)))


def agreements_by_id(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, DataAgreement]:
    """Agreements with their revisions."""
    return {one.id: one for one in session.scalars(select(DataAgreement).where(DataAgreement.id.in_(set(ids))))}


def events_by_id(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, ConsentEvent]:
    """Events."""
    return {one.id: one for one in session.scalars(select(ConsentEvent).where(ConsentEvent.id.in_(set(ids))))}


def signatures_of(session: Session, event_ids: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, Signature]:
    """By event: its signature."""
    found = session.scalars(select(Signature).where(Signature.event_id.in_(set(event_ids))))
    return {one.event_id: one for one in found}
