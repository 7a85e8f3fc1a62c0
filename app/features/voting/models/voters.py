"""Who may vote and how: the roll, codes by letter, the account that stands for an entry, a contested participation."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.features.voting.models.box import Custody
from app.kernel.model import Identified, Model, Timestamped
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


class Overvote(StrEnum):
    """What becomes of a ballot on paper with more on it than the announced rule allows: as if spoilt, or as if left empty."""

    INVALID = "invalid"
    BLANK = "blank"


class IncompleteSet(StrEnum):
    """What becomes of a ballot of several pages when a page is missing: the pages that are there count, or none does."""

    COUNTS = "counts"
    INVALID = "invalid"


class VotingSetup(Identified, Timestamped, Model):
    """How a process lets people vote. Where there is none, `eligibility.setup_of` says what holds.

    `on_paper`: ballots are handed out on paper and typed one by one after the vote; what follows says how they are read, and
    until when envelopes by post may arrive (UTC; empty: none by post).
    """

    __tablename__ = "voting_setup"
    __table_args__ = (UniqueConstraint("process_id"),)

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"))
    slots: Mapped[SlotMode] = mapped_column(words(SlotMode), default=SlotMode.ALL)
    by_code: Mapped[bool] = mapped_column(default=True)
    by_card: Mapped[bool] = mapped_column(default=True)
    by_account: Mapped[bool] = mapped_column(default=True)
    custody: Mapped[Custody] = mapped_column(words(Custody), default=Custody.SERVER)
    on_paper: Mapped[bool] = mapped_column(default=False)
    overvote: Mapped[Overvote] = mapped_column(words(Overvote), default=Overvote.INVALID)
    incomplete_set: Mapped[IncompleteSet] = mapped_column(words(IncompleteSet), default=IncompleteSet.COUNTS)
    postal_until: Mapped[datetime | None]


class FrozenRoll(Timestamped, Model):
    """The list of voters as it was found when the vote had begun, and when the box was closed (`rolls.roll_digest`).

    It stays when the list is forgotten. Whoever adds or removes an entry in between is seen by comparing the two.
    """

    __tablename__ = "frozen_roll"

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), primary_key=True)
    entries: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    closed_entries: Mapped[int | None]
    closed_sha256: Mapped[str] = mapped_column(String(64), default="")


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

    One member proposes an answer (`proposed`, and with it a ballot at a desk, `asked_slot`); it is given with the signature of
    another one. `granted_slot`: what the person may use at a desk besides, while people still vote; empty for nothing.
    `first_hand` and `second_hand` are who signed, for good: the accounts may be erased, two people it stays. Neither is there
    where the answer was given before it needed two.
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
        CheckConstraint(
            "state = 'open' OR first_hand IS NULL OR (second_hand IS NOT NULL AND first_hand <> second_hand)", name="two_people"
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
    proposed: Mapped[str] = mapped_column(String(16), default="")
    asked_slot: Mapped[str] = mapped_column(String(40), default="")
    granted_slot: Mapped[str] = mapped_column(String(40), default="")
    opened_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    granted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    first_hand: Mapped[uuid.UUID | None]
    second_hand: Mapped[uuid.UUID | None]


class VoterIdentity(Identified, Timestamped, Model):
    """Which voter key an account stands for in a process; set once, from the register number its owner gave."""

    __tablename__ = "voter_identity"
    __table_args__ = (UniqueConstraint("process_id", "person_id"), UniqueConstraint("process_id", "voter_key"))

    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    voter_key: Mapped[str] = mapped_column(String(64))
