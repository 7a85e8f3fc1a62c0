"""What GovStack's building block remembers beside our own agreements and answers: policies, what an agreement says in its
words, individuals, webhooks and signatures."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel import clock
from app.kernel.model import Identified, Model, Timestamped


class Policy(Identified, Timestamped, Model):
    """A data policy that agreements refer to, in revisions. A deleted one stays readable in the agreements it governed."""

    __tablename__ = "interface_policy"

    deleted_at: Mapped[datetime | None]

    revisions: Mapped[list["PolicyRevision"]] = relationship(
        back_populates="policy", order_by="PolicyRevision.number.desc()", lazy="selectin"
    )

    @property
    def current(self) -> "PolicyRevision":
        """The newest revision."""
        return self.revisions[0]


class PolicyRevision(Identified, Model):
    """What a policy said from one moment on. `content` is the object; `digest` its SHA-256 as canonical JSON (RFC 8785)."""

    __tablename__ = "interface_policy_revision"
    __table_args__ = (UniqueConstraint("policy_id", "number"),)

    policy_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("interface_policy.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    previous_digest: Mapped[str] = mapped_column(String(64), default="")
    client_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("interface_client.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(default=clock.now)

    policy: Mapped[Policy] = relationship(back_populates="revisions")


class AgreementPaper(Model):
    """What GovStack says of an agreement and our own model does not: its policy, the version of the specification, its use."""

    __tablename__ = "interface_agreement"

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_agreement.id", ondelete="CASCADE"), primary_key=True)
    policy_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("interface_policy.id", ondelete="RESTRICT"), index=True)
    version: Mapped[str] = mapped_column(String(40))
    data_use: Mapped[str] = mapped_column(String(40), default="")
    forgettable: Mapped[bool] = mapped_column(default=True)


class Individual(Identified, Timestamped, Model):
    """Somebody whom a program has registered, by the identifier they have in its system. `person_id` is who they are here."""

    __tablename__ = "interface_individual"
    __table_args__ = (
        Index(
            "uq_interface_individual_external",
            "client_id",
            "external_id_type",
            "identity_provider_id",
            "external_id",
            unique=True,
        ),
    )

    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("interface_client.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    external_id: Mapped[str] = mapped_column(String(254), default="")
    external_id_type: Mapped[str] = mapped_column(String(60), default="")
    identity_provider_id: Mapped[str] = mapped_column(String(254), default="")


class Webhook(Identified, Timestamped, Model):
    """Where a program wants to be told of what its individuals answer. The secret is sealed."""

    __tablename__ = "interface_webhook"

    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("interface_client.id", ondelete="CASCADE"), index=True)
    url: Mapped[str] = mapped_column(String(500))
    content_type: Mapped[str] = mapped_column(String(80))
    disabled: Mapped[bool] = mapped_column(default=False)
    sealed_secret: Mapped[str] = mapped_column(Text)


class Signature(Identified, Model):
    """A signature over one answer, as its program sent it; what was signed is generated here and kept with it."""

    __tablename__ = "interface_signature"

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consent_event.id", ondelete="CASCADE"), unique=True)
    client_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("interface_client.id", ondelete="SET NULL"))
    payload: Mapped[str] = mapped_column(Text)
    said: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(default=clock.now)
