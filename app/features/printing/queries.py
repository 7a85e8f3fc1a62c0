"""What other rooms ask about printed forms: layouts, and what the codes on paper say. Knows no database.

The room that reads scans stands on these alone.
"""

from app.features.printing.layout.codes import SERIAL_LENGTH, follow_code, grouped, read_code
from app.features.printing.layout.marks import MARKS
from app.features.printing.layout.model import (
    Bubble,
    FormKey,
    FormLayout,
    Kind,
    Look,
    Mark,
    PageLayout,
    Paper,
    Rect,
    Role,
    Takes,
    Variant,
    WriteIn,
)
from app.features.printing.layout.squares import BEGINNING, NotOurs, PageCode
from app.features.printing.layout.squares import read as read_square

__all__ = [
    "BEGINNING",
    "MARKS",
    "SERIAL_LENGTH",
    "Bubble",
    "FormKey",
    "FormLayout",
    "Kind",
    "Look",
    "Mark",
    "NotOurs",
    "PageCode",
    "PageLayout",
    "Paper",
    "Rect",
    "Role",
    "Takes",
    "Variant",
    "WriteIn",
    "follow_code",
    "grouped",
    "read_code",
    "read_square",
]
