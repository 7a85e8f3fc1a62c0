"""What we remember about voting: that a voter key has taken part, sealed envelopes, and ballots that belong to nobody.

No column joins a ballot with a participation, a person or a moment; what the database itself remembers beside the columns (row
numbers, transaction ids) is dealt with in `sealing.py`, and docs/voting.md says what remains.
"""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.model import Identified, Model, Timestamped
from app.kernel.permissions import Channel
from app.kernel.types import words


class RollEntry(Identified, Model):
    """An entry of the voter roll of a process: keyed hashes only. A process without a roll accepts every number."""

    __tablename__ = "roll_entry"
    __table_args__ = (UniqueConstraint("process_id", "voter_key"),)

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"))
    voter_key: Mapped[str] = mapped_column(String(64))
    birth_hash: Mapped[str] = mapped_column(String(64), default="")
    area_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("area.id", ondelete="RESTRICT"))
    age_bracket: Mapped[str] = mapped_column(String(8), default="")  # these two are for turnout alone
    sex: Mapped[str] = mapped_column(String(1), default="")


class SlotMode(StrEnum):
    """Where a voter may vote: in every pot; in any one; in those of the own area; there and in one other area."""

    ALL = "all"
    ONE = "one"
    OWN = "own"
    OWN_PLUS_ONE = "own_plus_one"


class VotingSetup(Identified, Timestamped, Model):
    """How a process lets people vote. Where there is none, `eligibility.setup_of` says what holds."""

    __tablename__ = "voting_setup"
    __table_args__ = (UniqueConstraint("process_id"),)

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"))
    slots: Mapped[SlotMode] = mapped_column(words(SlotMode), default=SlotMode.ALL)
    by_code: Mapped[bool] = mapped_column(default=True)
    by_card: Mapped[bool] = mapped_column(default=True)
    by_account: Mapped[bool] = mapped_column(default=True)


class CodeState(StrEnum):
    """A code counts while it is issued; a newer one voids it, and so does a letter that came back."""

    ISSUED = "issued"
    VOIDED = "voided"
    UNDELIVERED = "undelivered"


class VotingCode(Identified, Model):
    """A code from a letter, bound to an entry of the roll. Only a keyed hash of it is kept; one at a time counts."""

    __tablename__ = "voting_code"
    __table_args__ = (
        UniqueConstraint("process_id", "code_hash"),
        Index("ix_voting_code_voter", "process_id", "voter_key"),
        Index(
            "uq_voting_code_in_force",
            "process_id",
            "voter_key",
            unique=True,
            sqlite_where=text("state = 'issued'"),
            postgresql_where=text("state = 'issued'"),
        ),
    )

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"))
    voter_key: Mapped[str] = mapped_column(String(64))
    code_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[CodeState] = mapped_column(words(CodeState), default=CodeState.ISSUED)
    issued_on: Mapped[date] = mapped_column(Date)


class CodePrint(Identified, Timestamped, Model):
    """A print file with codes: that it was made, and when it was deleted. The file itself lies outside the database."""

    __tablename__ = "code_print"

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    letters: Mapped[int]
    deleted_at: Mapped[datetime | None]


