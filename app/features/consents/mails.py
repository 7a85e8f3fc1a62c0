"""Letters of this room. What is personal is looked up when a letter is written, so that it never lies in the outbox."""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from app.features.accounts.queries import person as person_by_id
from app.features.consents.models import Answer, ConsentLetter, DataAgreement, Guardian, GuardianRequest
from app.features.consents.queries import decisions_of, record_of, ruling_of
from app.features.consents.rules import is_in_force
from app.features.notifications.queries import Address, Mail
from app.kernel import clock
from app.kernel.messages import msg
from app.kernel.references import new_token, token_hash


def _guardians_address(session: Session, minor_id: uuid.UUID, params: dict[str, Any]) -> Address | None:
    """The letter waits as the minor's, so that it goes with them; nothing is sent when the request is gone."""
    request = session.get(GuardianRequest, uuid.UUID(params["request_id"]))
    guardian = session.get(Guardian, request.guardian_id) if request else None
    if request is None or guardian is None or guardian.minor_id != minor_id or not guardian.email:
        return None
    return Address(guardian.email, request.language)


def _with_token(session: Session, params: dict[str, Any]) -> dict[str, Any] | None:
    """The link gets its secret now; nothing is sent for one that was answered or is gone."""
    request = session.get(GuardianRequest, uuid.UUID(params["request_id"]))
    if request is None or request.answered_at is not None or request.expires_at <= clock.now():
        return None
    guardian = session.get_one(Guardian, request.guardian_id)
    minor = person_by_id(session, guardian.minor_id)
    token = new_token()
    request.token_hash = token_hash(token)
    session.flush()
    name = minor.display_name if minor else ""
    return {**params, "token": token, "guardian": guardian.name, "minor": name}


def _letters_address(session: Session, person_id: uuid.UUID, params: dict[str, Any]) -> Address | None:
    """The address that somebody named, of which nobody knows yet whose it is; nothing is sent when the letter is gone."""
    letter = session.get(ConsentLetter, uuid.UUID(params["letter_id"]))
    return Address(letter.address, letter.language) if letter is not None and letter.person_id == person_id else None


def _with_letters_token(session: Session, params: dict[str, Any]) -> dict[str, Any] | None:
    """The link gets its secret now; nothing is sent for one that was answered or is too old."""
    letter = session.get(ConsentLetter, uuid.UUID(params["letter_id"]))
    agreement = session.get(DataAgreement, letter.agreement_id) if letter is not None else None
    if letter is None or agreement is None or letter.answered_at is not None or letter.expires_at <= clock.now():
        return None
    token = new_token()
    letter.token_hash = token_hash(token)
    session.flush()
    return {**params, "token": token, "program": letter.asked_by, "purpose": agreement.current.purpose}


def _still_runs(session: Session, params: dict[str, Any]) -> dict[str, Any] | None:
    """What runs out and when; nothing is said when it was renewed or taken back since."""
    agreement = session.get(DataAgreement, uuid.UUID(params["agreement_id"]))
    record = record_of(session, uuid.UUID(params["agreement_id"]), uuid.UUID(params["person"]))
    if agreement is None or record is None or record.answer is not Answer.GIVEN or record.expires_at is None:
        return None
    if not is_in_force(record, agreement, clock.now()) or record.expires_at.isoformat() != params["until"]:
        return None
    return {**params, "purpose": agreement.current.purpose, "until": record.expires_at}


def _has_changed(session: Session, params: dict[str, Any]) -> dict[str, Any] | None:
    agreement = session.get(DataAgreement, uuid.UUID(params["agreement_id"]))
    if agreement is None:
        return None
    ends = agreement.current.earlier_end_at
    return {**params, "purpose": agreement.current.purpose, "ends": ends if ends and ends > clock.now() else None}


GUARDIAN = Mail(
    "consents.guardian", subject=msg("A young person asks for your consent"), prepare=_with_token, where=_guardians_address
)
LETTER = Mail(
    "consents.letter", subject=msg("Do you allow this use of your data?"), prepare=_with_letters_token, where=_letters_address
)
RUNS_OUT = Mail("consents.runs_out", subject=msg("Your consent runs out soon"), prepare=_still_runs)
CHANGED = Mail("consents.changed", subject=msg("A text that you agreed to has changed"), prepare=_has_changed)


def _decided(session: Session, params: dict[str, Any]) -> dict[str, Any] | None:
    """The decision as it stands when the letter leaves; nothing is said when it went with the person's answers."""
    decision = ruling_of(session, uuid.UUID(params["event"]))
    agreement = session.get(DataAgreement, uuid.UUID(params["agreement_id"]))
    if decision is None or agreement is None or not decision.is_decided:
        return None
    told = decisions_of(session, decision.person_id)[decision.event_id]
    return {**params, "purpose": agreement.current.purpose, "decided": told}


OBJECTION = Mail("consents.objection", subject=msg("The city has decided about your objection"), prepare=_decided)
