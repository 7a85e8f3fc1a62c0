"""What this room keeps about a person."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.features.consents.governed import ContactDetail
from app.features.consents.models import ConsentEvent, DataAgreement, Usage
from app.kernel.messages import msg
from app.kernel.personal_data import collection


@collection(
    "consents",
    msg("What you allowed, refused and took back"),
    tables=("consent_event", "consent_record", "contact_detail"),
    columns={
        "at": msg("When you answered (UTC)"),
        "agreement": msg("The agreement's short name"),
        "answer": msg("given, refused, withdrawn or expired"),
        "shown_text": msg("The text that you were shown then"),
        "language": msg("The language it was in"),
        "channel": msg("How it came in"),
        "contact_name": msg("The name you gave for contact, while your consent is in force"),
        "contact_address": msg("The address you gave for contact, while your consent is in force"),
    },
)
def _consents_of(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    rows = session.execute(
        select(ConsentEvent, DataAgreement.code, ContactDetail)
        .join(DataAgreement, DataAgreement.id == ConsentEvent.agreement_id)
        .outerjoin(
            ContactDetail,
            and_(ContactDetail.agreement_id == ConsentEvent.agreement_id, ContactDetail.person_id == ConsentEvent.person_id),
        )
        .where(ConsentEvent.person_id == person_id)
        .order_by(ConsentEvent.at)
    )
    for event, code, detail in rows:
        yield {
            "at": event.at.isoformat(),
            "agreement": code,
            "answer": event.answer.value,
            "shown_text": event.shown_text,
            "language": event.language,
            "channel": event.channel.value,
            "contact_name": detail.name if detail else "",
            "contact_address": detail.address if detail else "",
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
    },
)
def _usages_of(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    rows = session.scalars(select(Usage).where(Usage.person_id == person_id).order_by(Usage.at))
    for usage in rows:
        yield {
            "at": usage.at.isoformat(),
            "kind": usage.kind,
            "by_role": usage.by_role,
            "by_department": usage.by_department,
            "basis": usage.basis,
        }
