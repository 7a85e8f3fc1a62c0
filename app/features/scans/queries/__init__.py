"""What other rooms ask about scans: the words of a reading, and the pages that people have accepted.

Loads none of the libraries that read.
"""

from app.features.scans.queries.reviews import (
    ReviewedPage,
    looked_through,
    missing_pages,
    names_of_files,
    pictures_of,
    readers_of,
    reviewed,
    with_pages,
)
from app.features.scans.reading.faults import Fault, Unreadable
from app.features.scans.reading.results import (
    SURE,
    BubbleReading,
    Catalogue,
    FieldReading,
    Known,
    Layouts,
    PageReading,
    Standing,
    State,
    Tray,
    fields_of,
)

__all__ = [
    "SURE",
    "BubbleReading",
    "Catalogue",
    "Fault",
    "FieldReading",
    "Known",
    "Layouts",
    "PageReading",
    "ReviewedPage",
    "Standing",
    "State",
    "Tray",
    "Unreadable",
    "fields_of",
    "looked_through",
    "missing_pages",
    "names_of_files",
    "pictures_of",
    "readers_of",
    "reviewed",
    "with_pages",
]
