"""What we remember about people: as little as signing in and fairness need."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel import clock
from app.kernel.model import Identified, Model, Timestamped
from app.kernel.permissions import Role
from app.kernel.types import words


class Person(Identified, Timestamped, Model):
    """Somebody with an account, or somebody a clerk met who has none (then without e-mail)."""

    __tablename__ = "person"

    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    display_name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    email_confirmed_at: Mapped[datetime | None]
    locale: Mapped[str] = mapped_column(String(8), default="en")
    department: Mapped[str] = mapped_column(String(120), default="")
    is_administrator: Mapped[bool] = mapped_column(Boolean, default=False)
    totp_secret: Mapped[str | None] = mapped_column(String(255))
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]
    blocked_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    # When they last used the account (to the day), and when they were told that it will be erased because they did not.
    last_used_at: Mapped[datetime] = mapped_column(default=clock.now)
    unused_told_at: Mapped[datetime | None]

    assignments: Mapped[list["RoleAssignment"]] = relationship(back_populates="person", foreign_keys="RoleAssignment.person_id")


class RoleAssignment(Identified, Timestamped, Model):
    """One role of one person in one process."""

    __tablename__ = "role_assignment"
    __table_args__ = (UniqueConstraint("person_id", "process_id", "role"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    process_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("process.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(words(Role))
    given_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))

    person: Mapped[Person] = relationship(back_populates="assignments", foreign_keys=[person_id])


class SignInSession(Identified, Timestamped, Model):
    """A signed-in browser. It ends by signing out, by age, by idleness, or by a new password."""

    __tablename__ = "sign_in_session"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    last_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    second_factor_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(120), default="")
    by_link: Mapped[bool] = mapped_column(Boolean, default=False)

    person: Mapped[Person] = relationship()


class LinkPurpose(StrEnum):
    """What a link sent by mail does when its button is pressed."""

    SIGN_IN = "sign_in"
    SIGN_UP = "sign_up"
    NEW_EMAIL = "new_email"


class SignInLink(Identified, Timestamped, Model):
    """A link sent by mail that signs in, opens an account, or confirms a new address. Works once.

    What somebody typed to open an account waits here until the address is confirmed: nobody has an account, or a password
    in it, at an address whose letters they do not read.
    """

    __tablename__ = "sign_in_link"

    email: Mapped[str] = mapped_column(String(254), index=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    purpose: Mapped[LinkPurpose] = mapped_column(words(LinkPurpose))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    next_path: Mapped[str] = mapped_column(String(500), default="/")
    locale: Mapped[str] = mapped_column(String(8), default="en")
    pending_name: Mapped[str] = mapped_column(String(80), default="")
    pending_password_hash: Mapped[str | None] = mapped_column(String(255))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Identified, Timestamped, Model):
    """One of ten codes on paper that replace the second factor once, for somebody whose phone is gone."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("person_id", "code_hash"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class AttemptCounter(Model):
    """Failed attempts on one key (a hash of person or code, never an address alone); the wait grows with each."""

    __tablename__ = "attempt_counter"
    __table_args__ = (Index("ix_attempt_counter_last_at", "last_at"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(default=clock.now)
    blocked_until: Mapped[datetime | None]
