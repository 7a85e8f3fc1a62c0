"""Data agreements and answers to them for tests."""

from typing import Any

from app.extensions import db
from app.features.consents.commands import AnswerAgreement, WriteAgreement
from app.features.consents.models import Answer, ConsentRecord, DataAgreement, Usage
from app.features.consents.use_cases import answer_agreement, write_agreement
from app.kernel.permissions import SYSTEM, Actor
from tests.factories import accounts, spaces
from tests.factories.tools import add


def agreement(process: Any = None, **attributes: Any) -> DataAgreement:
    """An agreement in force: the planning department may write about a process."""
    process = process or spaces.process()
    command = WriteAgreement(
        **{
            "process_id": process.id,
            "purpose": {"en": "Contact about this topic"},
            "recipient": {"en": "Planning department"},
            "notice": {"en": "The planning department may contact me about this topic."},
            **attributes,
        }
    )
    return write_agreement(db.session(), SYSTEM, command)


def consent(agreement: DataAgreement, person: Any = None, answer: Answer = Answer.GIVEN, **attributes: Any) -> ConsentRecord:
    """A person's answer, with name and address for a yes."""
    person = person or accounts.person()
    command = AnswerAgreement(
        **{
            "agreement_id": agreement.id,
            "revision_id": agreement.current.id,
            "person_id": person.id,
            "answer": answer,
            "language": "en",
            "name": person.display_name,
            "address": person.email or "050 123 4567",
            **attributes,
        }
    )
    return answer_agreement(db.session(), Actor(person_id=person.id), command)


def usage(person: Any, **attributes: Any) -> Usage:
    """One use of somebody's data."""
    return add(Usage(**{"person_id": person.id, "kind": "release", "by_role": "steward", "basis": "consent", **attributes}))
