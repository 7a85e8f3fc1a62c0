"""What a receipt says, before it is written in one of its formats. The sections are those of ISO/IEC TS 27560.

Everything here is frozen: it is made from an event that never changes and from the revision that was shown then.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Term:
    """A term of the Data Privacy Vocabulary by its local name (`AcademicResearch`), and our word for it in English."""

    name: str
    label: str


@dataclass(frozen=True)
class Text:
    """Words that were shown, and the language they are in."""

    value: str
    language: str


@dataclass(frozen=True)
class Header:
    """Which receipt, made when, about whom: `subject` is a name that only this city can lead back to a person."""

    receipt_id: UUID
    issued_at: datetime
    language: str
    subject: str


@dataclass(frozen=True)
class Processing:
    """What is done with the data: agreement and revision (`digest` pins its exact words), purposes, basis, storage.

    `title`, `notice` and `retention` are the words that were shown.
    """

    agreement: str
    revision: int
    digest: str
    title: Text
    purposes: tuple[Term, ...]
    legal_basis: Term
    notice: Text
    notice_url: str
    withdrawal_url: str
    jurisdiction: str
    storage: Term
    retention: Text
    retention_days: int | None = None
    third_party: bool = False

    @property
    def is_consent(self) -> bool:
        """Whether it rests on consent; otherwise a person can object, and neither gives nor takes back."""
        return self.legal_basis.name.endswith("Consent")


@dataclass(frozen=True)
class Pii:
    """One category of personal data: `needed` where the purpose cannot be reached without it."""

    term: Term
    sensitive: bool = False
    needed: bool = True


@dataclass(frozen=True)
class Party:
    """Somebody who answers for the data (`controller`) or gets it (`recipient`). The person themselves is in the header.

    `kind` is the DPV term for what a recipient is to the city.
    """

    role: str
    name: str
    contact: str = ""
    address: str = ""
    email: str = ""
    phone: str = ""
    url: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Event:
    """What happened: `kind` is an `Answer` of the room `consents`; `giver` is `self`, `guardian` or `nobody` (time)."""

    kind: str
    at: datetime
    until: datetime | None
    channel: str
    giver: str
    by_hand: bool = False


@dataclass(frozen=True)
class ReceiptData:
    """The whole of one receipt."""

    header: Header
    processing: Processing
    pii: tuple[Pii, ...]
    parties: tuple[Party, ...]
    event: Event
    minor: bool = False

    def party(self, role: str) -> tuple[Party, ...]:
        """Everybody with that role."""
        return tuple(party for party in self.parties if party.role == role)
