"""People who are asked by a letter, because nobody has confirmed yet that the address is theirs (double opt-in)."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.model import Identified, Model, Timestamped


class ConsentLetter(Identified, Timestamped, Model):
    """Another system says that the owner of an address wants to say yes: the owner got a link and answers there, or does not.

    `asked_by` is the name of the program. Only a hash of the link's secret is kept. After a yes the link takes it back, for
    as long as the yes counts.
    """

    __tablename__ = "consent_letter"
    __table_args__ = (Index("ix_consent_letter_address", "address", "created_at"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_agreement.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(String(254))
    asked_by: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(8))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
