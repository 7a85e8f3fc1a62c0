"""What somebody asks of this room."""

from dataclasses import dataclass
from uuid import UUID

from app.features.consents.models import Answer
from app.kernel.texts import Texts


@dataclass(frozen=True)
class AnswerAgreement:
    """A person says yes or no to one revision, which they were shown in `language`.

    `person_id` is the voice; a clerk who records a paper answer is the actor. `name` and `address` are where they want to
    be contacted; needed for a yes.
    """

    agreement_id: UUID
    revision_id: UUID
    person_id: UUID
    answer: Answer
    language: str
    name: str = ""
    address: str = ""


@dataclass(frozen=True)
class WithdrawConsent:
    """A person takes back what they gave."""

    agreement_id: UUID
    person_id: UUID


@dataclass(frozen=True)
class WriteAgreement:
    """Start to ask for consent in a process, or ask with new words (a new revision).

    A material revision asks everybody afresh; an editorial one leaves earlier answers as they are.
    """

    process_id: UUID
    purpose: Texts
    recipient: Texts
    notice: Texts
    months: int = 12
    material: bool = True


@dataclass(frozen=True)
class EndAgreement:
    """Stop asking; consents given to it end now."""

    agreement_id: UUID
