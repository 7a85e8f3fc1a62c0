"""What somebody asks for: a form in one look, to look at or as a test print."""

import uuid
from dataclasses import dataclass, field

from app.features.printing.layout.model import FormKey, Look


@dataclass(frozen=True)
class SeeBallot:
    """A ballot as it would be printed now. `city` stands in its head."""

    pot_id: uuid.UUID
    city: str
    look: Look = field(default_factory=Look)


@dataclass(frozen=True)
class OrderPrint:
    """A print run: `number` copies of a form in one look, for a process; a test is marked as one and counts nowhere.

    `issued_to` is the station or desk that gets them, in the city's own words; it may be said later.
    """

    process_id: uuid.UUID
    key: FormKey
    look: Look
    number: int
    city: str
    test: bool = False
    issued_to: str = ""
