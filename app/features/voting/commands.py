"""What a voter, or a clerk for a voter, asks of this room."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

if TYPE_CHECKING:
    from app.features.budgets.queries import Choices


@dataclass(frozen=True)
class Identify:
    """Say which entry of the register an account stands for. `number` and `born` are as written on the card."""

    process_id: UUID
    number: str
    born: str = ""


@dataclass(frozen=True)
class EnterCode:
    """Come in with the code of a letter, as typed."""

    code: str = field(repr=False)


@dataclass(frozen=True)
class CastBallot:
    """Cast one ballot in one pot. Held in memory only, never logged.

    The review page makes `envelope_id`: whoever sends the page twice sends one envelope.
    """

    pot_id: UUID
    choices: "Choices" = field(repr=False)
    envelope_id: UUID = field(default_factory=uuid4, repr=False)


@dataclass(frozen=True)
class CastAtDesk:
    """A clerk enters a ballot for a person at the counter, who stands before them with the card."""

    pot_id: UUID
    number: str = field(repr=False)
    choices: "Choices" = field(repr=False)
    born: str = field(default="", repr=False)
    envelope_id: UUID = field(default_factory=uuid4, repr=False)


@dataclass(frozen=True)
class DecidePublication:
    """The committee decides whether each ballot is published (`rows`) or the totals of each project alone (`totals`)."""

    pot_id: UUID
    published: str
    reason: str


@dataclass(frozen=True)
class PrepareBox:
    """The committee brings the public part of its key (`key.json`) and the note of the rehearsal, as texts."""

    process_id: UUID
    key: str
    rehearsal: str


@dataclass(frozen=True)
class EnterDraw:
    """What came out of a public draw: for each tie that decides, its projects in the order in which they were drawn."""

    pot_id: UUID
    orders: tuple[tuple[str, ...], ...]
    note: str


@dataclass(frozen=True)
class WriteSetup:
    """How a process lets people vote: what a voter can use, and the ways besides the desk. `slots` is a `SlotMode`.

    `custody`, a `Custody`: who keeps the key of the box.
    """

    process_id: UUID
    slots: str
    by_code: bool
    by_card: bool
    by_account: bool
    custody: str
    paper: "PaperSetup | None" = None


@dataclass(frozen=True)
class PaperSetup:
    """That people vote on paper, too: an `Overvote`, an `IncompleteSet`, and until when envelopes by post may arrive."""

    overvote: str
    incomplete_set: str
    postal_until: datetime | None = None


@dataclass(frozen=True)
class OnPaper:
    """A ballot on paper for an entry of the register, handed out or handed back at a station."""

    pot_id: UUID
    station: str
    number: str = field(repr=False)
    born: str = field(default="", repr=False)


@dataclass(frozen=True)
class IssueCodes:
    """Make codes for these register numbers; `renew`: also for those who have one, whose old code is void then."""

    process_id: UUID
    numbers: tuple[str, ...] = field(repr=False)
    renew: bool = False


@dataclass(frozen=True)
class OpenContest:
    """Somebody says that another person voted for their entry in a pot. `said` is what they told, without their name."""

    pot_id: UUID
    number: str = field(repr=False)
    said: str


@dataclass(frozen=True)
class DecideContest:
    """What a member proposes, in words for the person and with its reason; `again`: with it a ballot at a desk is granted."""

    contest_id: UUID
    upheld: bool
    outcome: str
    reason: str
    again: bool = False


@dataclass(frozen=True)
class ReturnContest:
    """A member does not sign a proposed answer and says why, or takes back their own, for which no words are needed."""

    contest_id: UUID
    why: str = ""
