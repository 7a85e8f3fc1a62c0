"""Data agreements and answers to them for tests."""

import hashlib
import io
import uuid
from datetime import date
from typing import Any

from PIL import Image

from app.extensions import db, files
from app.features.accounts.models import Person
from app.features.consents.commands import (
    AnswerAgreement,
    AskByLetter,
    AskGuardian,
    Details,
    NoteAge,
    PutInForce,
    ReviewAgreement,
    SubmitAgreement,
    WithdrawConsent,
    WriteAgreement,
)
from app.features.consents.models import (
    Answer,
    ConsentCode,
    ConsentPaper,
    ConsentRecord,
    DataAgreement,
    Notice,
    NoticeKind,
    Recipient,
    Usage,
)
from app.features.consents.queries import record_of
from app.features.consents.use_cases import (
    answer_agreement,
    ask_by_letter,
    ask_guardian,
    give_code,
    note_age,
    put_in_force,
    review_agreement,
    submit_agreement,
    withdraw_consent,
    write_agreement,
)
from app.kernel import clock
from app.kernel.permissions import SYSTEM, Actor, Role
from app.kernel.references import new_token, token_hash
from tests.factories import accounts, spaces
from tests.factories.tools import add

SECOND = Actor(client_id=uuid.uuid4(), everywhere=frozenset({Role.STEWARD}))
"""Somebody who reads what others wrote, and leaves no row of a person in a test that counts them."""
SECRET = "testing-key-that-protects-nothing-at-all"  # of every installation in tests


def recipient(**attributes: Any) -> Recipient:
    """A department that gets data."""
    return add(Recipient(**{"name": {"en": "Planning department"}, "contact": "planning@example.org", **attributes}))


def draft(process: Any = None, **attributes: Any) -> DataAgreement:
    """A draft: the planning department may write about a process. `process=False` is for the whole city."""
    process = spaces.process() if process is None else process
    command = WriteAgreement(
        **{
            "process_id": process.id if process else None,
            "recipient_id": (attributes.pop("recipient", None) or recipient()).id,
            "purpose": {"en": "Contact about this topic"},
            "notice": {"en": "The planning department may contact me about this topic."},
            "retention_days": 365,
            **attributes,
        }
    )
    return write_agreement(db.session(), SYSTEM, command)


def enforce(agreement: DataAgreement, earlier_end_at: Any = None) -> DataAgreement:
    """Submit, review and put in force what is pending."""
    session = db.session()
    submit_agreement(session, SYSTEM, SubmitAgreement(agreement.id))
    review_agreement(session, SECOND, ReviewAgreement(agreement.id, approve=True, reason="Read, all of it."))
    put_in_force(session, SYSTEM, PutInForce(agreement.id, earlier_end_at))
    return agreement


def agreement(process: Any = None, **attributes: Any) -> DataAgreement:
    """An agreement in force: the planning department may write about a process."""
    return enforce(draft(process, **attributes))


def revise(agreement: DataAgreement, *, earlier_end_at: Any = None, **changes: Any) -> DataAgreement:
    """The next revision of an agreement, in force: the same but for `changes`."""
    return enforce(pending(agreement, **changes), earlier_end_at)


def pending(agreement: DataAgreement, **changes: Any) -> DataAgreement:
    """The draft of the next revision of an agreement: the same but for `changes`."""
    now = agreement.current
    kept = ("purpose", "notice", "months", "retention_days", "retention", "storage", "storage_note", "disclosure")
    command = WriteAgreement(
        **{
            **{name: getattr(now, name) for name in kept},
            "agreement_id": agreement.id,
            "process_id": agreement.process_id,
            "recipient_id": agreement.recipient_id,
            "purpose_term": agreement.purpose_term,
            "legal_basis": agreement.legal_basis,
            "categories": tuple(now.categories),
            "impact_note": now.impact_note,
            **changes,
        }
    )
    return write_agreement(db.session(), SYSTEM, command)


