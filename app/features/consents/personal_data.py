"""What this room keeps about a person."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import app.features.consents.personal_papers  # noqa: F401  what else is given out
from app.features.consents.governed import ContactDetail, ProfileDetail
from app.features.consents.models import (
    AgreementRevision,
    ConsentEvent,
    ConsentLetter,
    ConsentRecord,
    DataAgreement,
    Guardian,
    Minor,
    Notice,
    ObjectionDecision,
    Usage,
)
from app.features.spaces.queries import Area
from app.kernel.messages import msg
from app.kernel.personal_data import collection, not_given_out


@collection(
    "consents",
    msg("What you allowed, refused and took back"),
    tables=("consent_event", "consent_record"),
    columns={
        "at": msg("When you answered (UTC)"),
        "agreement": msg("The agreement's short name"),
        "revision": msg("Which version of its text"),
        "answer": msg("asked, given, refused, withdrawn, renewed, expired or objected"),
        "until": msg("Until when a yes runs (UTC)"),
        "giver": msg("Who spoke: you (self), your guardian, or nobody (time ran out)"),
        "shown_text": msg("The text that you were shown then"),
        "language": msg("The language it was in"),
        "channel": msg("How it came in"),
        "sheet": msg("The reference on your paper sheet"),
        "remark": msg("What you wrote with an objection"),
    },
)
def _consents_of(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    rows = session.execute(
        select(
            ConsentEvent.at,
            ConsentEvent.answer,
            ConsentEvent.until,
            ConsentEvent.giver,
            ConsentEvent.shown_text,
            ConsentEvent.language,
            ConsentEvent.channel,
            ConsentEvent.sheet,
            ConsentEvent.remark,
            DataAgreement.code,
            AgreementRevision.number.label("revision"),
        )
        .join(DataAgreement, DataAgreement.id == ConsentEvent.agreement_id)
        .join(AgreementRevision, AgreementRevision.id == ConsentEvent.revision_id)
        .where(ConsentEvent.person_id == person_id)
        .order_by(ConsentEvent.at, ConsentEvent.agreement_id, ConsentEvent.number)
    )
    for event in rows:
        yield {
            "at": event.at.isoformat(),
            "agreement": event.code,
            "revision": event.revision,
            "answer": event.answer.value,
            "until": event.until.isoformat() if event.until else "",
            "giver": event.giver.value,
            "shown_text": event.shown_text,
            "language": event.language,
            "channel": event.channel.value,
            "sheet": event.sheet,
            "remark": event.remark,
        }


@collection(
    "objections_decided",
    msg("What the city decided about your objections"),
    tables=("objection_decision",),
    columns={
        "at": msg("When it was decided (UTC); empty while it is being examined"),
        "agreement": msg("The agreement's short name"),
        "decision": msg("upheld, compelling (not upheld), being examined, or taken back before it was decided"),
        "reason": msg("What the city wrote to you"),
    },
)
def _objections_of(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    rows = session.execute(
        select(ObjectionDecision, DataAgreement.code, ConsentRecord.event_id)
        .join(DataAgreement, DataAgreement.id == ObjectionDecision.agreement_id)
        .outerjoin(
            ConsentRecord,
            (ConsentRecord.agreement_id == ObjectionDecision.agreement_id)
            & (ConsentRecord.person_id == ObjectionDecision.person_id),
        )
        .where(ObjectionDecision.person_id == person_id)
        .order_by(ObjectionDecision.proposed_at)
    )
    for found, code, last_event in rows:
        undecided = "being examined" if last_event == found.event_id else "taken back"
        yield {
            "at": found.decided_at.isoformat() if found.decided_at else "",
            "agreement": code,
            "decision": found.state.value if found.is_decided else undecided,
            "reason": found.reason if found.is_decided else "",
        }


@collection(
    "consented_details",
    msg("What you gave with a yes, while it counts"),
    tables=("contact_detail", "profile_detail"),
    columns={
        "agreement": msg("The agreement's short name"),
        "name": msg("The name you gave for contact"),
        "address": msg("The address you gave for contact"),
        "age_band": msg("Your age, in bands"),
        "area": msg("The area you live in, by its code"),
        "languages": msg("The languages you speak"),
        "gender": msg("Your gender, in your own words"),
    },
)
def _details_of(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    contacts = session.execute(
        select(ContactDetail, DataAgreement.code)
        .join(DataAgreement, DataAgreement.id == ContactDetail.agreement_id)
        .where(ContactDetail.person_id == person_id)
        .order_by(DataAgreement.code)
    )
    for contact, code in contacts:
        yield {"agreement": code, "name": contact.name, "address": contact.address}
    profiles = session.execute(
        select(ProfileDetail, DataAgreement.code, Area.code)
        .join(DataAgreement, DataAgreement.id == ProfileDetail.agreement_id)
        .outerjoin(Area, Area.id == ProfileDetail.area_id)
        .where(ProfileDetail.person_id == person_id)
        .order_by(DataAgreement.code)
    )
    for profile, code, area in profiles:
        yield {
            "agreement": code,
            "age_band": profile.age_band,
            "area": area or "",
            "languages": ", ".join(profile.languages),
            "gender": profile.gender,
        }


@collection(
    "consent_letters",
    msg("Letters that asked you for a yes on behalf of another system"),
    tables=("consent_letter",),
    columns={
        "agreement": msg("The agreement's short name"),
        "address": msg("The e-mail address that the program named"),
        "asked_by": msg("The program that asked"),
        "asked_at": msg("When it asked (UTC)"),
        "answered_at": msg("When the link was used (UTC)"),
    },
)
def _letters_to(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    rows = session.execute(
        select(ConsentLetter, DataAgreement.code)
        .join(DataAgreement, DataAgreement.id == ConsentLetter.agreement_id)
        .where(ConsentLetter.person_id == person_id)
        .order_by(ConsentLetter.created_at)
    )
    for letter, code in rows:
        yield {
            "agreement": code,
            "address": letter.address,
            "asked_by": letter.asked_by,
            "asked_at": letter.created_at.isoformat(),
            "answered_at": letter.answered_at.isoformat() if letter.answered_at else "",
        }


@collection(
    "guardians",
    msg("Who answers for you until you are old enough"),
    tables=("minor", "guardian"),
    columns={
        "of_age_on": msg("From when you decide alone"),
        "name": msg("The name of your guardian"),
        "email": msg("Their e-mail address"),
        "confirmed_at": msg("When they confirmed it (UTC)"),
    },
)
def _guardians_of(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    minor = session.scalars(select(Minor).where(Minor.person_id == person_id)).one_or_none()
    of_age_on = minor.of_age_on.isoformat() if minor else ""
    guardians = session.scalars(select(Guardian).where(Guardian.minor_id == person_id).order_by(Guardian.created_at)).all()
    if minor and not guardians:
        yield {"of_age_on": of_age_on}
    for guardian in guardians:
        yield {
            "of_age_on": of_age_on,
            "name": guardian.name,
            "email": guardian.email or "",
            "confirmed_at": guardian.confirmed_at.isoformat() if guardian.confirmed_at else "",
        }


not_given_out("consent_code", msg("The code on your slip: only a digest is kept, from which it cannot be read."))


@collection(
    "reviewed_agreements",
    msg("Agreements that you reviewed as staff"),
    tables=("agreement_revision",),
    columns={
        "at": msg("When you reviewed it (UTC)"),
        "agreement": msg("The agreement's short name"),
        "revision": msg("Which version of its text"),
        "reason": msg("What you wrote"),
    },
)
def _reviews_of(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    rows = session.execute(
        select(AgreementRevision, DataAgreement.code)
        .join(DataAgreement, DataAgreement.id == AgreementRevision.agreement_id)
        .where(AgreementRevision.reviewed_by_id == person_id)
        .order_by(AgreementRevision.reviewed_at)
    )
    for revision, code in rows:
        yield {
            "at": revision.reviewed_at.isoformat() if revision.reviewed_at else "",
            "agreement": code,
            "revision": revision.number,
            "reason": revision.review_reason,
        }


@collection(
    "usages",
    msg("Who used your data"),
    tables=("usage",),
    columns={
        "at": msg("When (UTC)"),
        "kind": msg("What was done"),
        "by_role": msg("The role of whoever did it"),
        "by_department": msg("Their department"),
        "basis": msg("On which legal basis"),
        "agreement": msg("The agreement's short name"),
        "data_set": msg("Data set"),
    },
)
def _usages_of(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    rows = session.execute(
        select(Usage.at, Usage.kind, Usage.by_role, Usage.by_department, Usage.basis, Usage.details, DataAgreement.code)
        .outerjoin(DataAgreement, DataAgreement.id == Usage.agreement_id)
        .where(Usage.person_id == person_id)
        .order_by(Usage.at)
    )
    for usage in rows:
        yield {
            "at": usage.at.isoformat(),
            "kind": usage.kind,
            "by_role": usage.by_role,
            "by_department": usage.by_department,
            "basis": usage.basis,
            "agreement": usage.code or "",
            "data_set": str(usage.details.get("data_set", "")),
        }


@collection(
    "messages_to_recipients",
    msg("What recipients were told about you"),
    tables=("recipient_notice",),
    columns={
        "at": msg("When (UTC)"),
        "kind": msg("What they were told"),
        "agreement": msg("The agreement's short name"),
        "reference": msg("What stands for you towards this recipient"),
        "confirmed_at": msg("When they confirmed it; empty as long as they have not"),
    },
)
def _messages_of(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    rows = session.execute(
        select(Notice, DataAgreement.code)
        .outerjoin(DataAgreement, DataAgreement.id == Notice.agreement_id)
        .where(Notice.person_id == person_id)
        .order_by(Notice.at)
    )
    for notice, code in rows:
        yield {
            "at": notice.at.isoformat(),
            "kind": notice.kind.value,
            "agreement": code or "",
            "reference": notice.reference,
            "confirmed_at": notice.acknowledged_at.isoformat() if notice.acknowledged_at else "",
        }
