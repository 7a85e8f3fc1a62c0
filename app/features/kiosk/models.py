"""What we remember about public screens: the devices and their tokens, hand-overs to a phone, and wishes for large print.

Nothing here says who a visitor was. What a visitor typed is in a hand-over only, for ten minutes, and only the link that was
scanned can open it.
"""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.model import Identified, Model, Timestamped


class KioskDevice(Identified, Timestamped, Model):
    """A public screen that an administrator has set up: where it stands and what it offers.

    No language means all languages, no process means all processes. `code_hash` is a keyed hash of the digits that let a
    browser in; they work once, and no longer than `code_until`. `copied_at` is when a second browser showed an older token.
    """

    __tablename__ = "kiosk_device"

    name: Mapped[str] = mapped_column(String(80))
    place: Mapped[str] = mapped_column(String(160))
    languages: Mapped[list[str]] = mapped_column(default=list)
    process_ids: Mapped[list[str]] = mapped_column(default=list)
    supports: Mapped[bool] = mapped_column(default=True)
    voting: Mapped[bool] = mapped_column(default=True)
    lower_half: Mapped[bool] = mapped_column(default=False)
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_until: Mapped[datetime | None]
    enrolled_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    copied_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class KioskToken(Identified, Model):
    """What one browser shows to be a device: 256 random bits, of which only a hash is kept.

    A device gets another one every quarter of an hour. The older ones are remembered, so that a copy of one is noticed.
    `used_at` is when it was first shown, `ended_at` when it stopped being the newest.
    """

    __tablename__ = "kiosk_token"

    device_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("kiosk_device.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    given_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class KioskHandover(Identified, Model):
    """What a visitor takes along to their own phone: sealed with the secret of the link, which is kept nowhere.

    `taken_at` is when it was opened; its content is gone from that moment.
    """

    __tablename__ = "kiosk_handover"
    __table_args__ = (Index("ix_kiosk_handover_until", "until"),)

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    sealed: Mapped[str | None] = mapped_column(Text)
    until: Mapped[datetime]
    taken_at: Mapped[datetime | None]


class PrintWish(Identified, Timestamped, Model):
    """Somebody at a screen wants a form printed large. They hold a number, and that is all that is known of them."""

    __tablename__ = "print_wish"
    __table_args__ = (UniqueConstraint("day", "number"), Index("ix_print_wish_done_at", "done_at"))

    day: Mapped[date]
    number: Mapped[int]
    device_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("kiosk_device.id", ondelete="CASCADE"), index=True)
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    language: Mapped[str] = mapped_column(String(8))
    done_at: Mapped[datetime | None]
