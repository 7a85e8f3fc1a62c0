"""What somebody asks of this room."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from app.features.consents.models import Answer, Disclosure, LegalBasis, RecipientKind
from app.kernel.texts import Texts


@dataclass(frozen=True)
class Details:
    """What a person gives with a yes. Which of it is asked depends on the categories of the agreement."""

    name: str = ""
    address: str = ""
    age_band: str = ""
    area_id: UUID | None = None
    languages: tuple[str, ...] = ()
    gender: str = ""


@dataclass(frozen=True)
class AnswerAgreement:
    """A person says yes or no to one revision, which they were shown in `language`.

    `person_id` is the voice; a clerk who records a paper answer is the actor, and `sheet` the reference on the sheet;
    `remark` says in whose words it came, where another system passed it on; `passed_on` that it did: its yes never stands
    over a no that the person has said themselves. `said_at` is from when the answer may be, where it is recorded later, as from
    paper: its yes never stands over anything that was recorded since.
    `guardian_id` is set when their guardian speaks for a minor. `details` are needed for a yes, as far as the agreement asks.
    """

    agreement_id: UUID
    revision_id: UUID
    person_id: UUID
    answer: Answer
    language: str
    details: Details = field(default_factory=Details)
    sheet: str = ""
    guardian_id: UUID | None = None
    remark: str = ""
    passed_on: bool = False
    said_at: datetime | None = None


@dataclass(frozen=True)
class KeepPaper:
    """The pictures of the sheet from which an answer was just typed, as keys of stored files, in the order of its pages."""

    agreement_id: UUID
    person_id: UUID
    sheet: str
    pictures: tuple[str, ...]


@dataclass(frozen=True)
class AskByLetter:
    """A program says that a person wants to say yes: whoever owns the address is asked by a letter in `language`."""

    agreement_id: UUID
    person_id: UUID
    address: str
    language: str
    asked_by: str


@dataclass(frozen=True)
class PutOff:
    """A person who was shown a question does not want to decide now."""

    agreement_id: UUID
    language: str = "en"


@dataclass(frozen=True)
class WithdrawConsent:
    """A person takes back what they gave, or an objection."""

    agreement_id: UUID
    person_id: UUID
    sheet: str = ""
    remark: str = ""


@dataclass(frozen=True)
class RenewConsent:
    """A person lets a yes that still counts run for another whole time, having seen the text of `revision_id`."""

    agreement_id: UUID
    revision_id: UUID
    person_id: UUID
    language: str = "en"


@dataclass(frozen=True)
class ObjectTo:
    """A person objects to a use that rests on the public task (GDPR, article 21), for reasons of their own.

    `revision_id` is the text that they were shown.
    """

    agreement_id: UUID
    revision_id: UUID
    person_id: UUID
    language: str = "en"
    reason: str = ""
    sheet: str = ""


@dataclass(frozen=True)
class DecideObjection:
    """Staff decide about the objection that was made with `event_id`: uphold it, or name compelling grounds against it.

    `reason` is what the person reads; compelling grounds need one, and a second person who agrees.
    """

    event_id: UUID
    uphold: bool
    reason: str = ""


@dataclass(frozen=True)
class ConfirmObjection:
    """A second person agrees with compelling grounds that were proposed, or sends them back with a reason for colleagues."""

    event_id: UUID
    agree: bool
    reason: str = ""
    proposed_at: datetime | None = None
    """When what this person has read was proposed: they agree with that, and with nothing that came after it."""


@dataclass(frozen=True)
class WriteRecipient:
    """Add somebody who gets data, or correct what is known of them."""

    name: Texts
    kind: RecipientKind = RecipientKind.CONTROLLER
    organisation: str = ""
    contact: str = ""
    url: str = ""
    country: str = ""
    recipient_id: UUID | None = None


@dataclass(frozen=True)
class WriteAgreement:
    """Write the draft of an agreement, or of its next revision (`agreement_id`).

    `process_id` None is for the whole city. Purpose, recipient and legal basis are fixed once an agreement was in force.
    A material revision asks everybody afresh; an editorial one leaves earlier answers as they are.
    """

    process_id: UUID | None
    recipient_id: UUID
    purpose: Texts
    notice: Texts
    purpose_term: str = "contact"
    legal_basis: LegalBasis = LegalBasis.CONSENT
    categories: tuple[str, ...] = ("name", "contact")
    months: int = 12
    retention_days: int | None = None
    retention: Texts = field(default_factory=dict)
    storage: str = "city"
    storage_note: Texts = field(default_factory=dict)
    disclosure: Disclosure = Disclosure.RECIPIENT
    impact_note: str = ""
    material: bool = True
    agreement_id: UUID | None = None


@dataclass(frozen=True)
class SubmitAgreement:
    """The draft is complete: it is frozen and waits for a second person."""

    agreement_id: UUID


@dataclass(frozen=True)
class ReviewAgreement:
    """A second person has read the submitted revision, with its impact note, and says yes or sends it back, with a reason."""

    agreement_id: UUID
    approve: bool
    reason: str


@dataclass(frozen=True)
class PutInForce:
    """From now on people are asked this. For a material revision, `earlier_end_at` says until when earlier answers count."""

    agreement_id: UUID
    earlier_end_at: datetime | None = None


@dataclass(frozen=True)
class DiscardDraft:
    """Throw away what was never put in force."""

    agreement_id: UUID


@dataclass(frozen=True)
class EndAgreement:
    """Stop asking; consents given to it end now."""

    agreement_id: UUID


@dataclass(frozen=True)
class NoteAge:
    """Somebody says whether they are below the age set: `of_age_on` is the first day after the month they reach it in."""

    person_id: UUID
    of_age_on: date


@dataclass(frozen=True)
class AskGuardian:
    """A minor names the adult who answers for them: a link to the text goes to that address."""

    agreement_id: UUID
    person_id: UUID
    name: str
    email: str
    language: str = "en"


@dataclass(frozen=True)
class NoteGuardian:
    """A clerk has the guardian of a minor before them at the desk."""

    person_id: UUID
    name: str
