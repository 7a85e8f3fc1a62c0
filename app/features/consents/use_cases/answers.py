"""A person answers, takes an answer back, or renews it."""

import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.features.accounts.queries import held_present
from app.features.consents import rules
from app.features.consents.commands import AnswerAgreement, Details, RenewConsent, WithdrawConsent
from app.features.consents.governed import ContactDetail, ProfileDetail, forget
from app.features.consents.models import (
    AgreementRevision,
    Answer,
    ConsentEvent,
    ConsentRecord,
    DataAgreement,
    Giver,
    Guardian,
    GuardianRequest,
)
from app.features.consents.queries import minor_until, refused_in_person
from app.features.consents.use_cases.asked import note_asked
from app.features.consents.use_cases.locked import asking_agreement, locked_agreement
from app.features.consents.use_cases.recording import Admit, append, locked_record
from app.features.consents.vocabulary import AGE_BANDS
from app.features.spaces.queries import area as area_by_id
from app.kernel import clock
from app.kernel.contact import is_email, is_phone
from app.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from app.kernel.messages import Message, msg
from app.kernel.permissions import Actor, Permission
from app.kernel.texts import pick

TEXT_CHANGED = msg("The text has changed while you were reading. Read it again, then answer.")
THEIR_NO = msg("The person has refused this, or taken it back, themselves. Only they can say yes again.")
NEEDS_GUARDIAN = msg("You are below the age at which one decides this alone. An adult who is responsible for you says yes.")


def answer_agreement(session: Session, actor: Actor, command: AnswerAgreement) -> ConsentRecord:
    """Record a yes or a no against the very text that was shown. A no is as good an answer as a yes.

    Raises Forbidden when somebody answers for another without being a clerk, Conflict when the words have changed since
    they were shown (nothing is recorded, the person is asked again), Invalid when a yes lacks what the agreement asks for,
    Refused for the yes of a minor without their guardian, and for a yes from paper that is older than what was recorded since.
    """
    agreement = asking_agreement(session, command.agreement_id)
    if actor.person_id != command.person_id and not actor.may(Permission.INTAKE, agreement.process_id):
        raise Forbidden
    return record_answer(session, actor, agreement, command)


def record_answer(session: Session, actor: Actor, agreement: DataAgreement, command: AnswerAgreement) -> ConsentRecord:
    """The same for doors that have made sure of who speaks: the person, a clerk, or a guardian by their link.

    Raises NotFound for somebody whose account is being erased, too: a link or a slip may be used meanwhile.
    """
    if not held_present(session, command.person_id):
        raise NotFound
    if command.answer not in (Answer.GIVEN, Answer.REFUSED):
        raise Refused(msg("Choose yes or no."))
    revision = agreement.current
    if revision.id != command.revision_id:
        raise Conflict(TEXT_CHANGED)
    given = command.answer is Answer.GIVEN
    of_age_on = _speaks_for(session, command) if given else None
    if given:
        check_details(session, revision, command.details)
    close_requests(session, agreement.id, command.person_id)
    if actor.client_id is None:  # a program asked in its own words: it passes the answer on
        note_asked(session, actor, revision, command.person_id, command.language, command.sheet)
    until, lapses = rules.runs_until(clock.now(), revision.months, of_age_on) if given else (None, False)
    shown, language = pick(revision.notice, command.language)
    record = append(
        session,
        actor,
        revision,
        command.person_id,
        command.answer,
        shown=shown,
        language=language,
        giver=Giver.GUARDIAN if command.guardian_id else Giver.SELF,
        guardian_id=command.guardian_id,
        sheet=command.sheet,
        remark=command.remark,
        until=until,
        lapses=lapses,
        admit=_what_may_follow(command) if given else None,
    )
    if record is None:  # only asking leaves no answer
        raise Conflict(TEXT_CHANGED)
    forget(session, agreement.id, command.person_id)
    if given:
        _keep_details(session, revision, command.person_id, command.details)
    session.flush()
    return record


def _what_may_follow(command: AnswerAgreement) -> Admit | None:
    """What has to be asked, under the lock, before a yes. A no has nothing in its way."""
    if command.passed_on:
        return _their_own_no_stands
    if command.said_at is None:
        return None
    return lambda session, record: refuse_older(session, command, record)


def refuse_older(session: Session, command: AnswerAgreement, record: ConsentRecord | None) -> None:
    """Raises Refused for a yes that was said before what is recorded: an old sheet brings no consent back."""
    if record is None or command.said_at is None or command.answer is not Answer.GIVEN:
        return
    since = session.get_one(ConsentEvent, record.event_id).at
    if since >= command.said_at:
        raise Refused(
            msg(
                "Something newer than this sheet is recorded of this person: an answer of %(day)s. "
                "Make the sheet void with this as the reason.",
                day=since,
            )
        )


def _their_own_no_stands(session: Session, record: ConsentRecord | None) -> None:
    """Raises Refused where the person has said no themselves: a program cannot put another answer in its place."""
    if record is not None and refused_in_person(session, record):
        raise Refused(THEIR_NO)


