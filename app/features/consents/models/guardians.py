"""People who do not decide alone or have no account: minors and their guardians, and codes on slips."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.model import Identified, Model, Timestamped


class Minor(Timestamped, Model):
    """Somebody who said that they are below the age set. Not their birth date: the first day of the month after the one in
    which they reach that age (`of_age_on`), because then what a guardian gave lapses.
    """

    __tablename__ = "minor"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    of_age_on: Mapped[date]


class Guardian(Identified, Timestamped, Model):
    """An adult who answers for a minor: by a link sent to their address, or in person at the desk (then without address)."""

    __tablename__ = "guardian"
    __table_args__ = (UniqueConstraint("minor_id", "email"),)

    minor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str | None] = mapped_column(String(254))
    confirmed_at: Mapped[datetime | None]


class GuardianRequest(Identified, Timestamped, Model):
    """A minor wants to say yes: their guardian got a link to read the text and answer. Works once; only a hash is kept."""

    __tablename__ = "guardian_request"

    guardian_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("guardian.id", ondelete="CASCADE"), index=True)
    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_agreement.id", ondelete="CASCADE"), index=True)
    language: Mapped[str] = mapped_column(String(8))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class ConsentCode(Identified, Timestamped, Model):
    """The code on the slip of somebody without an account; shows and takes back what they allowed. Only a hash is kept."""

    __tablename__ = "consent_code"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
