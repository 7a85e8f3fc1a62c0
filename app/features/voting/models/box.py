"""The box and what it takes: participations on one side, sealed envelopes and the public board on the other."""

import uuid
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.model import Identified, Model, Timestamped
from app.kernel.permissions import Channel
from app.kernel.types import words


class VotingParticipation(Identified, Model):
    """The fact that an entry has used a slot, by which channel, where and on which day; no finer time, no ballot.

    A slot is what a voter may use once (`rules.slot_of`): one per pot, or one for the whole vote, as the process has it.
    Whatever the slots are, an entry has one ballot in a pot, and one more only where the committee has `granted` it.

    `station`: where a ballot on paper was handed out, which lies in a box of that place, not in ours (`on_paper.py`). It is
    forgotten, but for a mark that it was paper, before the first of those boxes is opened. Empty for all other ballots: a desk
    where a clerk types one has no name here.
    """

    __tablename__ = "voting_participation"
    __table_args__ = (
        UniqueConstraint("process_id", "voter_key", "slot"),
        UniqueConstraint("pot_id", "voter_key", "granted"),
        {"sqlite_with_rowid": False},
    )

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"))
    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"))
    voter_key: Mapped[str] = mapped_column(String(64))
    slot: Mapped[str] = mapped_column(String(40))
    granted: Mapped[bool] = mapped_column(default=False)
    channel: Mapped[Channel] = mapped_column(words(Channel))
    station: Mapped[str] = mapped_column(String(80), default="")
    day: Mapped[date] = mapped_column(Date)


class Custody(StrEnum):
    """Who keeps the key that opens the box: chosen with the setup, announced with every ballot, and so it is with the box."""

    SERVER = "server"
    COMMITTEE = "committee"


class Closing(StrEnum):
    """The steps of work on a box in the background, in `Box.closing["step"]`: of closing it, later of opening it here."""

    SEALING = "sealing"
    WIPING = "wiping"
    OPENING = "opening"
    TAKING_IN = "taking in"
    DONE = "done"
    STOPPED = "stopped"


class BoxState(StrEnum):
    """A box takes envelopes, is closed when the vote is over, then opened, then opened again by an auditor.

    Disputed: an opening that differs from the first was brought. Only a decision of the committee leads out of it: to closed.
    """

    OPEN = "open"
    CLOSED = "closed"
    OPENED = "opened"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"


class Box(Identified, Timestamped, Model):
    """The ballot box of a process: the public part of its key, and how far it is. `key` is a key sheet (`box/custody.py`).

    `statements` is what openers signed, in the order in which it was brought, and `brought` beside it which account brought it
    when: the name in a statement is what somebody typed. `discarded` keeps both of openings that the committee discarded.
    """

    __tablename__ = "ballot_box"
    __table_args__ = (UniqueConstraint("process_id"),)

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"))
    custody: Mapped[Custody] = mapped_column(words(Custody))
    state: Mapped[BoxState] = mapped_column(words(BoxState), default=BoxState.OPEN)
    key: Mapped[dict[str, Any]]
    board_key: Mapped[str] = mapped_column(String(64))
    rehearsed_on: Mapped[str] = mapped_column(String(10), default="")
    statements: Mapped[list[Any]] = mapped_column(default=list)
    salts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # by pot; published only together with its ballots
    brought: Mapped[list[Any]] = mapped_column(default=list)
    discarded: Mapped[list[Any]] = mapped_column(default=list)
    opened_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))  # who brought the first
    closing: Mapped[dict[str, Any]] = mapped_column(default=dict)  # how far the work on it is (`use_cases/under_way.py`)


class VoteKey(Model):
    """What a key of a vote must be: its SHA-256. The key itself is a file outside the database (`keys/keyring.py`)."""

    __tablename__ = "vote_key"

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(10), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))


class Envelope(Model):
    """A sealed ballot that waits for its block. The voter's own page made the id, so that sending it twice is casting once."""

    __tablename__ = "envelope"
    __table_args__ = (Index("ix_envelope_pot", "pot_id"), {"sqlite_with_rowid": False})

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"))
    ciphertext: Mapped[bytes]
    receipt: Mapped[str] = mapped_column(String(64))


class BoardBlock(Identified, Model):
    """Envelopes that were sealed together; `box/board.py` says what its digest covers."""

    __tablename__ = "board_block"
    __table_args__ = (UniqueConstraint("pot_id", "number"),)

    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"))
    number: Mapped[int]
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]


class BoardEntry(Model):
    """A sealed envelope on the board, at a random place in its block."""

    __tablename__ = "board_entry"
    __table_args__ = (
        UniqueConstraint("block_id", "place"),
        UniqueConstraint("envelope_id"),
        {"sqlite_with_rowid": False},
    )

    receipt: Mapped[str] = mapped_column(String(64), primary_key=True)
    block_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("board_block.id", ondelete="CASCADE"))
    place: Mapped[int]
    envelope_id: Mapped[uuid.UUID]
    ciphertext: Mapped[bytes]


class BoardHead(Identified, Model):
    """The signed state of a board at the end of a day."""

    __tablename__ = "board_head"
    __table_args__ = (UniqueConstraint("process_id", "day"),)

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"))
    day: Mapped[date] = mapped_column(Date)
    pots: Mapped[list[Any]]
    signature: Mapped[str] = mapped_column(String(128))