class ContestState(StrEnum):
    """What became of somebody's word that another person voted in their name."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class Contest(Identified, Timestamped, Model):
    """Somebody says that they did not cast the ballot that was cast for their entry. It leads to no ballot.

    `granted_slot`: what the committee lets the person use at a desk besides, while people still vote; empty for nothing. One
    member asks for it (`asked_slot`), another grants it.
    """

    __tablename__ = "voting_contest"
    __table_args__ = (
        Index("ix_voting_contest_voter", "process_id", "voter_key"),
        Index(
            "uq_voting_contest_open",
            "pot_id",
            "voter_key",
            unique=True,
            sqlite_where=text("state <> 'dismissed'"),
            postgresql_where=text("state <> 'dismissed'"),
        ),
    )

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"))
    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"))
    voter_key: Mapped[str] = mapped_column(String(64))
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    said: Mapped[str] = mapped_column(Text)
    state: Mapped[ContestState] = mapped_column(words(ContestState), default=ContestState.OPEN)
    outcome: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_on: Mapped[date | None] = mapped_column(Date)
    asked_slot: Mapped[str] = mapped_column(String(40), default="")
    granted_slot: Mapped[str] = mapped_column(String(40), default="")
    opened_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    granted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))


class VoterIdentity(Identified, Timestamped, Model):
    """Which voter key an account stands for in a process; set once, from the register number its owner gave."""

    __tablename__ = "voter_identity"
    __table_args__ = (UniqueConstraint("process_id", "person_id"), UniqueConstraint("process_id", "voter_key"))

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    voter_key: Mapped[str] = mapped_column(String(64))


class VotingParticipation(Identified, Model):
    """The fact that an entry has used a slot, by which channel, where and on which day; no finer time, no ballot.

    A slot is what a voter may use once (`rules.slot_of`): one per pot, or one for the whole vote, as the process has it.
    Whatever the slots are, an entry has one ballot in a pot, and one more only where the committee has `granted` it.
    """

    __tablename__ = "voting_participation"
    __table_args__ = (
        UniqueConstraint("process_id", "voter_key", "slot"),
        UniqueConstraint("pot_id", "voter_key", "granted"),
        Index("ix_voting_participation_pot", "pot_id"),
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
    """Who keeps the key that opens the box."""

    SERVER = "server"
    COMMITTEE = "committee"


class Closing(StrEnum):
    """The steps of closing a box, in `Box.closing["step"]`: they are taken one after the other, in the background."""

    SEALING = "sealing"
    WIPING = "wiping"
    DONE = "done"
    STOPPED = "stopped"


class BoxState(StrEnum):
    """A box takes envelopes, is closed when the vote is over, then opened, then opened again by an auditor."""

    OPEN = "open"
    CLOSED = "closed"
    OPENED = "opened"
    CONFIRMED = "confirmed"


class Box(Identified, Timestamped, Model):
    """The ballot box of a process: the public part of its key, and how far it is. `key` is a key sheet (`box/custody.py`)."""

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
    opened_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))  # who brought the first
    closing: Mapped[dict[str, Any]] = mapped_column(default=dict)  # how far closing is (`use_cases/closing.py`)


class VoteKey(Model):
    """What a key of a vote must be: its SHA-256. The key itself is a file outside the database (`keyring.py`)."""

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


class Published(StrEnum):
    """What of the opened ballots everybody gets: each ballot, or the totals of each project alone."""

    ROWS = "rows"
    TOTALS = "totals"


class PublicationChoice(Identified, Timestamped, Model):
    """What the committee decided to publish of a pot, why, and what it had before its eyes: how many ballots are unique."""

    __tablename__ = "publication_choice"
    __table_args__ = (UniqueConstraint("pot_id"),)

    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"))
    published: Mapped[Published] = mapped_column(words(Published))
    reason: Mapped[str] = mapped_column(Text)
    ballots: Mapped[int]
    unique_ballots: Mapped[int]


class RuleComparison(Identified, Timestamped, Model):
    """What each rule that fits the ballots of a certified pot would have chosen; worked out once, afterwards."""

    __tablename__ = "rule_comparison"
    __table_args__ = (UniqueConstraint("pot_id"),)

    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"))
    rules: Mapped[list[Any]]


class Ballot(Identified, Model):
    """What somebody cast in one pot: project numbers in order, joined by commas; points beside them where the type has any."""

    __tablename__ = "ballot"
    __table_args__ = (Index("ix_ballot_pot", "pot_id"), {"sqlite_with_rowid": False})

    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"))
    choices: Mapped[str] = mapped_column(Text)
    points: Mapped[str] = mapped_column(Text, default="")
