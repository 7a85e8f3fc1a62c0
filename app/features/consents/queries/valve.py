"""What may flow now. Whoever wants consented data joins `in_force` in the statement that reads it, and copies no result."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, FromClause, Select, Subquery, and_, exists, null, or_, select, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.features.consents.governed import ContactDetail, ProfileDetail
from app.features.consents.models import (
    AgreementRevision,
    AgreementState,
    Answer,
    ConsentRecord,
    DataAgreement,
    Disclosure,
    LegalBasis,
    ObjectionDecision,
    RevisionState,
    Ruling,
)
from app.features.consents.models.agreements import PUBLISHED
from app.features.spaces.queries import Area
from app.kernel import clock

# Tables rather than models: a million rows of mapped attributes take a third longer to read than a million of columns.
AGREEMENT, REVISION, RECORD = DataAgreement.__table__, AgreementRevision.__table__, ConsentRecord.__table__
RULING = ObjectionDecision.__table__
CONTACT, PROFILE, AREA = ContactDetail.__table__, ProfileDetail.__table__, Area.__table__
CONSENT = (LegalBasis.CONSENT, LegalBasis.EXPLICIT_CONSENT)


def in_force(moment: datetime | None = None, agreements: Collection[uuid.UUID] | None = None) -> Select[uuid.UUID, uuid.UUID]:
    """SELECT of (agreement_id, person_id) whose consent is in force at `moment` (now). Join it; do not copy its result.

    Out of force is: refused, taken back, run out, lapsed because a minor is now of age (both by `expires_at`, whether or not
    the nightly task has been there), given to an agreement that has ended, or given to words that have changed in substance
    since, from the day that the new revision states. What rests on the public task is no consent and never in here: see
    `objections`. `agreements` asks about these alone, which spares the database looking at the answers to the others.
    """
    moment = moment or clock.now()
    query = select(RECORD.c.agreement_id, RECORD.c.person_id).where(
        RECORD.c.answer == Answer.GIVEN,
        or_(RECORD.c.expires_at.is_(None), RECORD.c.expires_at > moment),
        is_among(RECORD.c.revision_id, _counting(moment)),
    )
    return query if agreements is None else query.where(_one_of(RECORD.c.agreement_id, agreements))


class is_among(FunctionElement[bool]):  # noqa: N801  named like a function, as SQL's are
    """Whether a column is one of what a subquery finds: few values, found once, before any row is looked at.

    PostgreSQL takes a subquery under IN for a join and guesses that one revision of twenty leaves one answer of twenty. With
    an array it expects many, and joins a million answers with their details by merging instead of looking up each.
    """

    type = Boolean()
    inherit_cache = True

    def __init__(self, column: ColumnElement[uuid.UUID], found: Select[uuid.UUID]) -> None:
        super().__init__(column, found.correlate(None).scalar_subquery())


@compiles(is_among)
def _in_subquery(element: is_among, compiler: SQLCompiler, **kw: Any) -> str:
    column, found = element.clauses
    return f"{compiler.process(column, **kw)} IN {compiler.process(found, **kw)}"


@compiles(is_among, "postgresql")
def _in_array(element: is_among, compiler: SQLCompiler, **kw: Any) -> str:
    column, found = element.clauses
    return f"{compiler.process(column, **kw)} = ANY (ARRAY{compiler.process(found, **kw)})"


def _counting(moment: datetime) -> Select[uuid.UUID]:
    """SELECT of the revisions to which a yes counts: a handful, found once and not for each answer."""
    answered, newer = REVISION.alias(), REVISION.alias()
    replaced = exists().where(
        newer.c.agreement_id == answered.c.agreement_id,
        newer.c.material.is_(True),
        newer.c.number > answered.c.number,
        newer.c.state.in_(PUBLISHED),
        or_(newer.c.earlier_end_at.is_(None), newer.c.earlier_end_at <= moment),
    )
    return (
        select(answered.c.id)
        .join(AGREEMENT, AGREEMENT.c.id == answered.c.agreement_id)
        .where(AGREEMENT.c.state == AgreementState.IN_FORCE, AGREEMENT.c.legal_basis.in_(CONSENT), ~replaced)
    )


def _one_of(column: ColumnElement[uuid.UUID], ids: Collection[uuid.UUID]) -> ColumnElement[bool]:
    """As an equation where there is one: a database then reads people in the order of the index, and sorts nothing."""
    return column == next(iter(ids)) if len(ids) == 1 else column.in_(ids)


def objections() -> Select[uuid.UUID, uuid.UUID]:
    """SELECT of (agreement_id, person_id) who have objected to a use that rests on the public task.

    Whoever uses data on that basis leaves these people out (an anti-join): while the objection is examined (GDPR, article
    18(1)(d)) and for good once it is upheld, until it is taken back or compelling grounds were found (article 21(1)).
    """
    compelling = exists().where(RULING.c.event_id == RECORD.c.event_id, RULING.c.state == Ruling.COMPELLING)
    return (
        select(RECORD.c.agreement_id, RECORD.c.person_id)
        .join(AGREEMENT, AGREEMENT.c.id == RECORD.c.agreement_id)
        .where(RECORD.c.answer == Answer.OBJECTED, AGREEMENT.c.legal_basis == LegalBasis.PUBLIC_TASK, ~compelling)
    )


def agreements_with_contacts(session: Session) -> Sequence[uuid.UUID]:
    """Under which agreements anybody has left an address for contact: found by the index, and says nothing of anybody."""
    there = exists().where(CONTACT.c.agreement_id == AGREEMENT.c.id)
    return session.scalars(select(AGREEMENT.c.id).where(AGREEMENT.c.purpose_term == "contact", there)).all()


def left_out_of_totals() -> Select[uuid.UUID | None, uuid.UUID]:
    """SELECT of (process_id, person_id) who are in no totals: they have objected to an agreement that publishes totals.

    `process_id` is NULL for agreements of the whole city, which are about every process.
    """
    against = objections().subquery("against")
    totals = exists().where(
        REVISION.c.agreement_id == AGREEMENT.c.id,
        REVISION.c.state == RevisionState.IN_FORCE,
        REVISION.c.disclosure == Disclosure.TOTALS,
    )
    people = select(AGREEMENT.c.process_id, against.c.person_id)
    return people.join(against, against.c.agreement_id == AGREEMENT.c.id).where(totals)


def contact_opt_ins(
    process_ids: Sequence[uuid.UUID] | None = None, agreements: Collection[uuid.UUID] | None = None
) -> Select[uuid.UUID, str, uuid.UUID | None, uuid.UUID, str, str, datetime, datetime | None]:
    """SELECT of the people who may be contacted now: agreement, process, person, name, address, since, expires.

    The consents in force at the moment the statement runs are joined in the statement itself. `agreements` asks about these
    alone, such as `agreements_with_contacts`: answers to the others, perhaps a city's, are then not even looked at.
    """
    valve = in_force(agreements=agreements).add_columns(RECORD.c.since, RECORD.c.expires_at).subquery("valve")
    query = (
        select(
            AGREEMENT.c.id.label("agreement_id"),
            AGREEMENT.c.code.label("agreement"),
            AGREEMENT.c.process_id,
            CONTACT.c.person_id,
            CONTACT.c.name,
            CONTACT.c.address,
            valve.c.since,
            valve.c.expires_at,
        )
        .select_from(CONTACT)
        .join(valve, _given_by(CONTACT, valve))
        .join(AGREEMENT, AGREEMENT.c.id == CONTACT.c.agreement_id)
        .where(AGREEMENT.c.purpose_term == "contact")
        .order_by(AGREEMENT.c.code, CONTACT.c.name, CONTACT.c.person_id)
    )
    return query if process_ids is None else query.where(AGREEMENT.c.process_id.in_(process_ids))


def profiles(
    agreement_id: uuid.UUID,
) -> Select[uuid.UUID, str, uuid.UUID | None, list[str], str]:
    """SELECT of the profiles that one agreement may use now: person, age band, area, languages, gender."""
    valve = in_force(agreements=[agreement_id]).subquery("valve")
    return (
        select(PROFILE.c.person_id, PROFILE.c.age_band, PROFILE.c.area_id, PROFILE.c.languages, PROFILE.c.gender)
        .join(valve, _given_by(PROFILE, valve))
        .order_by(PROFILE.c.person_id)
    )


ASKED_OF_PROFILES = frozenset(("age_band", "area", "languages", "gender"))


def details_of(
    agreement_id: uuid.UUID, categories: Collection[str] = ASKED_OF_PROFILES
) -> Select[uuid.UUID, datetime, datetime | None, str, str, str, str, list[str], str]:
    """SELECT of all that people gave under one agreement: person, since, expires, name, address, age band, area's code,
    languages, gender; what was not asked for is NULL. Joined with the consents in force in the statement itself.

    `categories` are the kinds of data that are wanted: where nothing of a profile is, profiles are not looked at.
    """
    theirs = in_force(agreements=[agreement_id])
    valve = theirs.add_columns(RECORD.c.since, RECORD.c.expires_at).subquery("valve")
    profile = [PROFILE.c.age_band, AREA.c.code.label("area_code"), PROFILE.c.languages, PROFILE.c.gender]
    source = valve.outerjoin(CONTACT, _given_by(CONTACT, valve))
    if ASKED_OF_PROFILES.isdisjoint(categories):
        profile = [type_coerce(null(), column.type).label(column.name) for column in profile]
    else:
        source = source.outerjoin(PROFILE, _given_by(PROFILE, valve)).outerjoin(AREA, AREA.c.id == PROFILE.c.area_id)
    return (
        select(valve.c.person_id, valve.c.since, valve.c.expires_at, CONTACT.c.name, CONTACT.c.address, *profile)
        .select_from(source)
        .order_by(valve.c.person_id)
    )


def _given_by(table: FromClause, valve: Subquery) -> ColumnElement[bool]:
    return and_(table.c.agreement_id == valve.c.agreement_id, table.c.person_id == valve.c.person_id)


def readers(agreement_ids: Collection[uuid.UUID], person_id: uuid.UUID | None = None) -> Select[uuid.UUID, uuid.UUID, str, str]:
    """SELECT of those who can be written to by e-mail under these agreements now: agreement, person, name, address.

    `person_id` asks for one of them: a letter in line asks again at the moment when it leaves.
    """
    valve = in_force(agreements=agreement_ids).subquery("valve")
    query = (
        select(valve.c.agreement_id, valve.c.person_id, CONTACT.c.name, CONTACT.c.address)
        .join(CONTACT, _given_by(CONTACT, valve))
        .where(CONTACT.c.address.contains("@"))
        .order_by(valve.c.agreement_id, valve.c.person_id)
    )
    return query if person_id is None else query.where(valve.c.person_id == person_id)
