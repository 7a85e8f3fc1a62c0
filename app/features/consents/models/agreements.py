"""Recipients, and agreements about what they get: one purpose for one recipient on one legal basis, in revisions."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.model import Identified, Model, Timestamped
from app.kernel.types import words


class RecipientKind(StrEnum):
    """What somebody who gets data is to the city, in the words of the GDPR."""

    CONTROLLER = "controller"
    PROCESSOR = "processor"
    THIRD_PARTY = "third_party"


class RecipientState(StrEnum):
    """Retired recipients stay readable in old agreements and are offered for no new one."""

    ACTIVE = "active"
    RETIRED = "retired"


class Recipient(Identified, Timestamped, Model):
    """Who gets data: a department of the city, an organisation that works for it, or a third party.

    A revision keeps what was true of its recipient when it was frozen, so that changes here rewrite no history.
    """

    __tablename__ = "recipient"

    name: Mapped[dict[str, str]]
    organisation: Mapped[str] = mapped_column(String(200), default="")
    kind: Mapped[RecipientKind] = mapped_column(words(RecipientKind), default=RecipientKind.CONTROLLER)
    contact: Mapped[str] = mapped_column(String(254), default="")
    url: Mapped[str] = mapped_column(String(500), default="")
    country: Mapped[str] = mapped_column(String(2), default="")  # ISO 3166-1 alpha-2
    state: Mapped[RecipientState] = mapped_column(words(RecipientState), default=RecipientState.ACTIVE)


class LegalBasis(StrEnum):
    """On what the use of the data rests (GDPR, article 6). Legitimate interests are left out: article 6(1) closes them to
    public authorities in the performance of their tasks.
    """

    CONSENT = "consent"
    EXPLICIT_CONSENT = "explicit_consent"
    PUBLIC_TASK = "public_task"
    LEGAL_OBLIGATION = "legal_obligation"
    CONTRACT = "contract"
    VITAL_INTEREST = "vital_interest"


class AgreementState(StrEnum):
    """Only agreements in force are asked about; ended ones end the consents given to them."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    ENDED = "ended"


