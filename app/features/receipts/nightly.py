"""What the worker does each night, and the command line at once: an old key is replaced, missing signatures are made."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy.orm import Session

from app.features.receipts.use_cases import issue_missing, rotate_old_key, sign_anew


def keep_up(transaction: Callable[[], AbstractContextManager[Session]]) -> int:
    """Each part in transactions of its own, five hundred receipts at a time. Returns how many were signed.

    Raises KeyUnreadable when the key cannot be read.
    """
    with transaction() as session:
        rotate_old_key(session)
    total = 0
    while True:
        with transaction() as session:
            done = issue_missing(session) + sign_anew(session)
        if not done:
            return total
        total += done
