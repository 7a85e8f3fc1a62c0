"""Opened ballots, which belong to nobody, and what is published of them."""

import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.model import Identified, Model, Timestamped
from app.kernel.types import words


class Published(StrEnum):
    """What of the opened ballots everybody gets: each ballot, or the totals of each project alone."""

    ROWS = "rows"
    TOTALS = "totals"


class PublicationChoice(Identified, Timestamped, Model):
    """What the committee decided to publish of a pot, why, and what it had before its eyes: how many ballots are unique.

    One member proposes it, another confirms it. The hands stay when accounts are erased; neither is there where it was decided
    before it needed two.
    """

    __tablename__ = "publication_choice"
    __table_args__ = (
        UniqueConstraint("pot_id"),
        CheckConstraint(
            "NOT confirmed OR first_hand IS NULL OR (second_hand IS NOT NULL AND first_hand <> second_hand)", name="two_people"
        ),
    )

    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"))
    published: Mapped[Published] = mapped_column(words(Published))
    reason: Mapped[str] = mapped_column(Text)
    ballots: Mapped[int]
    unique_ballots: Mapped[int]
    confirmed: Mapped[bool] = mapped_column(default=False)
    first_hand: Mapped[uuid.UUID | None]
    second_hand: Mapped[uuid.UUID | None]


class DrawEntry(Identified, Timestamped, Model):
    """What one member has entered of a public draw; it counts when another one confirms it, and is gone then."""

    __tablename__ = "draw_entry"
    __table_args__ = (UniqueConstraint("pot_id"),)

    pot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pot.id", ondelete="CASCADE"))
    orders: Mapped[list[Any]]
    note: Mapped[str] = mapped_column(Text)
    first_hand: Mapped[uuid.UUID]


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
