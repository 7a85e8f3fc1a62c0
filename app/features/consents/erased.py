"""What becomes of consents and usages. Consents are taken back first, so that every recipient learns that they are over."""

from dataclasses import replace

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from app.features.consents.commands import WithdrawConsent
from app.features.consents.governed import ContactDetail
from app.features.consents.models import Answer, ConsentEvent, ConsentRecord, Usage
from app.features.consents.use_cases import withdraw_consent
from app.kernel.erasing import Fate, Part, Subject, anonymous, declare, goes, nothing_of_people
from app.kernel.messages import msg
from app.kernel.permissions import Actor

_FEW = 50


def _given(session: Session, subject: Subject) -> int:
    query = select(func.count()).where(ConsentRecord.person_id == subject.person_id, ConsentRecord.answer == Answer.GIVEN)
    return session.scalar(query) or 0


def _needs_detail() -> ColumnElement[bool]:
    """Whether the detail goes with the consent that is taken back."""
    return exists().where(
        ConsentRecord.person_id == ContactDetail.person_id,
        ConsentRecord.agreement_id == ContactDetail.agreement_id,
        ConsentRecord.answer == Answer.GIVEN,
    )


def _take_back(session: Session, subject: Subject, most: int) -> int:
    query = select(ConsentRecord.agreement_id).where(
        ConsentRecord.person_id == subject.person_id, ConsentRecord.answer == Answer.GIVEN
    )
    found = session.scalars(query.limit(min(most, _FEW))).all()
    for agreement_id in found:
        withdraw_consent(session, Actor(person_id=subject.person_id), WithdrawConsent(agreement_id, subject.person_id))
    return most if len(found) == _FEW and most > _FEW else len(found)


declare(
    Part(
        name="consents_given",
        fate=Fate.GOES,
        title=msg("Consents you gave, with the name and address for it: they are taken back, and their recipients are told"),
        columns=("consent_record.person_id",),
        why=None,
        order=10,
        count=_given,
        run=_take_back,
    )
)
goes(
    "contact_details",
    msg("Name and address that you gave for contact, and no consent in force needs"),
    ContactDetail.person_id,
    where=lambda subject: and_(ContactDetail.person_id == subject.person_id, ~_needs_detail()),
    order=11,
)
goes("consent_records", msg("What you allow and refuse at present"), ConsentRecord.person_id, order=12)
_events = goes(
    "consent_events",
    msg("When you allowed, refused or took back something, and the text you were shown"),
    ConsentEvent.person_id,
    order=13,
)
# Taking a consent back is noted like any other answer, before all these notes go.
declare(replace(_events, count=lambda session, subject: _events.count(session, subject) + _given(session, subject)))
anonymous(
    "consents_typed",
    msg("Answers you typed in for others"),
    ConsentEvent.hands_id,
    why=msg("It is somebody else's voice. That your hands typed it is no longer said."),
    order=14,
)
goes("usages", msg("Who used your data, and when"), Usage.person_id)
nothing_of_people(
    "the city's own words about an agreement",
    "agreement_revision.purpose",
    "agreement_revision.recipient",
    "agreement_revision.notice",
)
