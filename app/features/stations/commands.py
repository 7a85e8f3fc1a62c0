"""What people at stations ask of this room. Numbers of voters and marks are held in memory only, never logged."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid4

HIGHEST_STUB = 9_999_999
"""What a desk can type."""


@dataclass(frozen=True)
class AssignClerk:
    """A clerk works at a station on a day."""

    station_id: UUID
    person_id: UUID
    day: date


@dataclass(frozen=True)
class AtDesk:
    """Whoever stands at the desk of a station, for a pot: the number of their card, and the date of birth where asked.

    `zone`: the city's time zone, which says what day it is.
    """

    station_id: UUID
    pot_id: UUID
    number: str = field(repr=False)
    born: str = field(default="", repr=False)
    zone: str = field(kw_only=True)


@dataclass(frozen=True)
class IssueBallot:
    """Hand out a ballot. `issue_id`: the page's own, so that sending it twice hands out one. `stub`: what stays at the desk."""

    voter: AtDesk
    issue_id: UUID
    stub: int


@dataclass(frozen=True)
class TakeBack:
    """A ballot comes back before its voter has left; two clerks say so, each with number and stub."""

    voter: AtDesk
    stub: int


@dataclass(frozen=True)
class Exchange:
    """A ballot was spoilt: it is kept apart, and another one is handed out."""

    voter: AtDesk
    issue_id: UUID
    stub: int
    new_stub: int


@dataclass(frozen=True)
class LeftWithout:
    """Somebody left with their ballot, or did not after all. `known`: how many the page says there were before, so that two
    clicks are one. `zone`: as `AtDesk`.
    """

    station_id: UUID
    pot_id: UUID
    known: int
    zone: str = field(kw_only=True)


@dataclass(frozen=True)
class OpenBatch:
    """A batch of so many ballots is going to be typed. `batch_id`: the page's own, so that sending it twice begins one."""

    station_id: UUID
    pot_id: UUID
    declared: int
    batch_id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True)
class TypeBallot:
    """What stands on the ballot with this number in its batch, as `marks.py` reads it."""

    batch_id: UUID
    number: int
    marks: str = field(repr=False)


@dataclass(frozen=True)
class TakeScans:
    """Take the ballots of one upload into a batch. `seen`: how many the page showed."""

    batch_id: UUID
    upload_id: UUID
    seen: int


@dataclass(frozen=True)
class DrawSample:
    """The public seed with which the ballots for the second reading are drawn, such as the numbers of dice."""

    pot_id: UUID
    seed: str


@dataclass(frozen=True)
class SignNumbers:
    """Sign the numbers of a station for a pot; with a reason where they do not balance. `seen`: the difference on the page."""

    station_id: UUID
    pot_id: UUID
    seen: int
    reason: str = ""


@dataclass(frozen=True)
class TakeInEnvelope:
    """An outer envelope arrives, with a voter's number on it. `kind`: an `EnvelopeKind`; `arrived_at` for one by post (UTC).

    `given_on`: the day on which a station took it in. `unlisted`: the clerk knows that the number is not on the list of voters.
    """

    voter: AtDesk
    envelope_id: UUID
    kind: str
    arrived_at: datetime | None = None
    given_on: date | None = None
    unlisted: bool = False
