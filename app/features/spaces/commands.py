"""What somebody asks of this room."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from app.features.spaces.area_files.rows import ImportOptions
from app.kernel.texts import Texts

if TYPE_CHECKING:
    from app.features.spaces.models import Action, Participation, Publication


@dataclass(frozen=True)
class ProcessDetails:
    """What staff write about a process. An empty `slug` means: make one from the title."""

    title: Texts
    area_id: uuid.UUID
    summary: Texts
    description: Texts
    publication: "Publication"
    participation: "Participation"
    slug: str = ""
    contact: str = ""


@dataclass(frozen=True)
class CreateProcess:
    """A new draft. `process_id` comes with the form, so that a second click finds what the first one made."""

    process_id: uuid.UUID
    details: ProcessDetails


@dataclass(frozen=True)
class ChangeProcess:
    """New details for the process as it was at `version`."""

    process_id: uuid.UUID
    version: int
    details: ProcessDetails


@dataclass(frozen=True)
class PhaseDetails:
    """What staff write about a phase; `ends_at` is the first moment at which it is over."""

    title: Texts
    description: Texts
    starts_at: datetime
    ends_at: datetime
    actions: "tuple[Action, ...]" = ()


@dataclass(frozen=True)
class AddPhase:
    """A new phase. `phase_id` comes with the form."""

    process_id: uuid.UUID
    phase_id: uuid.UUID
    details: PhaseDetails


@dataclass(frozen=True)
class ChangePhase:
    """New details for the phase as it was at `version`."""

    process_id: uuid.UUID
    phase_id: uuid.UUID
    version: int
    details: PhaseDetails


@dataclass(frozen=True)
class AddCategory:
    """A new category. `category_id` comes with the form; an empty `code` means: make one from the name."""

    process_id: uuid.UUID
    category_id: uuid.UUID
    name: Texts
    code: str = ""


@dataclass(frozen=True)
class RenameCategory:
    """New names for the category as it was at `version`."""

    process_id: uuid.UUID
    category_id: uuid.UUID
    version: int
    name: Texts


@dataclass(frozen=True)
class AddArea:
    """One area from another room, such as the hull of an imported election. `geojson` is a valid polygon in degrees."""

    code: str
    name: Texts
    geojson: str
    parent_id: uuid.UUID | None = None


@dataclass(frozen=True)
class UploadAreas:
    """A file of areas to check. `options` say how to read it."""

    file_name: str
    content: bytes
    options: ImportOptions


@dataclass(frozen=True)
class RenameArea:
    """New names for the area as it was at `version`."""

    area_id: uuid.UUID
    version: int
    name: Texts
