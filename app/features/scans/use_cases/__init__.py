"""What can be done with scans: take in a file, read it page by page, look its pages through, hand over what was accepted."""

from app.features.scans.use_cases.erasing import forget_pages
from app.features.scans.use_cases.forgetting import forget_ballots
from app.features.scans.use_cases.going_on import page_data, read_on
from app.features.scans.use_cases.handing_over import give_back_pages, take_pages
from app.features.scans.use_cases.reading import FormsNow, FormsOf, Transactions, read_scans
from app.features.scans.use_cases.reviewing import (
    admit_page,
    ballots_rest,
    decide_page,
    page_to_review,
    rests_now,
    set_page_aside,
    undo_decision,
    why_not_yet,
)
from app.features.scans.use_cases.taking_in import (
    ERASE,
    READING,
    AlreadyHere,
    count_old_scans,
    erase_files,
    keep_pictures,
    keep_scans_of,
    keep_scans_while,
    read_again,
    remove_old_scans,
    remove_scan,
    take_in_scan,
)

__all__ = [
    "ERASE",
    "READING",
    "AlreadyHere",
    "FormsNow",
    "FormsOf",
    "Transactions",
    "admit_page",
    "ballots_rest",
    "count_old_scans",
    "decide_page",
    "erase_files",
    "forget_ballots",
    "forget_pages",
    "give_back_pages",
    "keep_pictures",
    "keep_scans_of",
    "keep_scans_while",
    "page_data",
    "page_to_review",
    "read_again",
    "read_on",
    "read_scans",
    "remove_old_scans",
    "remove_scan",
    "rests_now",
    "set_page_aside",
    "take_in_scan",
    "take_pages",
    "undo_decision",
    "why_not_yet",
]