def answer_of(agreement: DataAgreement, person: Person, answer: Answer = Answer.GIVEN, **attributes: Any) -> AnswerAgreement:
    """What a person says, with name and address for a yes, and with what else is given in `details`."""
    details = {"name": person.display_name, "address": person.email or "050 123 4567", **attributes.pop("details", {})}
    details |= {field: attributes.pop(field) for field in ("name", "address") if field in attributes}
    return AnswerAgreement(
        **{
            "agreement_id": agreement.id,
            "revision_id": agreement.current.id,
            "person_id": person.id,
            "answer": answer,
            "language": "en",
            "details": Details(**details) if answer is Answer.GIVEN else Details(),
            **attributes,
        }
    )


def consent(agreement: DataAgreement, person: Any = None, answer: Answer = Answer.GIVEN, **attributes: Any) -> ConsentRecord:
    """A person's answer, by themselves."""
    person = person or accounts.person()
    return answer_agreement(db.session(), Actor(person_id=person.id), answer_of(agreement, person, answer, **attributes))


def withdraw(agreement: DataAgreement, person: Person) -> ConsentRecord:
    """Take an answer back, by themselves."""
    return withdraw_consent(db.session(), Actor(person_id=person.id), WithdrawConsent(agreement.id, person.id))


def minor(years: int = 2) -> Person:
    """Somebody who is below the age set for some years more."""
    person = accounts.person()
    note_age(db.session(), Actor(person_id=person.id), NoteAge(person.id, date(clock.now().year + years, 1, 1)))
    return person


def guardian_link(minor: Person, agreement: DataAgreement, email: str = "guardian@example.org") -> str:
    """The secret of the link in the letter to a minor's guardian."""
    command = AskGuardian(agreement.id, minor.id, "Gerda Guardian", email)
    request = ask_guardian(db.session(), Actor(person_id=minor.id), command)
    token = new_token()
    request.token_hash = token_hash(token)
    db.session().flush()
    return token


def letter_link(person: Person, agreement: DataAgreement, address: str = "rosa@example.org") -> str:
    """The secret of the link in a letter that asks on behalf of a program."""
    letter = ask_by_letter(db.session(), SYSTEM, AskByLetter(agreement.id, person.id, address, "en", "Consent desk"))
    token = new_token()
    letter.token_hash = token_hash(token)
    db.session().flush()
    return token


def code(person: Person) -> ConsentCode:
    """The row of a code on somebody's slip; `code_of` tells what is on it."""
    key = uuid.uuid4()
    give_code(db.session(), SYSTEM, person.id, SECRET, code_id=key)
    return db.session().get_one(ConsentCode, key)


def usage(person: Any, **attributes: Any) -> Usage:
    """One use of somebody's data."""
    return add(Usage(**{"person_id": person.id, "kind": "release", "by_role": "steward", "basis": "consent", **attributes}))


def notice(agreement: DataAgreement, person: Any = None, **attributes: Any) -> Notice:
    """A message to the recipient of an agreement that waits for their confirmation."""
    facts = {"recipient_id": agreement.recipient_id, "agreement_id": agreement.id, "kind": NoticeKind.WITHDRAWN}
    return add(Notice(**{**facts, "person_id": person.id if person else None, "reference": "0" * 32, **attributes}))


def paper(agreement: DataAgreement, person: Person) -> ConsentPaper:
    """A picture of the sheet on which somebody gave the answer that counts."""
    record = record_of(db.session(), agreement.id, person.id)
    assert record is not None
    buffer = io.BytesIO()
    Image.new("L", (420, 594), 240).save(buffer, "JPEG")
    picture = buffer.getvalue()
    return add(
        ConsentPaper(
            event_id=record.event_id,
            person_id=person.id,
            number=1,
            key=files.write(picture, ".jpg"),
            digest=hashlib.sha256(picture).hexdigest(),
        )
    )
