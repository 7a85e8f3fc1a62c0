"""What somebody asks of this room."""

from dataclasses import dataclass
from uuid import UUID

from app.kernel.texts import Texts


@dataclass(frozen=True)
class WriteNewsletter:
    """Begin a newsletter under an agreement, or change a draft (`newsletter_id`)."""

    agreement_id: UUID
    title: Texts
    text: Texts
    newsletter_id: UUID | None = None
