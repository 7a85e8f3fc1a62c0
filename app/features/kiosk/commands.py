"""What administrators ask for about public screens."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class SetUpDevice:
    """A screen: its name, where it stands, and what it offers. No language, no process: all of them.

    `form_id` is that of the form it was typed into: sent twice, it is one screen.
    """

    name: str
    place: str
    languages: tuple[str, ...] = ()
    process_ids: tuple[UUID, ...] = ()
    supports: bool = True
    voting: bool = True
    lower_half: bool = False
    form_id: UUID | None = None


@dataclass(frozen=True)
class ChangeDevice:
    """The same for a screen that is there."""

    device_id: UUID
    device: SetUpDevice
