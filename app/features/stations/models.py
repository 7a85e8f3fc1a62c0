"""What we remember of voting on paper: who works where on which day, what was handed out, boxes, batches and their ballots.

`paper_issue` knows stubs and no voters, `paper_ballot` knows ballots and no stubs. No column joins a ballot with a person.
"""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.model import Identified, Model, Timestamped
from app.kernel.types import words


class Shift(Identified, Timestamped, Model):
    """A clerk works at a station on a day."""

    __tablename__ = "station_shift"
    __table_args__ = (UniqueConstraint("station_id", "person_id", "day"),)

    station_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("paper_station.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    person_name: Mapped[str] = mapped_column(String(80))
    day: Mapped[date] = mapped_column(Date)


class IssueState(StrEnum):
    """A ballot is handed out; two clerks take it back; or it was spoilt and another one was handed out instead."""

    ISSUED = "issued"
    RETURNING = "returning"
    RETURNED = "returned"
    SPOILT = "spoilt"


class Issue(Model):
    """A ballot that was handed out, by the number of its stub. The page of the desk made the id: sent twice, it is one ballot.

    `proof`: a keyed hash of stub and voter, so that only the voter to whom it was handed out can hand it back. Whoever has the
    database alone cannot work out whose it is. It is emptied when boxes are opened. `returning_by`: who began to take it back.
    """

    __tablename__ = "paper_issue"
    __table_args__ = (UniqueConstraint("station_id", "pot_id", "stub"), {"sqlite_with_rowid": False})

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    station_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("paper_station.id", ondelete="CASCADE"))
    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"), index=True)
    stub: Mapped[int]
    state: Mapped[IssueState] = mapped_column(words(IssueState), default=IssueState.ISSUED)
    proof: Mapped[str] = mapped_column(String(64))
    returning_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))


class CountState(StrEnum):
    """People vote; the boxes are open; one person has signed the numbers; two have."""

    POLLING = "polling"
    OPENED = "opened"
    PROPOSED = "proposed"
    SIGNED = "signed"


class StationCount(Identified, Timestamped, Model):
    """The numbers of a station for a pot. `issued`, `handed_back`, `spoilt` are kept when the boxes are opened.

    `left_without`: people who left with their ballot and did not cast it. `accepted`: outer envelopes whose ballot was put into
    the box. The hands stay when accounts are erased.
    """

    __tablename__ = "station_count"
    __table_args__ = (
        UniqueConstraint("station_id", "pot_id"),
        CheckConstraint(
            "state <> 'signed' OR (first_hand IS NOT NULL AND second_hand IS NOT NULL AND first_hand <> second_hand)",
            name="two_people",
        ),
        CheckConstraint(
            "issued >= 0 AND handed_back >= 0 AND spoilt >= 0 AND left_without >= 0 AND accepted >= 0", name="numbers"
        ),
    )

    station_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("paper_station.id", ondelete="CASCADE"))
    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"), index=True)
    state: Mapped[CountState] = mapped_column(words(CountState), default=CountState.POLLING)
    issued: Mapped[int] = mapped_column(default=0)
    handed_back: Mapped[int] = mapped_column(default=0)
    spoilt: Mapped[int] = mapped_column(default=0)
    left_without: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(Text, default="")
    first_hand: Mapped[uuid.UUID | None]
    first_name: Mapped[str] = mapped_column(String(80), default="")
    second_hand: Mapped[uuid.UUID | None]
    second_name: Mapped[str] = mapped_column(String(80), default="")


class BatchState(StrEnum):
    """Ballots are typed; all are; they are read a second time; nothing is open any more; its station is signed."""

    OPEN = "open"
    ENTERED = "entered"
    READING = "reading"
    RECONCILED = "reconciled"
    CLOSED = "closed"


