"""What other rooms ask about scans: the words of a reading, and the pages that people have accepted.

Loads none of the libraries that read.
"""

from app.features.scans.queries.reviews import ReviewedPage, missing_pages, reviewed
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
    "missing_pages",
    "reviewed",
]
