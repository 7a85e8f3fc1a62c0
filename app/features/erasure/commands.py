"""What somebody asks this room for."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class AskForErasure:
    """`at_once`: as soon as it is confirmed, and not after the days in which one can change one's mind."""

    at_once: bool = False


@dataclass(frozen=True)
class AskAtDesk:
    """A clerk asks for somebody who stands before them and has shown who they are."""

    person_id: UUID
    shown: str
