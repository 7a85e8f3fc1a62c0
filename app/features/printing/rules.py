"""Who orders print runs, how large they are, and how they lie in files. Pure."""

import hashlib
import uuid
from collections.abc import Iterator

from app.features.printing.models import RunState
from app.kernel.permissions import Permission

MOST_COPIES = 20_000
IN_ONE_FILE = 250
KEPT_DAYS = 30
UNDER_WAY = (RunState.WAITING, RunState.PRINTING)
SLIP_PATH, CONSENT_PATH = "/forms/slip", "/my-data/code"
"""Where the code of a slip is typed: that of a proposal, that of an answer about personal data."""
MAY_ORDER = {
    "B": (Permission.BUDGET_MANAGE,),
    "P": (Permission.INTAKE, Permission.PROCESS_MANAGE),
    "C": (Permission.INTAKE, Permission.PROCESS_MANAGE),
}
"""By the letter of the kind of form: who may print it, and see the register of it."""


def parts_of(number: int) -> Iterator[tuple[int, int]]:
    """First copy (from 0) and number of copies of each file of a run."""
    for first in range(0, number, IN_ONE_FILE):
        yield first, min(IN_ONE_FILE, number - first)


def is_one_file(number: int) -> bool:
    """Whether so many copies are drawn into a single file."""
    return number <= IN_ONE_FILE


def part_key(run_id: uuid.UUID, first: int) -> str:
    """The key of the file that begins with this copy: the same whenever it is drawn, so a repetition leaves no second file."""
    return hashlib.sha256(f"print/{run_id}/{first}".encode()).hexdigest()[:32] + ".pdf"