class RevisionState(StrEnum):
    """The life of one revision. A submitted one is frozen; a reviewer who says no sends it back to draft."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    ENDED = "ended"


PUBLISHED = (RevisionState.IN_FORCE, RevisionState.SUPERSEDED, RevisionState.ENDED)
"""Revisions that people have been shown; the others are work of the staff."""


class Disclosure(StrEnum):
    """Where the data goes: to the recipient alone, to everybody as totals, or to everybody row by row."""

    RECIPIENT = "recipient"
    TOTALS = "totals"
    OPEN_ROWS = "open_rows"


_IN_FORCE = text("state = 'in_force' AND process_id IS NOT NULL")
_IN_FORCE_CITY = text("state = 'in_force' AND process_id IS NULL")


class DataAgreement(Identified, Timestamped, Model):
    """One purpose for one recipient on one legal basis, in one process or (without) in the whole city.

    These do not change once it has been in force: another purpose or recipient is another agreement, which people are
    asked about by itself. What may change is in the revisions.
    """

    __tablename__ = "data_agreement"
    __table_args__ = (
        Index(
            "uq_data_agreement_in_force",
            "process_id",
            "purpose_term",
            "recipient_id",
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
        Index(
            "uq_data_agreement_in_force_city",
            "purpose_term",
            "recipient_id",
            unique=True,
            sqlite_where=_IN_FORCE_CITY,
            postgresql_where=_IN_FORCE_CITY,
        ),
    )

    code: Mapped[str] = mapped_column(String(64), unique=True)
    process_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("process.id", ondelete="RESTRICT"), index=True)
    recipient_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("recipient.id", ondelete="RESTRICT"), index=True)
    purpose_term: Mapped[str] = mapped_column(String(32))  # a name in `vocabulary.PURPOSES`
    legal_basis: Mapped[LegalBasis] = mapped_column(words(LegalBasis))
    state: Mapped[AgreementState] = mapped_column(words(AgreementState), default=AgreementState.DRAFT)
    ended_at: Mapped[datetime | None]

    recipient: Mapped[Recipient] = relationship(lazy="joined", innerjoin=True)
    revisions: Mapped[list["AgreementRevision"]] = relationship(
        back_populates="agreement", order_by="AgreementRevision.number.desc()", lazy="selectin"
    )

    @property
    def published(self) -> list["AgreementRevision"]:
        """The revisions that people have been shown, newest first."""
        return [revision for revision in self.revisions if revision.state in PUBLISHED]

    @property
    def current(self) -> "AgreementRevision":
        """What people are asked: the newest revision that was put in force; before there is one, the draft."""
        return next(iter(self.published), self.revisions[0])

    @property
    def pending(self) -> "AgreementRevision | None":
        """The revision that staff are working on, or None."""
        return next((revision for revision in self.revisions if revision.state not in PUBLISHED), None)

    @property
    def months(self) -> int:
        """How long a yes to the present revision runs, in months."""
        return self.current.months

    @property
    def asks(self) -> bool:
        """Whether people decide (consent); otherwise they are told, and may object where it is the public task."""
        return self.legal_basis in (LegalBasis.CONSENT, LegalBasis.EXPLICIT_CONSENT)

    @property
    def may_be_objected_to(self) -> bool:
        """Whether people have the right to object (GDPR, article 21): to what rests on the public task."""
        return self.legal_basis is LegalBasis.PUBLIC_TASK


class AgreementRevision(Identified, Timestamped, Model):
    """A text with all that belongs to it. From submission on it is frozen: `content` is what `digest` is calculated over.

    `digest` is the SHA-256 (hexadecimal) of `content` as canonical JSON (RFC 8785); `content` carries the digest of the
    revision before, so the revisions of an agreement form a chain. `earlier_end_at` says, for a material revision in force,
    until when answers to earlier revisions count.
    """

    __tablename__ = "agreement_revision"
    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        CheckConstraint("months BETWEEN 1 AND 36", name="months"),
        Index(
            "uq_agreement_revision_in_force",
            "agreement_id",
            unique=True,
            sqlite_where=text("state = 'in_force'"),
            postgresql_where=text("state = 'in_force'"),
        ),
    )

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_agreement.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[RevisionState] = mapped_column(words(RevisionState), default=RevisionState.DRAFT)
    purpose: Mapped[dict[str, str]]
    recipient: Mapped[dict[str, str]]
    notice: Mapped[dict[str, str]]
    categories: Mapped[list[str]] = mapped_column(default=list)  # names in `vocabulary.CATEGORIES`
    months: Mapped[int] = mapped_column(default=12)
    retention_days: Mapped[int | None]
    retention: Mapped[dict[str, str]] = mapped_column(default=dict)
    storage: Mapped[str] = mapped_column(String(32), default="city")  # a name in `vocabulary.STORAGE`
    storage_note: Mapped[dict[str, str]] = mapped_column(default=dict)
    disclosure: Mapped[Disclosure] = mapped_column(words(Disclosure), default=Disclosure.RECIPIENT)
    impact_note: Mapped[str] = mapped_column(Text, default="")
    material: Mapped[bool] = mapped_column(default=True)
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    digest: Mapped[str] = mapped_column(String(64), default="")
    previous_digest: Mapped[str] = mapped_column(String(64), default="")
    writers: Mapped[list[str]] = mapped_column(default=list)  # ids of all who worked on it: none of them may review it
    reviewed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    reviewed_at: Mapped[datetime | None]
    review_reason: Mapped[str] = mapped_column(Text, default="")
    in_force_at: Mapped[datetime | None]
    earlier_end_at: Mapped[datetime | None]
    out_of_force_at: Mapped[datetime | None]

    agreement: Mapped[DataAgreement] = relationship(back_populates="revisions")
