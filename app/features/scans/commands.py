"""What somebody asks for: a file taken in, a page decided about."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO


@dataclass(frozen=True)
class TakeInScan:
    """A file of scanned pages for a process, as it arrives; it is read once, piece by piece."""

    process_id: uuid.UUID
    name: str
    content: IO[bytes]


@dataclass(frozen=True)
class DecidePage:
    """What a person sees on a page. `version` is that of the page they looked at.

    `fields` has an answer for each field: `=` and a value, `none`, `several` or `unclear`. `texts` are handwriting, typed.
    """

    page_id: uuid.UUID
    version: int
    fields: Mapping[str, str]
    texts: Mapping[str, str] = field(default_factory=dict)
