"""What becomes of consents and usages. Consents are taken back first, so that every recipient learns that they are over."""

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from app.features.consents.commands import WithdrawConsent
from app.features.consents.governed import GOVERNED
from app.features.consents.models import (
    AgreementRevision,
    Answer,
    ConsentCode,
    ConsentEvent,
    ConsentLetter,
    ConsentPaper,
    ConsentRecord,
    Guardian,
    Minor,
    Notice,
    ObjectionDecision,
    Usage,
)
from app.features.consents.use_cases import drop_papers, tell_of_erasure, withdraw_consent
from app.features.consents.use_cases.telling import NOTICE
from app.kernel.erasing import Condition, Fate, Part, Subject, anonymous, declare, goes, must_leave, nothing_of_people, stays
from app.kernel.messages import msg
from app.kernel.permissions import Actor

_AT_ONCE = 50


def _given(session: Session, subject: Subject) -> int:
    query = select(func.count()).where(ConsentRecord.person_id == subject.person_id, ConsentRecord.answer == Answer.GIVEN)
    return session.scalar(query) or 0


def _handed_over(session: Session, subject: Subject) -> int:
    query = select(func.count()).where(Usage.person_id == subject.person_id, Usage.kind == "release")
    return session.scalar(query) or 0


def _answered(session: Session, subject: Subject) -> int:
    return session.scalar(select(func.count()).where(ConsentRecord.person_id == subject.person_id)) or 0


def _tell(session: Session, subject: Subject, _most: int) -> int:
    """All in one step: the note that it was taken commits with the messages, so that nobody is told twice."""
    tell_of_erasure(session, subject.person_id)
    return 0


def _paper_keys(session: Session, subject: Subject) -> list[str]:
    return list(session.scalars(select(ConsentPaper.key).where(ConsentPaper.person_id == subject.person_id)))


def _take_papers(session: Session, subject: Subject, most: int) -> int:
    return drop_papers(session, subject.person_id, most)


def _in_office(subject: Subject) -> ColumnElement[bool]:
    written = cast(AgreementRevision.writers, Text).contains(str(subject.person_id))
    return or_(AgreementRevision.reviewed_by_id == subject.person_id, written)


def _ruled(subject: Subject) -> ColumnElement[bool]:
    return or_(ObjectionDecision.proposed_by_id == subject.person_id, ObjectionDecision.confirmed_by_id == subject.person_id)


def _left_over(detail: Any) -> Condition:
    """Details that do not go with a consent that is taken back."""

    def condition(subject: Subject) -> ColumnElement[bool]:
        given = exists().where(
            ConsentRecord.person_id == detail.person_id,
            ConsentRecord.agreement_id == detail.agreement_id,
            ConsentRecord.answer == Answer.GIVEN,
        )
        return and_(detail.person_id == subject.person_id, ~given)

    return condition


def _take_back(session: Session, subject: Subject, most: int) -> int:
    query = select(ConsentRecord.agreement_id).where(
        ConsentRecord.person_id == subject.person_id, ConsentRecord.answer == Answer.GIVEN
    )
    found = session.scalars(query.limit(min(most, _AT_ONCE))).all()
    for agreement_id in found:
        withdraw_consent(session, Actor(person_id=subject.person_id), WithdrawConsent(agreement_id, subject.person_id))
    return most if len(found) == _AT_ONCE and most > _AT_ONCE else len(found)


declare(
    Part(
        name="consents_given",
        fate=Fate.GOES,
        title=msg("Consents you gave, with what you gave for them: they are taken back, and their recipients are told"),
        columns=("consent_record.person_id",),
        why=None,
        order=10,
        count=_given,
        run=_take_back,
        at_once=True,
    )
)
for _detail in GOVERNED:
    goes(
        f"details_{_detail.__tablename__}",
        msg("What you gave for a consent that is no longer in force"),
        _detail.person_id,
        where=_left_over(_detail),
        order=11,
    )
declare(
    Part(
        name="consents_told",
        fate=Fate.STAYS,
        title=msg("A message to each recipient whose question you have ever answered: that you were erased"),
        columns=(),
        why=msg(
            "So that they erase what they have of you. They know you by a reference that only they have; no name is in it."
        ),
        order=11,
        count=_answered,
        run=_tell,
    )
)
goes("objections_decided", msg("What the city decided about your objections"), ObjectionDecision.person_id, order=11)
goes("consent_records", msg("What you allow and refuse at present"), ConsentRecord.person_id, order=12)
_papers = goes(
    "consent_papers",
    msg("Pictures of the sheets of paper on which you answered"),
    ConsentPaper.person_id,
    order=12,
)
declare(replace(_papers, files=_paper_keys, run=_take_papers))
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
_notices = anonymous(
    "consent_notices",
    msg("Messages to recipients that you allow something no more"),
    Notice.person_id,
    why=msg("That the recipient was told, and has confirmed it, has to stay checkable. Whom it was about is no longer said."),
    order=14,
)
# So is the message that leaves when one is taken back.
declare(replace(_notices, count=lambda session, subject: _notices.count(session, subject) + _given(session, subject)))
must_leave(NOTICE, msg("They say that your consent is over, or that you were erased, to the recipients that have your data."))
goes("minors", msg("That you are below the age at which people decide alone"), Minor.person_id)
goes("guardians", msg("Who answers for you, with their address"), Guardian.minor_id, order=5)
goes("consent_letters", msg("Letters that asked you for a yes on behalf of another system"), ConsentLetter.person_id, order=5)
goes("consent_codes", msg("The code on your slip"), ConsentCode.person_id, order=5)
declare(
    Part(
        name="handed_over",
        fate=Fate.STAYS,
        title=msg("What was handed over to recipients while your consent was in force"),
        columns=(),
        why=msg("They have it, and we cannot call it back. They are told that your consent is over."),
        order=50,
        count=_handed_over,
        run=lambda _session, _subject, _most: 0,
    )
)
goes("usages", msg("Who used your data, and when"), Usage.person_id)
stays(
    "agreements_written",
    msg("Data agreements that you wrote or reviewed in office"),
    AgreementRevision.reviewed_by_id,
    AgreementRevision.writers,
    AgreementRevision.review_reason,
    where=_in_office,
    why=msg("Two people have to have seen each text. Who they were stays as numbers, without a name."),
)
stays(
    "objections_ruled",
    msg("Decisions about objections of others that you signed in office"),
    ObjectionDecision.proposed_by_id,
    ObjectionDecision.confirmed_by_id,
    ObjectionDecision.reason,
    ObjectionDecision.sent_back_reason,
    where=_ruled,
    why=msg("Whoever objected has a right to the decision. Who made it is no longer said."),
)
nothing_of_people(
    "the city's own words about an agreement and its recipient, which is an organisation",
    "agreement_revision.purpose",
    "agreement_revision.recipient",
    "agreement_revision.notice",
    "agreement_revision.categories",
    "agreement_revision.retention",
    "agreement_revision.storage_note",
    "agreement_revision.impact_note",
    "agreement_revision.content",
    "recipient.name",
    "recipient.organisation",
    "recipient.contact",
    "recipient.url",
)
nothing_of_people(
    "a recipient's server, which is an organisation's, and what went wrong with it",
    "recipient_endpoint.url",
    "recipient_endpoint.secret",
    "recipient_endpoint.previous_secret",
    "recipient_notice.problem",
)
