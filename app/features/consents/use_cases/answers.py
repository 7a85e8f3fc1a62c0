"""A person answers, takes an answer back, or the answer runs out."""

import uuid

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.consents import rules
from app.features.consents.commands import AnswerAgreement, WithdrawConsent
from app.features.consents.governed import ContactDetail
from app.features.consents.models import (
    AgreementRevision,
    AgreementState,
    Answer,
    ConsentEvent,
    ConsentRecord,
    DataAgreement,
)
from app.features.consents.use_cases.agreements import locked_agreement
from app.kernel import clock
from app.kernel.contact import is_email, is_phone
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission
from app.kernel.texts import pick


def answer_agreement(session: Session, actor: Actor, command: AnswerAgreement) -> ConsentRecord:
    """Record a yes or a no against the very text that was shown. A no is as good an answer as a yes.

    Raises Forbidden when somebody answers for another without being a clerk, Conflict when the words have changed since
    they were shown (nothing is recorded, the person is asked again), Invalid when a yes lacks name or address.
    """
    agreement = locked_agreement(session, command.agreement_id, shared=True)
    if agreement is None or agreement.state is not AgreementState.IN_FORCE:
        raise NotFound
    by_hand = actor.person_id != command.person_id
    if by_hand and not actor.may(Permission.INTAKE, agreement.process_id):
        raise Forbidden
    if command.answer not in (Answer.GIVEN, Answer.REFUSED):
        raise Refused(msg("Choose yes or no."))
    revision = agreement.current
    if revision.id != command.revision_id:
        raise Conflict(msg("The text has changed while you were reading. Read it again, then answer."))
    if command.answer is Answer.GIVEN:
        _check_contact(command)
    shown, language = pick(revision.notice, command.language)
    record = _record(session, actor, agreement, revision, command.person_id, command.answer, shown=shown, language=language)
    session.execute(
        delete(ContactDetail).where(ContactDetail.agreement_id == agreement.id, ContactDetail.person_id == command.person_id)
    )
    if command.answer is Answer.GIVEN:
        session.add(
            ContactDetail(agreement_id=agreement.id, person_id=command.person_id, name=command.name, address=command.address)
        )
    session.flush()
    return record


def _check_contact(command: AnswerAgreement) -> None:
    errors = {}
    if not command.name.strip():
        errors["name"] = msg("Write the name we may use.")
    if not command.address.strip():
        errors["address"] = msg("Write an e-mail address or a telephone number.")
    elif not is_email(command.address) and not is_phone(command.address):
        errors["address"] = msg("We cannot reach you there. Write an e-mail address, or a telephone number in digits.")
    if errors:
        raise Invalid(errors)


def withdraw_consent(session: Session, actor: Actor, command: WithdrawConsent) -> ConsentRecord:
    """Take a consent back, at once: the next read of any consented data set lacks the person.

    Withdrawing what is withdrawn changes nothing. Raises NotFound when nothing was ever answered.
    """
    agreement = session.get(DataAgreement, command.agreement_id)
    if agreement is None:
        raise NotFound
    if actor.person_id != command.person_id and not actor.may(Permission.INTAKE, agreement.process_id):
        raise NotFound
    record = _locked_record(session, agreement.id, command.person_id)
    if record is None:
        raise NotFound
    if record.answer is Answer.WITHDRAWN:
        return record
    revision = session.get_one(AgreementRevision, record.revision_id)
    last = session.get_one(ConsentEvent, record.event_id)
    record = _record(
        session,
        actor,
        agreement,
        revision,
        command.person_id,
        Answer.WITHDRAWN,
        shown=last.shown_text,
        language=last.language,
    )
    session.execute(
        delete(ContactDetail).where(ContactDetail.agreement_id == agreement.id, ContactDetail.person_id == command.person_id)
    )
    session.flush()
    return record


def _locked_record(session: Session, agreement_id: uuid.UUID, person_id: uuid.UUID) -> ConsentRecord | None:
    return session.scalars(
        select(ConsentRecord)
        .where(ConsentRecord.agreement_id == agreement_id, ConsentRecord.person_id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def _record(
    session: Session,
    actor: Actor,
    agreement: DataAgreement,
    revision: AgreementRevision,
    person_id: uuid.UUID,
    answer: Answer,
    *,
    shown: str,
    language: str,
) -> ConsentRecord:
    """Append the event and bring the present state up to it; two devices at once end in one state, the later event's."""
    now = clock.now()
    event = ConsentEvent(
        agreement_id=agreement.id,
        revision_id=revision.id,
        person_id=person_id,
        answer=answer,
        shown_text=shown,
        language=language,
        channel=actor.channel,
        hands_id=actor.person_id if actor.person_id != person_id else None,
        at=now,
    )
    session.add(event)
    session.flush()
    record = _locked_record(session, agreement.id, person_id)
    if record is None:
        record = ConsentRecord(agreement_id=agreement.id, person_id=person_id)
        _write_state(record, revision, event, agreement.months)
        try:
            with session.begin_nested():
                session.add(record)
                session.flush()
        except IntegrityError:
            found = _locked_record(session, agreement.id, person_id)
            if found is None:
                raise Conflict(msg("You have answered on another device at the same moment. Try again.")) from None
            record = found
    _write_state(record, revision, event, agreement.months)
    session.flush()
    return record


def _write_state(record: ConsentRecord, revision: AgreementRevision, event: ConsentEvent, months: int) -> None:
    record.revision_id = revision.id
    record.event_id = event.id
    record.answer = event.answer
    record.since = event.at
    record.expires_at = rules.expiry(event.at, months) if event.answer is Answer.GIVEN else None


def expire_consents(session: Session) -> int:
    """Mark consents that have run out and delete what was given for contact; the nightly task calls it. Returns how many.

    Until it runs, a consent past its date is out of force all the same: `queries.in_force` looks at the date.
    """
    now = clock.now()
    due = session.scalars(
        select(ConsentRecord).where(ConsentRecord.answer == Answer.GIVEN, ConsentRecord.expires_at <= now).with_for_update()
    ).all()
    for record in due:
        last = session.get_one(ConsentEvent, record.event_id)
        event = ConsentEvent(
            agreement_id=record.agreement_id,
            revision_id=record.revision_id,
            person_id=record.person_id,
            answer=Answer.EXPIRED,
            shown_text=last.shown_text,
            language=last.language,
            channel=last.channel,
            at=now,
        )
        session.add(event)
        session.flush()
        record.answer, record.event_id, record.since, record.expires_at = Answer.EXPIRED, event.id, now, None
        session.execute(
            delete(ContactDetail).where(
                ContactDetail.agreement_id == record.agreement_id, ContactDetail.person_id == record.person_id
            )
        )
    session.flush()
    return len(due)