class Batch(Identified, Timestamped, Model):
    """Ballots of one pot from the boxes of one station, in the order in which they lie. `declared`: how many were counted.

    `commitment`: SHA-256 over all that was typed, with a salt, kept before anybody knows which ballots are read again.
    `short_because`: why fewer or more were typed than declared. `reopened_because`: the last reason for opening it again.
    `read_whole`: it was begun or opened again after the sample was drawn, so that all of it is read a second time.
    """

    __tablename__ = "ballot_batch"
    __table_args__ = (UniqueConstraint("station_id", "pot_id", "number"), CheckConstraint("declared >= 1", name="declared"))

    station_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("paper_station.id", ondelete="CASCADE"))
    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    declared: Mapped[int]
    state: Mapped[BatchState] = mapped_column(words(BatchState), default=BatchState.OPEN)
    typed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    typed_name: Mapped[str] = mapped_column(String(80), default="")
    read_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    read_name: Mapped[str] = mapped_column(String(80), default="")
    salt: Mapped[str] = mapped_column(String(64), default="")
    commitment: Mapped[str] = mapped_column(String(64), default="")
    short_because: Mapped[str] = mapped_column(Text, default="")
    reopened_because: Mapped[str] = mapped_column(Text, default="")
    read_whole: Mapped[bool] = mapped_column(default=False)


class PaperBallot(Model):
    """What stands on one ballot, as it was typed, read a second time, and decided by two people where needed.

    Each text is what `marks.py` writes: marks, or why it is void; empty where nobody has read it yet. `wanted`: it is to be
    read a second time; `drawn`: it was drawn into the sample; `unsettled`: the two readings differ, or one is in doubt, and two
    people have yet to decide. The number is its place in the batch and says nothing about anybody.
    """

    __tablename__ = "paper_ballot"
    __table_args__ = ({"sqlite_with_rowid": False},)

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ballot_batch.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    first: Mapped[str] = mapped_column(Text)
    second: Mapped[str] = mapped_column(Text, default="")
    wanted: Mapped[bool] = mapped_column(default=False)
    drawn: Mapped[bool] = mapped_column(default=False)
    unsettled: Mapped[bool] = mapped_column(default=False)
    proposed: Mapped[str] = mapped_column(Text, default="")
    proposed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    settled: Mapped[str] = mapped_column(Text, default="")


class SampleState(StrEnum):
    """A part is read a second time; that was enough; all are read."""

    DRAWN = "drawn"
    ENOUGH = "enough"
    ALL = "all"


class Sample(Identified, Timestamped, Model):
    """Which ballots of a pot are read a second time: drawn with a public seed after all batches were committed.

    `found` what came of it: how many were read, how many differed, and the most that could be wrong among all.
    """

    __tablename__ = "paper_sample"
    __table_args__ = (UniqueConstraint("pot_id"),)

    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"))
    state: Mapped[SampleState] = mapped_column(words(SampleState), default=SampleState.DRAWN)
    seed: Mapped[str] = mapped_column(String(200), default="")
    committed: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    ballots: Mapped[int]
    found: Mapped[dict[str, Any]] = mapped_column(default=dict)


class PaperRow(Identified, Model):
    """Equal ballots on paper of a pot, after certification: no batch, no station, no order."""

    __tablename__ = "paper_row"
    __table_args__ = (Index("ix_paper_row_pot_id", "pot_id"), {"sqlite_with_rowid": False})

    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"))
    choices: Mapped[str] = mapped_column(Text)
    points: Mapped[str] = mapped_column(Text, default="")
    number: Mapped[int]


class EnvelopeKind(StrEnum):
    """Given at a station while it had no line, or sent by post."""

    PROVISIONAL = "provisional"
    POSTAL = "postal"


class EnvelopeState(StrEnum):
    """Waits; its participation was accepted, so it was opened; or it goes back unopened."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class OuterEnvelope(Model):
    """An envelope with a voter's number on it and a closed one inside. The page made the id: sent twice, it is one.

    `voter_key` is emptied once it is accepted: from then on the ballot in it is one among others. `proof`: a keyed hash of
    number and date of birth while it waits, where the two were not on the list when it was written down. `given_on`: the day on
    which a station took it in, which may be long before it is written down. `because`: why it goes back.
    """

    __tablename__ = "outer_envelope"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    station_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("paper_station.id", ondelete="CASCADE"))
    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"), index=True)
    kind: Mapped[EnvelopeKind] = mapped_column(words(EnvelopeKind))
    number: Mapped[int]
    voter_key: Mapped[str] = mapped_column(String(64))
    proof: Mapped[str] = mapped_column(String(64), default="")
    given_on: Mapped[date | None] = mapped_column(Date)
    arrived_at: Mapped[datetime | None]
    state: Mapped[EnvelopeState] = mapped_column(words(EnvelopeState), default=EnvelopeState.WAITING)
    because: Mapped[str] = mapped_column(String(40), default="")
