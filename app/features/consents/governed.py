"""Data that may only be used while a consent is in force.

No other room may import this module (an import contract); they ask `queries`, whose SELECTs join the consents of the moment.
"""

import uuid

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.model import Model, Timestamped


class ContactDetail(Timestamped, Model):
    """Where a person wants to be contacted for one agreement. Deleted in the transaction that withdraws the consent."""

    __tablename__ = "contact_detail"

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_agreement.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(254))
