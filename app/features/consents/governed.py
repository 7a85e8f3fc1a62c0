"""Data that may only be used while a consent is in force.

No other room may import this module (an import contract); they ask `queries`, whose SELECTs join the consents of the moment.
"""

import uuid

from sqlalchemy import ForeignKey, String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kernel.model import Model, Timestamped


class ContactDetail(Timestamped, Model):
    """Where a person wants to be contacted for one agreement. Deleted in the transaction that withdraws the consent."""

    __tablename__ = "contact_detail"

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_agreement.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(254))


class ProfileDetail(Timestamped, Model):
    """What a person tells about themselves for one agreement, such as research. Deleted with the withdrawal.

    Only what the categories of the agreement name is asked, and the last two are left empty by whoever wishes.
    `area_id` is the area they live in, `gender` how they describe it themselves.
    """

    __tablename__ = "profile_detail"

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_agreement.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    age_band: Mapped[str] = mapped_column(String(16), default="")  # a name in `vocabulary.AGE_BANDS`
    area_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("area.id", ondelete="SET NULL"), index=True)
    languages: Mapped[list[str]] = mapped_column(default=list)
    gender: Mapped[str] = mapped_column(String(80), default="")


GOVERNED = (ContactDetail, ProfileDetail)
"""Every table of details that only a consent may open."""


def forget(session: Session, agreement_id: uuid.UUID, person_id: uuid.UUID | None = None) -> None:
    """Delete what was given for an agreement: by one person, or by everybody."""
    for table in GOVERNED:
        statement = delete(table).where(table.agreement_id == agreement_id)
        session.execute(statement if person_id is None else statement.where(table.person_id == person_id))
