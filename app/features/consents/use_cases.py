"""What can happen here: an agreement is written, asked about, answered, taken back; a usage is noted."""

import uuid
from collections.abc import Iterable

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.features.consents import rules
from app.features.consents.commands import AnswerAgreement, EndAgreement, WithdrawConsent, WriteAgreement
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
from app.features.consents.queries import agreement_of_process, record_of
from app.features.spaces.queries import Process
from app.features.spaces.queries import process as process_by_id
from app.kernel import audit, clock
from app.kernel.contact import is_email, is_phone
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from app.kernel.messages import msg
from app.kernel.permissions import Actor, Permission
from app.kernel.texts import pick


def write_agreement(session: Session, actor: Actor, command: WriteAgreement) -> DataAgreement:
    """Begin to ask in a process, or ask with new words: the old revision stays readable, the new one follows it.

    A material revision ends the consents given before, from this moment: what was given for contact is deleted.
    Raises Invalid when purpose, recipient or notice is missing in every language, NotFound for other processes.
    """
    process = process_by_id(session, command.process_id)
    if process is None or not actor.may(Permission.AGREEMENT_MANAGE, command.process_id):
        raise NotFound
    texts = {"purpose": command.purpose, "recipient": command.recipient, "notice": command.notice}
    empty = {name: msg("Write this in at least one language.") for name, text in texts.items() if not any(text.values())}
    if empty:
        raise Invalid(empty)
    if not 1 <= command.months <= 36:
        raise Invalid({"months": msg("Choose between 1 and 36 months.")})
    # One agreement in force for a process: two who begin at the same moment wait for each other here.
    session.execute(select(Process.id).where(Process.id == process.id).with_for_update())
    agreement = agreement_of_process(session, command.process_id)
    if agreement is not None:
        agreement = _locked_agreement(session, agreement.id)
    if agreement is not None and agreement.state is not AgreementState.IN_FORCE:
        agreement = None  # a colleague has ended it at this moment: what is written now begins another
    before = agreement.current.digest if agreement else ""
    number = agreement.current.number + 1 if agreement else 1
    if agreement is None:
        agreement = DataAgreement(
            code=f"contact-{process.slug}"[:56] + f"-{uuid.uuid4().hex[:6]}",
            process_id=process.id,
            state=AgreementState.IN_FORCE,
        )
        session.add(agreement)
        session.flush()
    agreement.months = command.months
    revision = AgreementRevision(
        agreement_id=agreement.id,
        number=number,
        purpose=command.purpose,
        recipient=command.recipient,
        notice=command.notice,
        material=command.material,
        previous_digest=before,
        digest=rules.revision_digest(command.purpose, command.recipient, command.notice, command.months, before),
    )
    session.add(revision)
    session.flush()
    if before and command.material:  # earlier answers do not cover the new substance, so nothing is kept on their ground
        session.execute(delete(ContactDetail).where(ContactDetail.agreement_id == agreement.id))
    session.refresh(agreement, ["revisions"])
    audit.record(session, actor, "agreement.written", agreement, process_id=process.id, before=before, after=revision.digest)
    return agreement


def _locked_agreement(session: Session, agreement_id: uuid.UUID, *, shared: bool = False) -> DataAgreement | None:
    """The agreement as it stands now, with its revisions: nobody answers words that are being changed or ended.

    People who answer share the lock among themselves; whoever writes or ends the agreement has it alone.
    """
    query = select(DataAgreement).where(DataAgreement.id == agreement_id).with_for_update(read=shared)
    agreement = session.scalars(query.execution_options(populate_existing=True)).first()
    if agreement is not None:
        session.refresh(agreement, ["revisions"])
    return agreement


def end_agreement(session: Session, actor: Actor, command: EndAgreement) -> None:
    """Stop asking. Nobody is in any further release, and what was given for contact is deleted."""
    agreement = _locked_agreement(session, command.agreement_id)
    if agreement is None or not actor.may(Permission.AGREEMENT_MANAGE, agreement.process_id):
        raise NotFound
    agreement.state = AgreementState.ENDED
    session.execute(delete(ContactDetail).where(ContactDetail.agreement_id == agreement.id))
    session.flush()
    audit.record(session, actor, "agreement.ended", agreement, process_id=agreement.process_id)


def answer_agreement(session: Session, actor: Actor, command: AnswerAgreement) -> ConsentRecord:
    """Record a yes or a no against the very text that was shown. A no is as good an answer as a yes.

    Raises Forbidden when somebody answers for another without being a clerk, Conflict when the words have changed since
    they were shown (nothing is recorded, the person is asked again), Invalid when a yes lacks name or address.
    """
    agreement = _locked_agreement(session, command.agreement_id, shared=True)
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


def note_usages(
    session: Session,
    people: Iterable[uuid.UUID],
    *,
    kind: str,
    by_role: str,
    by_department: str = "",
    basis: str,
    agreement_id: uuid.UUID | None = None,
    **details: str,
) -> int:
    """Write down that the data of these people were used, in the transaction of the use. Returns how many people."""
    now = clock.now()
    rows = [
        {
            "id": uuid.uuid4(),
            "person_id": person,
            "at": now,
            "kind": kind,
            "by_role": by_role,
            "by_department": by_department,
            "basis": basis,
            "agreement_id": agreement_id,
            "details": details,
        }
        for person in people
    ]
    if rows:
        session.execute(insert(Usage), rows)
    return len(rows)


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


__all__ = [
    "answer_agreement",
    "end_agreement",
    "expire_consents",
    "note_usages",
    "record_of",
    "withdraw_consent",
    "write_agreement",
]
