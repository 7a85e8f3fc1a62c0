"""What other rooms ask about scans: the words of a reading, and the pages that people have accepted.

Loads none of the libraries that read.
"""

from app.features.scans.queries.ballots import LeftPage, being_read, left_over, pots_with_ballots, split_sets
from app.features.scans.queries.people import people_behind, people_known_by
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
    "LeftPage",
    "PageReading",
    "ReviewedPage",
    "Standing",
    "State",
    "Tray",
    "Unreadable",
    "being_read",
    "fields_of",
    "left_over",
    "looked_through",
    "missing_pages",
    "names_of_files",
    "people_behind",
    "people_known_by",
    "pictures_of",
    "pots_with_ballots",
    "readers_of",
    "reviewed",
    "split_sets",
    "with_pages",
]
