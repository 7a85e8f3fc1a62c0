"""What may flow now. Whoever wants consented data joins `in_force` in the statement that reads it, and copies no result."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, or_, select
from sqlalchemy.orm import aliased

from app.features.consents.governed import ContactDetail, ProfileDetail
from app.features.consents.models import (
    AgreementRevision,
    AgreementState,
    Answer,
    ConsentRecord,
    DataAgreement,
    LegalBasis,
)
from app.features.consents.models.agreements import PUBLISHED
from app.features.spaces.queries import Area
from app.kernel import clock

CONSENT = (LegalBasis.CONSENT, LegalBasis.EXPLICIT_CONSENT)


def in_force(moment: datetime | None = None) -> Select[uuid.UUID, uuid.UUID]:
    """SELECT of (agreement_id, person_id) whose consent is in force at `moment` (now). Join it; do not copy its result.

    Out of force is: refused, taken back, run out, lapsed because a minor is now of age (both by `expires_at`, whether or not
    the nightly task has been there), given to an agreement that has ended, or given to words that have changed in substance
    since, from the day that the new revision states. What rests on the public task is no consent and never in here: see
    `objections`.
    """
    moment = moment or clock.now()
    answered, newer = aliased(AgreementRevision), aliased(AgreementRevision)
    replaced = exists().where(
        newer.agreement_id == ConsentRecord.agreement_id,
        newer.material.is_(True),
        newer.number > answered.number,
        newer.state.in_(PUBLISHED),
        or_(newer.earlier_end_at.is_(None), newer.earlier_end_at <= moment),
    )
    return (
        select(ConsentRecord.agreement_id, ConsentRecord.person_id)
        .join(DataAgreement, DataAgreement.id == ConsentRecord.agreement_id)
        .join(answered, answered.id == ConsentRecord.revision_id)
        .where(
            ConsentRecord.answer == Answer.GIVEN,
            or_(ConsentRecord.expires_at.is_(None), ConsentRecord.expires_at > moment),
            DataAgreement.state == AgreementState.IN_FORCE,
            DataAgreement.legal_basis.in_(CONSENT),
            ~replaced,
        )
    )


def objections() -> Select[uuid.UUID, uuid.UUID]:
    """SELECT of (agreement_id, person_id) who have objected to a use that rests on the public task.

    Whoever uses data on that basis leaves these people out (an anti-join) until the objection is taken back.
    """
    return (
        select(ConsentRecord.agreement_id, ConsentRecord.person_id)
        .join(DataAgreement, DataAgreement.id == ConsentRecord.agreement_id)
        .where(ConsentRecord.answer == Answer.OBJECTED, DataAgreement.legal_basis == LegalBasis.PUBLIC_TASK)
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
        .where(DataAgreement.purpose_term == "contact")
        .order_by(DataAgreement.code, ContactDetail.name, ContactDetail.person_id)
    )
    return query if process_ids is None else query.where(DataAgreement.process_id.in_(process_ids))


def profiles(
    agreement_id: uuid.UUID,
) -> Select[uuid.UUID, str, uuid.UUID | None, list[str], str]:
    """SELECT of the profiles that one agreement may use now: person, age band, area, languages, gender."""
    valve = in_force().subquery("valve")
    return (
        select(
            ProfileDetail.person_id,
            ProfileDetail.age_band,
            ProfileDetail.area_id,
            ProfileDetail.languages,
            ProfileDetail.gender,
        )
        .join(valve, and_(valve.c.agreement_id == ProfileDetail.agreement_id, valve.c.person_id == ProfileDetail.person_id))
        .where(ProfileDetail.agreement_id == agreement_id)
        .order_by(ProfileDetail.person_id)
    )


def details_of(
    agreement_id: uuid.UUID,
) -> Select[uuid.UUID, datetime, datetime | None, str, str, str, str, list[str], str]:
    """SELECT of all that people gave under one agreement: person, since, expires, name, address, age band, area's code,
    languages, gender; what was not asked for is NULL. Joined with the consents in force in the statement itself.
    """
    theirs = in_force().where(ConsentRecord.agreement_id == agreement_id)
    valve = theirs.add_columns(ConsentRecord.since, ConsentRecord.expires_at).subquery("valve")
    return (
        select(
            valve.c.person_id,
            valve.c.since,
            valve.c.expires_at,
            ContactDetail.name,
            ContactDetail.address,
            ProfileDetail.age_band,
            Area.code.label("area_code"),
            ProfileDetail.languages,
            ProfileDetail.gender,
        )
        .select_from(valve)
        .outerjoin(ContactDetail, _given_by(ContactDetail, valve))
        .outerjoin(ProfileDetail, _given_by(ProfileDetail, valve))
        .outerjoin(Area, Area.id == ProfileDetail.area_id)
        .order_by(valve.c.person_id)
    )


def _given_by(table: type[ContactDetail] | type[ProfileDetail], valve: Subquery) -> ColumnElement[bool]:
    return and_(table.agreement_id == valve.c.agreement_id, table.person_id == valve.c.person_id)


def readers(agreement_ids: Collection[uuid.UUID], person_id: uuid.UUID | None = None) -> Select[uuid.UUID, uuid.UUID, str, str]:
    """SELECT of those who can be written to by e-mail under these agreements now: agreement, person, name, address.

    `person_id` asks for one of them: a letter in line asks again at the moment when it leaves.
    """
    valve = in_force().where(ConsentRecord.agreement_id.in_(agreement_ids)).subquery("valve")
    query = (
        select(valve.c.agreement_id, valve.c.person_id, ContactDetail.name, ContactDetail.address)
        .join(ContactDetail, _given_by(ContactDetail, valve))
        .where(ContactDetail.address.contains("@"))
        .order_by(valve.c.agreement_id, valve.c.person_id)
    )
    return query if person_id is None else query.where(valve.c.person_id == person_id)
