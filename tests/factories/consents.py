"""Data agreements and answers to them for tests."""

from typing import Any

from app.extensions import db
from app.features.consents.commands import (
    AnswerAgreement,
    Details,
    PutInForce,
    ReviewAgreement,
    SubmitAgreement,
    WriteAgreement,
)
from app.features.consents.models import Answer, ConsentRecord, DataAgreement, Recipient, Usage
from app.features.consents.use_cases import (
    answer_agreement,
    put_in_force,
    review_agreement,
    submit_agreement,
    write_agreement,
)
from app.kernel.permissions import SYSTEM, Actor
from tests.factories import accounts, spaces
from tests.factories.tools import add


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
    review_agreement(session, SYSTEM, ReviewAgreement(agreement.id, approve=True, reason="Read, all of it."))
    put_in_force(session, SYSTEM, PutInForce(agreement.id, earlier_end_at))
    return agreement


def agreement(process: Any = None, **attributes: Any) -> DataAgreement:
    """An agreement in force: the planning department may write about a process."""
    return enforce(draft(process, **attributes))


def revise(agreement: DataAgreement, *, earlier_end_at: Any = None, **changes: Any) -> DataAgreement:
    """The next revision of an agreement, in force: the same but for `changes`."""
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
    return enforce(write_agreement(db.session(), SYSTEM, command), earlier_end_at)


def consent(agreement: DataAgreement, person: Any = None, answer: Answer = Answer.GIVEN, **attributes: Any) -> ConsentRecord:
    """A person's answer, with name and address for a yes, and with what else is given in `details`."""
    person = person or accounts.person()
    details = {"name": person.display_name, "address": person.email or "050 123 4567", **attributes.pop("details", {})}
    command = AnswerAgreement(
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
    return answer_agreement(db.session(), Actor(person_id=person.id), command)


def usage(person: Any, **attributes: Any) -> Usage:
    """One use of somebody's data."""
    return add(Usage(**{"person_id": person.id, "kind": "release", "by_role": "steward", "basis": "consent", **attributes}))
