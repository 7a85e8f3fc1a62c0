"""What somebody asks for: a form in one look, to look at or as a test print."""

import uuid
from dataclasses import dataclass, field

from app.features.printing.layout.model import Look


@dataclass(frozen=True)
class SeeBallot:
    """A ballot as it would be printed now. `city` stands in its head."""

    pot_id: uuid.UUID
    city: str
    look: Look = field(default_factory=Look)