def close_requests(session: Session, agreement_id: uuid.UUID, person_id: uuid.UUID, but: uuid.UUID | None = None) -> None:
    """Close the links that guardians were sent and have not used: whoever answers last decides, not an older letter.

    `but` is locked with them and stays open. Locks after the agreement and before the record, in the order of the keys.
    """
    theirs = select(Guardian.id).where(Guardian.minor_id == person_id)
    requests = session.scalars(
        select(GuardianRequest)
        .where(
            GuardianRequest.agreement_id == agreement_id,
            GuardianRequest.guardian_id.in_(theirs),
            GuardianRequest.answered_at.is_(None),
        )
        .order_by(GuardianRequest.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for request in requests:
        if request.id != but:
            request.answered_at = clock.now()


def _speaks_for(session: Session, command: AnswerAgreement) -> date | None:
    """When a minor's yes lapses; None for everybody else. Raises Refused when a minor says yes alone."""
    of_age_on = minor_until(session, command.person_id)
    if not rules.is_minor(of_age_on, clock.now()):
        return None
    guardian = session.get(Guardian, command.guardian_id) if command.guardian_id else None
    if guardian is None or guardian.minor_id != command.person_id or guardian.confirmed_at is None:
        raise Refused(NEEDS_GUARDIAN)
    return of_age_on


def check_details(session: Session, revision: AgreementRevision, details: Details) -> None:
    """Raise Invalid when a yes lacks what the revision asks for."""
    asked = rules.fields_asked(revision)
    errors: dict[str, Message] = {}
    if "name" in asked and not details.name.strip():
        errors["name"] = msg("Write the name we may use.")
    if "address" in asked:
        if not details.address.strip():
            errors["address"] = msg("Write an e-mail address or a telephone number.")
        elif not is_email(details.address) and not is_phone(details.address):
            errors["address"] = msg("We cannot reach you there. Write an e-mail address, or a telephone number in digits.")
    if "age_band" in asked and details.age_band not in AGE_BANDS:
        errors["age_band"] = msg("Choose how old you are.")
    if "area" in asked and (details.area_id is None or area_by_id(session, details.area_id) is None):
        errors["area"] = msg("Choose the area you live in.")
    if errors:
        raise Invalid(errors)


def _keep_details(session: Session, revision: AgreementRevision, person_id: uuid.UUID, details: Details) -> None:
    """Only what the agreement asks for is kept, whatever else was sent."""
    asked, key = set(rules.fields_asked(revision)), {"agreement_id": revision.agreement_id, "person_id": person_id}
    if asked & {"name", "address"}:
        name, address = (getattr(details, field) if field in asked else "" for field in ("name", "address"))
        session.add(ContactDetail(**key, name=name, address=address))
    if asked & {"age_band", "area", "languages", "gender"}:
        session.add(
            ProfileDetail(
                **key,
                age_band=details.age_band if "age_band" in asked else "",
                area_id=details.area_id if "area" in asked else None,
                languages=list(details.languages) if "languages" in asked else [],
                gender=details.gender.strip()[:80] if "gender" in asked else "",
            )
        )


def withdraw_consent(session: Session, actor: Actor, command: WithdrawConsent) -> ConsentRecord:
    """Take a consent or an objection back, at once: the next read of any consented data set lacks the person.

    Only a yes or an objection can be taken back: a no, and what ran out, stay what they are, and so does what is withdrawn.
    Open letters to guardians are void with it in each case. A minor needs nobody for it.

    Raises NotFound when nothing was answered.
    """
    agreement, record = _answered(session, actor, command.agreement_id, command.person_id)
    if not rules.can_be_taken_back(record):
        return record
    last = session.get_one(ConsentEvent, record.event_id)
    revision = session.get_one(AgreementRevision, record.revision_id)
    appended = append(
        session,
        actor,
        revision,
        command.person_id,
        Answer.WITHDRAWN,
        shown=last.shown_text,
        language=last.language,
        sheet=command.sheet,
        remark=command.remark,
    )
    forget(session, agreement.id, command.person_id)
    session.flush()
    return appended or record


def renew_consent(session: Session, actor: Actor, command: RenewConsent) -> ConsentRecord:
    """Let a yes that still counts run for another whole time, from now, with the details that were given.

    Raises Conflict when it counts no more, another text was shown,
    or the text has changed in substance (then it is to be read and answered again),
    Refused for minors: their guardian answers again.
    """
    agreement, record = _answered(session, actor, command.agreement_id, command.person_id)
    if not rules.is_in_force(record, agreement, clock.now()) or rules.is_replaced(record, agreement):
        raise Conflict(msg("This cannot be renewed any more. Read the text as it is now, then answer."))
    if rules.is_minor(minor_until(session, command.person_id), clock.now()):
        raise Refused(NEEDS_GUARDIAN)
    revision = agreement.current
    if revision.id != command.revision_id:
        raise Conflict(TEXT_CHANGED)
    shown, language = pick(revision.notice, command.language)
    until = rules.expiry(clock.now(), revision.months)
    appended = append(session, actor, revision, command.person_id, Answer.RENEWED, shown=shown, language=language, until=until)
    return appended or record


def _answered(
    session: Session, actor: Actor, agreement_id: uuid.UUID, person_id: uuid.UUID
) -> tuple[DataAgreement, ConsentRecord]:
    """The agreement and this person's record, locked. Raises NotFound for strangers and where nothing was answered."""
    agreement = locked_agreement(session, agreement_id, shared=True)
    if agreement is None:
        raise NotFound
    if actor.person_id != person_id and not actor.may(Permission.INTAKE, agreement.process_id):
        raise NotFound
    close_requests(session, agreement.id, person_id)
    record = locked_record(session, agreement.id, person_id)
    if record is None:
        raise NotFound
    return agreement, record
